"""The tail of a stream, as the boards take it: one read for what a process has missed."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import FilteredRelation, Q

from alliances.models import Alliance, Invitation, Stream
from alliances.queries import board
from alliances.queries.admission import Kind
from alliances.queries.rows import iso


@dataclass(frozen=True, slots=True)
class Told:
    """An event as it goes to boards, without the name of its actor."""

    version: int
    actor: str  # pseudonym
    header: dict[str, Any]  # what it is
    body: str  # canonical JSON of what it changed

    def frame(self, by: str) -> str:
        """The text of the frame; `by` is the actor's name. The body is spliced in as it is kept."""
        head = json.dumps({"t": "event", **self.header, "by": by}, separators=(",", ":"), ensure_ascii=False)
        return f"{head[:-1]},{self.body[1:]}"


@dataclass(frozen=True, slots=True)
class Tail:
    """The newest events of a stream."""

    epoch: str
    head: int  # version of the last event
    is_closed: bool
    events: list[Told]  # in the order of their versions, without gaps


def tail(stream_id: UUID, after: int, limit: int) -> Tail:
    """Read the events after a version, the newest `limit` of them; one query, so they fit to each other."""
    fresh = FilteredRelation("events", condition=Q(events__version__gt=after))
    rows = list(
        Stream.objects.filter(pk=stream_id)
        .annotate(fresh=fresh)
        .order_by("-fresh__version")
        .values_list("epoch", "version", "closed_at", *FIELDS)[:limit]
    )
    epoch, head, closed_at = rows[0][:3]
    events = [_told(row[3:]) for row in reversed(rows) if row[3] is not None]
    return Tail(str(epoch), head, closed_at is not None, events)


def heads(stream_ids: Collection[UUID]) -> dict[UUID, int]:
    """The last versions of many streams; one query."""
    return dict(Stream.objects.filter(pk__in=stream_ids).values_list("pk", "version"))


def state(kind: Kind, stream_id: UUID) -> dict[str, Any]:
    """What a board shows, for the stream behind it."""
    if kind == Kind.INVITATION:
        return board.invitation_snapshot(Invitation.objects.get(stream_id=stream_id))
    return board.snapshot(Alliance.objects.get(Q(stream_id=stream_id) | Q(forming_id=stream_id)))


FIELDS = [f"fresh__{name}" for name in ("version", "kind", "actor", "at", "command", "body", "note__text")]


def _told(row: tuple[Any, ...]) -> Told:
    version, kind, actor, at, command, body, note = row
    header = {
        "version": version,
        "kind": kind,
        "actor": actor,
        "at": iso(at),
        "command": command,
        "note": note or "",
    }
    return Told(version, actor, header, body)
