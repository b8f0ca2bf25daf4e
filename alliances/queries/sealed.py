"""The record of an alliance as a file that can be checked offline, and who may have it (docs/record.md)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet

from alliances import ledger
from alliances.lifecycle import State
from alliances.models import Alliance, Checkpoint, Event, Note, Settlement, Stream
from alliances.queries import chain
from alliances.queries import ledger as log
from alliances.queries.rows import iso
from alliances.terms import canonical
from config import platform_key
from firms.queries import firm_ids_of, firms_of

FORMAT = "murmuration-record/1"
Row = dict[str, Any]


def of_operator(key: str) -> Alliance | None:
    return Alliance.objects.filter(key=key).first()


def of_partner(user_id: int, key: str) -> Alliance | None:
    """An alliance whose record a person may have as a partner: as `kept_by` tells, or through a live grant."""
    seen = Alliance.objects.seen_by(user_id).filter(key=key).first()
    return seen or kept_by(user_id).filter(key=key).first()


def kept_by(user_id: int) -> QuerySet[Alliance]:
    """Dissolved alliances that were in their end partly of firms for which this person may sign.

    A record is the firm's own: trade records are kept for years. It opens nothing else.
    """
    mine = [firm.id for firm in firms_of(user_id) if firm.may_sign]
    return Alliance.objects.filter(
        state=State.DISSOLVED, grants__firm__in=mine, grants__ended_at=F("dissolved_at")
    ).distinct()


def firms_in(user_id: int, alliance: Alliance) -> list[int]:
    """The person's firms that took part: their own invitations' streams are theirs to see."""
    mine = firm_ids_of(user_id)
    return sorted(set(alliance.grants.filter(firm__in=mine).values_list("firm_id", flat=True)))


def record_file(alliance: Alliance, firms: list[int] | None, now: datetime) -> str:
    """The record for these firms, or for operators (None), sealed by the platform. There is a checkpoint."""
    checkpoint = Checkpoint.objects.latest("size")
    streams = list(_streams(alliance, firms))
    settlement = Settlement.objects.filter(alliance=alliance).first()
    content: Row = {
        "format": FORMAT,
        "alliance": {name: str(getattr(alliance, name)) for name in ("key", "title", "state", "root_hash")},
        "made_at": iso(now),
        "key": ledger.verifier_key(platform_key.public()),
        "checkpoint": checkpoint.note,
        "streams": _with_events(streams, checkpoint.size),
        "settlement": settlement.inputs if settlement else None,
    }
    seal = platform_key.sign(canonical(content).encode()).hex()
    return canonical({**content, "seal": seal})


def _streams(alliance: Alliance, firms: list[int] | None) -> QuerySet[Stream]:
    """All streams for operators; the alliance's own and those of its invitations for a firm."""
    rows = log.streams_of(alliance).order_by("pk").distinct()
    if firms is None:
        return rows
    return rows.filter(Q(pk=alliance.stream_id) | Q(invitation__firm__in=firms))


def _with_events(streams: list[Stream], size: int) -> list[Row]:
    """The streams with their events, each with its way to the checkpoint's root."""
    heads = {stream.pk: stream.version for stream in streams}  # read first: events may only be newer
    events = Event.objects.filter(stream__in=heads).select_related("note", "entry").order_by("version")
    by_stream: dict[Any, list[Event]] = {pk: [] for pk in heads}
    for event in events:
        if event.version <= heads[event.stream_id]:
            by_stream[event.stream_id].append(event)
    paths = log.paths(_covered(events, size), size)
    return [
        {
            "id": str(stream.pk),
            "kind": stream.kind,
            "version": stream.version,
            "closed_at": iso(stream.closed_at),
            "events": [_event_row(event, paths) for event in by_stream[stream.pk]],
        }
        for stream in streams
    ]


def _covered(events: Iterable[Event], size: int) -> list[int]:
    places = [_position(event) for event in events]
    return [place for place in places if place is not None and place < size]


def _position(event: Event) -> int | None:
    entry = getattr(event, "entry", None)  # an event that was not sequenced yet has none
    return entry.position if entry else None


def _event_row(event: Event, paths: dict[int, list[str]]) -> Row:
    position = _position(event)
    path = paths.get(position) if position is not None else None
    return {
        "header": chain.header(event),
        "body": event.body,
        "digest": event.digest,
        "note": _note_row(event.note),
        "position": None if path is None else position,
        "path": path,
    }


def _note_row(note: Note | None) -> Row | None:
    """What a person wrote, with the salt that lets its hash be checked; an erased note has lost both."""
    return {"salt": note.salt, "text": note.text} if note else None
