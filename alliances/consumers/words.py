"""What clients may say on a board's socket, and how it is taken apart."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

MAX_BYTES = 16 * 1024
MAX_VERSION = 2**53


class MalformedError(Exception):
    """Not in the protocol."""


class TooLargeError(Exception):
    """Longer than MAX_BYTES."""


@dataclass(frozen=True, slots=True)
class Since:
    """The client has this version, and wants the rest."""

    epoch: str | None
    version: int


@dataclass(frozen=True, slots=True)
class Do:
    """The client wants a verb to be carried out."""

    id: str  # the client's own, the same when it repeats the command
    verb: str
    task: int | None
    expected_version: int | None
    data: dict[str, Any]


def parse(text: str | None) -> Since | Do:
    """Understand one message. Raises MalformedError or TooLargeError."""
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
    match said.get("t"):
        case "since":
            return _since(said)
        case "do":
            return _do(said)
    raise MalformedError


def _since(said: dict[str, Any]) -> Since:
    epoch, version = said.get("epoch"), _whole(said.get("version", 0)) or 0
    if epoch is not None and not isinstance(epoch, str):
        raise MalformedError
    return Since(epoch, version)


def _do(said: dict[str, Any]) -> Do:
    name, verb, data = said.get("id"), said.get("verb"), said.get("data", {})
    if not (isinstance(name, str) and isinstance(verb, str) and isinstance(data, dict)):
        raise MalformedError
    try:
        UUID(name)
    except ValueError as wrong:
        raise MalformedError from wrong
    return Do(name, verb, _whole(said.get("task")), _whole(said.get("expected_version")), data)


def _whole(value: object) -> int | None:
    """A whole number that JavaScript can count to, or nothing."""
    if value is None:
        return None
    if type(value) is not int or not 0 <= value < MAX_VERSION:
        raise MalformedError
    return value
