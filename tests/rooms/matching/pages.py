"""What a person reads on a page."""

import re
from html import unescape


def words(page: bytes) -> str:
    """A page without its tags, each run of blanks one blank."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page.decode())))
