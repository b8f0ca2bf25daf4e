"""Append to the record. This is the only place that does, and the only one that sends an alliance's events.

Each event is chained to the one before it by its digest (`queries.chain`). The rows suffice to check the chain.
"""

import secrets
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from alliances.models import Event, Note, Stream
from alliances.queries.chain import digest, note_hash
from alliances.terms import canonical
from config.rows import Actor, Refused
from config.wake import wake

NOTE_CHARACTERS = 1000  # every board of the stream gets it

# one statement, so that two writers of a stream can never get one version
ADVANCE = """
UPDATE alliances_stream AS stream SET version = stream.version + 1
WHERE stream.id = %s AND stream.closed_at IS NULL
RETURNING stream.version,
    (SELECT digest FROM alliances_event WHERE stream_id = stream.id AND version = stream.version - 1)
"""


def record(
    stream: Stream,
    kind: str,
    actor: Actor,
    now: datetime,
    *,
    changes: dict[str, Any],
    command_id: str = "",
    note: str = "",
) -> Event:
    """Append what happened to a stream, and wake its boards after the commit.

    The caller is in a transaction and holds the alliance's row. `changes` are public rows; `note` is what a
    person wrote: it is cut to NOTE_CHARACTERS and kept apart, and the record holds only its salted hash.
    Raises Refused when sealed.
    """
    version, before = _advance(stream)
    kept = _keep(note[:NOTE_CHARACTERS]) if note else None
    event = Event(
        stream=stream,
        version=version,
        kind=kind,
        actor=actor.key,
        at=now,
        command=command_id,
        body=body(changes, kept),
        note=kept,
    )
    event.digest = digest(before, event)
    Event.objects.bulk_create([event])
    wake(f"stream:{stream.pk}")
    return event


def body(changes: dict[str, Any], note: Note | None) -> str:
    """The canonical bytes of what an event says."""
    return canonical({"changes": changes, "note_hash": note_hash(note) if note else None})


def _advance(stream: Stream) -> tuple[int, str]:
    with connection.cursor() as cursor:
        cursor.execute(ADVANCE, [UUID(str(stream.pk))])
        row = cursor.fetchone()
    if row is None:
        raise Refused("sealed", _("This record is sealed: nothing can be added to it."))
    stream.version = row[0]
    return row[0], row[1] or ""


def _keep(text: str) -> Note:
    note = Note(text=text, salt=secrets.token_hex(16))
    Note.objects.bulk_create([note])
    return note
