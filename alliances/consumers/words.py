"""What clients may say on a board's socket, and how it is taken apart."""

import json
from dataclasses import dataclass
from typing import Any

from alliances.orders.batch import Batch, batch_of
from alliances.orders.order import Do, MalformedError, order_of, whole

MAX_BYTES = 16 * 1024


class TooLargeError(Exception):
    """Longer than MAX_BYTES."""


@dataclass(frozen=True, slots=True)
class Since:
    """The client has this version, and wants the rest."""

    epoch: str | None
    version: int
    company: bool = False  # and wants to see who else is there


def parse(text: str | None) -> Since | Do | Batch:
    """Understand one message. Raises MalformedError or TooLargeError."""
    said = _read(text)
    match said.get("t"):
        case "since":
            return _since(said)
        case "do":
            return order_of(said)
        case "batch":
            return batch_of(said)
    raise MalformedError


def _read(text: str | None) -> dict[str, Any]:
    if not text:
        raise MalformedError
    if len(text) > MAX_BYTES or len(text.encode(errors="surrogatepass")) > MAX_BYTES:
        raise TooLargeError
    try:
        said = json.loads(text)
    except (ValueError, RecursionError) as wrong:
        raise MalformedError from wrong
    if not isinstance(said, dict):
        raise MalformedError
    return said


def _since(said: dict[str, Any]) -> Since:
    epoch, version = said.get("epoch"), whole(said.get("version", 0)) or 0
    if epoch is not None and not isinstance(epoch, str):
        raise MalformedError
    return Since(epoch, version, said.get("company") is True)
