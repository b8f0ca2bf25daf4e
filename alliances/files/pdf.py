"""PDF documents: whole ones, without anything that acts. They are kept as they are, so what acts is refused."""

import re
import zlib
from bisect import bisect
from collections.abc import Iterator

HEADER = b"%PDF-"
TRAILER = b"%%EOF"
ACTING = re.compile(
    rb"/(?:EmbeddedFiles?|Encrypt|FileAttachment|Filespec|GoToE|GoToR|ImportData|JavaScript|Launch|Movie"
    rb"|Rendition|RichMedia|Sound|SubmitForm|XFA)(?![A-Za-z0-9_])"
)
PACKED = b"/ObjStm"  # objects, and names of what acts, may stand packed in such streams
RARELY = re.compile(
    rb"/(?:ASCIIHexDecode|ASCII85Decode|LZWDecode|RunLengthDecode|AHx|A85|LZW|RL)(?![A-Za-z0-9])"
)
ALTERED = re.compile(rb"/(?:DecodeParms|DP)(?![A-Za-z0-9])")
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")  # a name may write its letters as #4A
BEGIN, END = re.compile(rb"stream\r?\n"), re.compile(rb"endstream")
MOST_UNPACKED = 128 * 1024 * 1024  # in all streams together
SLACK = 100_000  # bytes that may be read beyond four times the whole


def is_whole(content: bytes) -> bool:
    """Does it begin and end as a PDF? Nothing may hang behind it, as in a file that is two things at once."""
    return content.startswith(HEADER) and content.rstrip(b"\r\n\t \0").endswith(TRAILER)


def is_active(content: bytes) -> bool:
    """Does it hold a script, an attachment, an encryption, or something that starts or sends something?

    What cannot be looked through within bounds counts as active.
    """
    plain = _plain(content)
    if ACTING.search(plain):
        return True
    if PACKED not in plain:
        return False
    return bool(RARELY.search(plain)) or _hides_something(content)


def _hides_something(content: bytes) -> bool:
    left, to_read = MOST_UNPACKED, 4 * len(content) + SLACK
    for head, packed in _streams(content):
        held = _hides(head, packed, left)
        left, to_read = left - (held or 0), to_read - len(head) - len(packed)
        if held is None or left <= 0 or to_read <= 0:
            return True
    return False


def _plain(part: bytes) -> bytes:
    """Names with their letters as they are meant."""
    return ESCAPED.sub(lambda two: bytes([int(two[1], 16)]), part)


def _hides(head: bytes, packed: memoryview, left: int) -> int | None:
    """How much a stream holds when unpacked; None when something acts in it, or it cannot be looked through."""
    if PACKED in head and ALTERED.search(head):
        return None
    contents = _inflated(packed, left)
    return None if contents is None or ACTING.search(_plain(contents)) else len(contents)


def _streams(content: bytes) -> Iterator[tuple[bytes, memoryview]]:
    """Whatever may be a stream: what stands before it since the last one's end, and what it holds."""
    ends = [0, *(found.start() for found in END.finditer(content)), len(content)]
    for begin in BEGIN.finditer(content):
        place = bisect(ends, begin.start())
        yield _plain(content[ends[place - 1] : begin.start()]), memoryview(content)[begin.end() : ends[place]]


def _inflated(packed: memoryview, most: int) -> bytes | None:
    """A packed stream's contents; nothing when it is packed in another way, None when they do not end."""
    unpacker = zlib.decompressobj()
    try:
        contents = unpacker.decompress(packed, most)
    except zlib.error:
        return b""
    return contents if unpacker.eof else None
