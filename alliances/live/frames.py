"""The frames that boards receive, and the codes with which their sockets are closed."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import Any

JOINED_CHARACTERS = 16 * 1024  # of one message; a longer one would keep a slow socket from what else waits


class Close(IntEnum):
    """Why the server closes a socket; the page decides by it whether to come back."""

    MALFORMED = 4400  # not in the protocol
    NOBODY = 4401  # not logged in, or no longer
    UNSEEN = 4404  # it does not exist, or not for this person
    LATER = 4408  # it could not be served in time; come back
    ENDED = 4410  # access has ended, or the stream has
    TOO_LARGE = 4413  # a message above the limit
    FLOOD = 4429  # too many messages, or too many sockets of one person


@dataclass(frozen=True)
class Frame:
    """An encoded message. It is encoded once and goes to every socket as it is."""

    text: str
    version: int | None = None  # of the last event or the snapshot in it; others are not part of the stream

    @cached_property
    def encoded(self) -> bytes:
        """The bytes on the wire: one whole unmasked text frame (RFC 6455, section 5.2)."""
        payload = self.text.encode()
        size = len(payload)
        if size < 126:
            return bytes([0x81, size]) + payload
        return (b"\x81\x7e" + size.to_bytes(2) if size < 65_536 else b"\x81\x7f" + size.to_bytes(8)) + payload


def joined(frames: Iterable[Frame]) -> Iterator[Frame]:
    """Events that are there at the same time, in as few messages as may be; each is a line of its message."""
    lines: list[Frame] = []
    size = 0
    for one in frames:
        size += len(one.text)
        if lines and size > JOINED_CHARACTERS:
            yield _message(lines)
            lines, size = [], len(one.text)
        lines.append(one)
    if lines:
        yield _message(lines)


def _message(lines: list[Frame]) -> Frame:
    return Frame("\n".join(line.text for line in lines), lines[-1].version) if len(lines) > 1 else lines[0]


def frame(kind: str, **content: Any) -> Frame:
    """A frame that is no part of a stream."""
    return Frame(encode({"t": kind, **content}))


def snapshot(state: dict[str, Any]) -> Frame:
    return Frame(encode({"t": "snapshot", "version": state["version"], "state": state}), state["version"])


def encode(content: dict[str, Any]) -> str:
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False)
