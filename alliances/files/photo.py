"""Photos: decoded within bounds and drawn anew, so that neither places nor hidden passengers travel with them."""

from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps

MOST_PIXELS = 65_000_000  # of a JPEG, which can be decoded smaller than it is: phones make up to 50 million
LONGEST_SIDE = 4096  # of what is kept
SMALL_SIDE = 320
# markers of a JPEG: a frame in rows, the other frames (progressive and the like), and the begin of the first scan
BY_ROWS, OTHER_FRAMES, SCAN = (0xC0, 0xC1), frozenset(range(0xC2, 0xD0)) - {0xC4, 0xC8, 0xCC}, 0xDA


@dataclass(frozen=True)
class Kind:
    """A format that is taken."""

    format: str  # as pillow names it
    content_type: str
    ending: str
    at_once: int  # pixels that are decoded: with all that the decoder needs they take 100 to 190 MB


JPEG = Kind("JPEG", "image/jpeg", ".jpg", 12_600_000)
PNG = Kind("PNG", "image/png", ".png", 12_600_000)
WEBP = Kind("WEBP", "image/webp", ".webp", 6_000_000)


@dataclass(frozen=True)
class Drawn:
    """A photo as it is kept."""

    content: bytes
    small: bytes  # JPEG


class UnreadableError(ValueError):
    """The picture cannot be decoded."""


class TooManyPixelsError(ValueError):
    """Decoding the picture would take too much memory."""


def kind_of(content: bytes) -> Kind | None:
    """What a file is by its first bytes; None for everything that is not taken."""
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    return WEBP if content[:4] == b"RIFF" and content[8:12] == b"WEBP" else None


def redrawn(content: bytes, kind: Kind) -> Drawn:
    """The picture alone, upright. Raises UnreadableError or TooManyPixelsError."""
    try:
        with Image.open(BytesIO(content), formats=[kind.format]) as opened:
            _bound(opened, content, kind)
            picture = _alone(opened, "RGB" if kind is JPEG else "RGBA")
    except TooManyPixelsError:
        raise
    except Image.DecompressionBombError as bomb:
        raise TooManyPixelsError from bomb
    except Exception as broken:  # decoders fail in many ways on what was made to break them
        raise UnreadableError from broken
    kept = _written(picture, kind)
    picture.thumbnail((SMALL_SIDE, SMALL_SIDE))
    return Drawn(kept, _written(_on_white(picture), JPEG))


def _bound(opened: Image.Image, content: bytes, kind: Kind) -> None:
    """Let a large JPEG be decoded smaller than it is; refuse what else would take too much memory."""
    pixels = opened.width * opened.height
    if pixels <= kind.at_once:
        return
    if kind is not JPEG or pixels > MOST_PIXELS or not _comes_by_rows(content):
        raise TooManyPixelsError
    factor = next(number for number in (2, 4, 8) if pixels <= number**2 * kind.at_once)
    opened.draft(None, (opened.width // factor, opened.height // factor))


def _comes_by_rows(content: bytes) -> bool:
    """Can this JPEG be decoded row by row? One in several scans is held in memory whole, however small it is drawn."""
    place, parts = 2, 0
    while content[place : place + 1] == b"\xff" and place + 9 < len(content):
        marker = content[place + 1]
        if marker == SCAN:
            return content[place + 4] == parts
        if marker in BY_ROWS:
            parts = content[place + 9]
        elif marker in OTHER_FRAMES:
            return False
        place += 2 + int.from_bytes(content[place + 2 : place + 4])
    return False


def _alone(opened: Image.Image, mode: str) -> Image.Image:
    """The picture without what travels with it: a copy would take comments, colour profiles and the like along.

    At no time are there more than two pictures in memory.
    """
    opened.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    ImageOps.exif_transpose(opened, in_place=True)
    plain = Image.new(mode, opened.size)
    plain.paste(opened)
    return plain


def _on_white(picture: Image.Image) -> Image.Image:
    white = Image.new("RGB", picture.size, "white")
    white.paste(picture, mask=picture.getchannel("A") if picture.mode == "RGBA" else None)
    return white


def _written(picture: Image.Image, kind: Kind) -> bytes:
    out, write = BytesIO(), picture.save
    write(out, kind.format, quality=85)
    return out.getvalue()
