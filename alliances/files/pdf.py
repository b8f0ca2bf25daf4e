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
UNNAMED = re.compile(rb"/First(?![A-Za-z0-9])"), re.compile(rb"/N\s*\d")  # what some readers know them by
# every writer packs them once in this way; what readers make of any other is not known here
FILTER = re.compile(rb"/Filter(?![A-Za-z0-9])(?!\s*/Adobe\.PPK)")  # that of a signature is none of a stream
ONCE = re.compile(rb"/Filter\s*(?:/FlateDecode(?![A-Za-z0-9])|\[\s*/FlateDecode\s*\])")
ALTERED = re.compile(rb"/(?:DecodeParms|DP)(?![A-Za-z0-9])")
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")  # a name may write its letters as #4A
BEGIN, END = re.compile(rb"stream\r?\n"), re.compile(rb"endstream")
MOST_UNPACKED = 128 * 1024 * 1024  # in all streams together
NOT_PACKED = b""
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
    return _packs_objects(plain) and _hides_something(content, plain.count(PACKED))


def _packs_objects(part: bytes) -> bool:
    return PACKED in part or all(sign.search(part) for sign in UNNAMED)


def _hides_something(content: bytes, named: int) -> bool:
    """Does something act in a stream, or is one of those that are `named` as packed objects not among the streams?"""
    left, to_read = MOST_UNPACKED, 4 * len(content) + SLACK
    for head, packed in _streams(content):
        named -= head.count(PACKED)
        held = _hides(head, packed, left)
        left, to_read = left - (held or 0), to_read - len(head) - len(packed)
        if held is None or left <= 0 or to_read <= 0:
            return True
    return named > 0


def _plain(part: bytes) -> bytes:
    """Names with their letters as they are meant."""
    return ESCAPED.sub(lambda two: bytes([int(two[1], 16)]), part)


def _hides(head: bytes, packed: memoryview, left: int) -> int | None:
    """How much a stream holds when unpacked; None when something acts in it, or it cannot be looked through."""
    is_packed = _packs_objects(head)
    if is_packed and not _is_packed_once(head):
        return None
    contents = _inflated(packed, left)
    if contents == NOT_PACKED:
        return None if is_packed else 0
    return None if contents is None or ACTING.search(_plain(contents)) else len(contents)


def _is_packed_once(head: bytes) -> bool:
    return len(FILTER.findall(head)) == len(ONCE.findall(head)) == 1 and not ALTERED.search(head)


def _streams(content: bytes) -> Iterator[tuple[bytes, memoryview]]:
    """Whatever may be a stream: what stands before it since the last one's end, and what it holds."""
    ends = [0, *(found.start() for found in END.finditer(content)), len(content)]
    for begin in BEGIN.finditer(content):
        place = bisect(ends, begin.start())
        yield _plain(content[ends[place - 1] : begin.start()]), memoryview(content)[begin.end() : ends[place]]


def _inflated(packed: memoryview, most: int) -> bytes | None:
    """A packed stream's contents; NOT_PACKED when they are not, or not whole, None when they do not end."""
    unpacker = zlib.decompressobj()
    try:
        contents = unpacker.decompress(packed, most)
    except zlib.error:
        return NOT_PACKED
    return contents if unpacker.eof else None
