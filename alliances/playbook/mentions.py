"""Who is called by "@" in a text: a partner's firm, or a role of the alliance."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

Key = TypeVar("Key")


def mentioned(text: str, names: Mapping[str, Iterable[Key]]) -> set[Key]:
    """The keys behind each name that follows an "@"; of two names that fit, the longer one is meant.

    Capitals do not matter, and a name must not go on as a word: "@maker" is not in "@makers".
    """
    known = {name.casefold(): tuple(keys) for name, keys in names.items() if name}
    called: set[Key] = set()
    for part in text.casefold().split("@")[1:]:
        fitting = [name for name in known if part.startswith(name) and not _goes_on(part, name)]
        if fitting:
            called.update(known[max(fitting, key=len)])
    return called


def _goes_on(part: str, name: str) -> bool:
    """Scripts without blanks, such as Chinese, may go on with the next word at once."""
    after = part[len(name) : len(name) + 1]
    return after.isascii() and (after.isalnum() or after == "_")
