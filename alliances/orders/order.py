"""One order, as clients write it in JSON."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

MAX_VERSION = 2**53  # JavaScript counts no further


class MalformedError(Exception):
    """Not in the protocol."""


@dataclass(frozen=True, slots=True)
class Do:
    """The client wants a verb to be carried out."""

    id: str  # the client's own, the same when it repeats the command
    verb: str
    task: int | None
    expected_version: int | None
    data: dict[str, Any]


def order_of(said: object) -> Do:
    """Understand one order. Raises MalformedError."""
    if not isinstance(said, dict):
        raise MalformedError
    name, verb, data = said.get("id"), said.get("verb"), said.get("data", {})
    if not (isinstance(name, str) and isinstance(verb, str) and isinstance(data, dict)):
        raise MalformedError
    try:
        UUID(name)
    except ValueError as wrong:
        raise MalformedError from wrong
    return Do(name, verb, whole(said.get("task")), whole(said.get("expected_version")), data)


def whole(value: object) -> int | None:
    """A whole number that JavaScript can count to, or nothing. Raises MalformedError."""
    if value is None:
        return None
    if type(value) is not int or not 0 <= value < MAX_VERSION:
        raise MalformedError
    return value
