"""Every event gets its place in one log over all streams, and checkpoints of the log leave the database.

Verbs add events without waiting for each other; this takes what they have committed, in batches.
"""

import logging
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from alliances import ledger
from alliances.live import checkpoints
from alliances.models import Checkpoint, Event, LogEntry, Stream
from alliances.queries import ledger as queries
from alliances.queries.rows import iso
from config import platform_key

log = logging.getLogger(__name__)
LOCK = 0x6D75726D  # the number of the lock under which the log grows: one process at a time
BATCH = 2_000
EVERY = timedelta(seconds=5)  # between checkpoints, unless a record was sealed


class LogBrokenError(Exception):
    """What left the database is not what is in it: somebody changed it, or it was restored from a copy."""


def sequence(now: datetime) -> int:
    """Append to the log what was committed, then let a checkpoint leave; returns how many events were appended.

    Safe in several processes, and harmless to kill at any step.
    """
    added = fresh = _append()
    while fresh == BATCH:
        fresh = _append()
        added += fresh
    checkpoint(now)
    return added


@transaction.atomic
def checkpoint(now: datetime) -> Checkpoint | None:
    """Sign the log's root and let it leave, when there is something new; returns what left."""
    _alone()
    _adopt()
    last, size = queries.last_checkpoint(), queries.size()
    if not _is_due(last, size, now):
        return None
    made = ledger.Checkpoint(size, queries.root(size), str(iso(now)))
    note = ledger.signed(made, platform_key.sign, platform_key.public())
    checkpoints.publish(note)  # first: a row without its line would claim what nobody outside holds
    return _keep(made, note)


@transaction.atomic
def _append() -> int:
    """Append a batch. Events are found by having no place, not by their ids: those may commit out of order."""
    _alone()
    waiting = Event.objects.filter(stream__is_logged=False, entry=None).order_by("pk")
    batch = list(waiting.values_list("pk", "digest")[:BATCH])
    start = queries.size()
    LogEntry.objects.bulk_create(_entries(start, batch))
    if len(batch) < BATCH:
        _leave_out_what_is_closed()
    return len(batch)


def _entries(start: int, batch: list[tuple[int, str]]) -> list[LogEntry]:
    """The batch in its places, each with the hashes of the subtrees that end with it."""
    known = dict(queries.nodes(ledger.peaks(0, start)))
    entries = []
    for position, (event_id, digest) in enumerate(batch, start):
        hashes = ledger.grown(position, ledger.leaf_hash(digest.encode()), known)
        known |= {(position, level): one for level, one in enumerate(hashes)}
        kept = [one.hex() for one in hashes]
        entries.append(LogEntry(position=position, event_id=event_id, hashes=kept))
    return entries


def _leave_out_what_is_closed() -> None:
    """A closed stream takes nothing more; once all of it is in the log, it need not be looked at again."""
    rest = Event.objects.filter(stream=OuterRef("pk"), entry=None)
    closed = Stream.objects.filter(is_logged=False, closed_at__isnull=False)
    closed.filter(~Exists(rest)).update(is_logged=True)


def _is_due(last: Checkpoint | None, size: int, now: datetime) -> bool:
    if last is None or size == last.size:
        return last is None and size > 0
    sealed = LogEntry.objects.filter(position__gte=last.size, event__stream__closed_at__isnull=False)
    return not last.at <= now < last.at + EVERY or sealed.exists()


def _adopt() -> None:
    """A checkpoint that left just before a death gets its row. Raises LogBrokenError when it does not fit."""
    note, last = checkpoints.newest(), queries.last_checkpoint()
    if note is None or (last and last.note == note):
        return
    made = ledger.opened(note, platform_key.public())
    if last and made.size <= last.size:
        return  # another machine's file may be behind
    if made.size > queries.size() or queries.root(made.size) != made.root:
        raise LogBrokenError(f"the checkpoint of {made.at} over {made.size} entries does not fit the log")
    _keep(made, note)


def _keep(made: ledger.Checkpoint, note: str) -> Checkpoint:
    at = datetime.fromisoformat(made.at).astimezone(UTC)
    return Checkpoint.objects.create(size=made.size, root=made.root.hex(), at=at, note=note)


def _alone() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
