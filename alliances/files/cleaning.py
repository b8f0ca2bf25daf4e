"""Take a file apart, refuse what it must not be, and make a clean one of what is left."""

from collections.abc import Callable
from dataclasses import dataclass

from alliances.files import pdf, photo
from alliances.files.names import shown_name


@dataclass(frozen=True)
class Cleaned:
    """A file that may be kept."""

    name: str  # to be shown
    content_type: str  # what it really is
    content: bytes  # of a photo: drawn anew, so that nothing but the picture is left
    small: bytes = b""  # a small JPEG of a photo


class Unfit(ValueError):
    """A file that is not taken. `code` is for programs, the text is for people, in English."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code, self.text = code, text


WRONG_TYPE = "Only photos (JPEG, PNG, WebP) and PDF documents are taken."
BROKEN = "This file is damaged, or it is not what it pretends to be."
TOO_MANY_PIXELS = "This photo has too many pixels. Send a smaller one."
ACTIVE = "This PDF holds scripts, attachments or a password. Print it to a plain PDF, or send a photo."


def clean(given_name: str, content: bytes) -> Cleaned:
    """The file as it may be kept. Raises Unfit."""
    if content.startswith(pdf.HEADER):
        return _document(given_name, content)
    kind = photo.kind_of(content)
    if kind is None:
        raise Unfit("wrong_type", WRONG_TYPE)
    drawn = _or_unfit(lambda: photo.redrawn(content, kind))
    return Cleaned(shown_name(given_name, kind.ending), kind.content_type, drawn.content, drawn.small)


def _document(given_name: str, content: bytes) -> Cleaned:
    if not pdf.is_whole(content):
        raise Unfit("broken", BROKEN)
    if pdf.is_active(content):
        raise Unfit("active_content", ACTIVE)
    return Cleaned(shown_name(given_name, ".pdf"), "application/pdf", content)


def _or_unfit(draw: Callable[[], photo.Drawn]) -> photo.Drawn:
    try:
        return draw()
    except photo.TooManyPixelsError as large:
        raise Unfit("too_many_pixels", TOO_MANY_PIXELS) from large
    except photo.UnreadableError as unreadable:
        raise Unfit("broken", BROKEN) from unreadable
