"""Photos: decoded within bounds and drawn anew, so that neither places nor hidden passengers travel with them."""

from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps

MOST_PIXELS = 40_000_000  # a phone's best camera makes fewer in its usual mode; decoded it takes 160 MB
LONGEST_SIDE = 4096  # of what is kept
SMALL_SIDE = 320


@dataclass(frozen=True)
class Kind:
    """A format that is taken."""

    format: str  # as pillow names it
    content_type: str
    ending: str


JPEG = Kind("JPEG", "image/jpeg", ".jpg")
PNG = Kind("PNG", "image/png", ".png")
WEBP = Kind("WEBP", "image/webp", ".webp")


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
            if opened.width * opened.height > MOST_PIXELS:
                raise TooManyPixelsError
            upright = ImageOps.exif_transpose(opened).convert("RGB" if kind is JPEG else "RGBA")
    except TooManyPixelsError:
        raise
    except Image.DecompressionBombError as bomb:
        raise TooManyPixelsError from bomb
    except Exception as broken:  # decoders fail in many ways on what was made to break them
        raise UnreadableError from broken
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return Drawn(_written(upright, kind), _small(upright))


def _small(picture: Image.Image) -> bytes:
    on_white = Image.new("RGB", picture.size, "white")
    on_white.paste(picture, mask=picture.getchannel("A") if picture.mode == "RGBA" else None)
    on_white.thumbnail((SMALL_SIDE, SMALL_SIDE))
    return _written(on_white, JPEG)


def _written(picture: Image.Image, kind: Kind) -> bytes:
    plain = Image.new(picture.mode, picture.size)
    plain.paste(picture)  # a copy would take comments, colour profiles and the like along
    out, write = BytesIO(), plain.save
    write(out, kind.format, quality=85)
    return out.getvalue()
