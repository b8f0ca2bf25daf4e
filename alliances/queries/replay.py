"""The tail of a stream, as the boards take it: one read for what a process has missed."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

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


# one statement for all, so that heads and events fit to each other
TAILS = """
SELECT stream.id, stream.epoch, stream.version, stream.closed_at,
    event.version, event.kind, event.actor, event.at, event.command, event.body, note.text
FROM unnest(%s::uuid[], %s::bigint[]) AS wanted (id, after)
JOIN alliances_stream AS stream ON stream.id = wanted.id
LEFT JOIN LATERAL (
    SELECT * FROM alliances_event
    WHERE stream_id = stream.id AND version > wanted.after ORDER BY version DESC LIMIT %s
) AS event ON true
LEFT JOIN alliances_note AS note ON note.id = event.note_id
ORDER BY stream.id, event.version
"""


def tails(after: dict[UUID, int], limit: int) -> dict[UUID, Tail]:
    """Read the events of many streams, each after a version, the newest `limit` of each; one query."""
    with connection.cursor() as cursor:
        cursor.execute(TAILS, [list(after), list(after.values()), limit])
        rows = cursor.fetchall()
    found: dict[UUID, Tail] = {}
    for stream_id, epoch, head, closed_at, *event in rows:
        tail = found.setdefault(stream_id, Tail(str(epoch), head, closed_at is not None, []))
        if event[0] is not None:
            tail.events.append(_told(tuple(event)))
    return found


def heads(stream_ids: Collection[UUID]) -> dict[UUID, int]:
    """The last versions of many streams; one query."""
    return dict(Stream.objects.filter(pk__in=stream_ids).values_list("pk", "version"))


def state(kind: Kind, stream_id: UUID) -> dict[str, Any]:
    """What a board shows, for the stream behind it."""
    if kind == Kind.INVITATION:
        return board.invitation_snapshot(Invitation.objects.get(stream_id=stream_id))
    return board.snapshot(Alliance.objects.get(Q(stream_id=stream_id) | Q(forming_id=stream_id)))


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
