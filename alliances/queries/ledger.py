"""The log over all streams: its root, the paths that lead to it, and whether it still is what has left us."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Min, Q, QuerySet

from alliances import ledger
from alliances.ledger import Place
from alliances.models import Alliance, Checkpoint, Event, LogEntry, Stream
from alliances.queries import chain
from config import platform_key

CHUNK = 2_000


@dataclass(frozen=True)
class Exposed:
    """Events since the last checkpoint: until the next one, nobody outside could prove a change of them."""

    count: int
    age: timedelta

    @property
    def seconds(self) -> int:
        return round(self.age.total_seconds())


def size() -> int:
    """How many events are in the log."""
    last = LogEntry.objects.order_by("-position").values_list("position", flat=True).first()
    return 0 if last is None else last + 1


def root(at_size: int) -> bytes:
    """The root of the log's first entries."""
    places = ledger.peaks(0, at_size)
    found = nodes(places)
    return ledger.fold([found[place] for place in places])


def nodes(places: Collection[Place]) -> Mapping[Place, bytes]:
    """The hashes of complete subtrees, as the entries that end them keep them."""
    rows = LogEntry.objects.filter(position__in={position for position, _level in places})
    kept = dict(rows.values_list("position", "hashes"))
    return {(position, level): bytes.fromhex(kept[position][level]) for position, level in places}


def paths(positions: Iterable[int], at_size: int) -> dict[int, list[str]]:
    """The inclusion paths of entries in the log's first `at_size` ones; one query for all."""
    wanted = {position: ledger.path_places(position, at_size) for position in positions}
    found = nodes({place for path in wanted.values() for step in path for place in step})
    return {
        position: [ledger.fold([found[place] for place in step]).hex() for step in path]
        for position, path in wanted.items()
    }


def last_checkpoint() -> Checkpoint | None:
    return Checkpoint.objects.order_by("-size").first()


def streams_of(alliance: Alliance) -> QuerySet[Stream]:
    """All streams of an alliance: of its forming, its own, and those of its invitations."""
    mine = Q(pk__in=[alliance.forming_id, alliance.stream_id]) | Q(invitation__seat__alliance=alliance)
    return Stream.objects.filter(mine)


def exposed(alliance: Alliance, now: datetime, firms: list[int] | None = None) -> Exposed:
    """The window in which a change could not be proven yet: of the whole, or of what these firms may see.

    How much happened in streams that are not theirs would tell them how many others were asked.
    """
    last = last_checkpoint()
    streams = streams_of(alliance)
    if firms is not None:
        streams = streams.filter(Q(pk=alliance.stream_id) | Q(invitation__firm__in=firms))
    events = Event.objects.filter(stream__in=streams)
    rest = events.filter(Q(entry=None) | Q(entry__position__gte=last.size if last else 0))
    oldest = rest.aggregate(oldest=Min("at"))["oldest"]
    return Exposed(rest.count(), now - oldest if oldest else timedelta(0))


def problems(notes: Iterable[str]) -> Iterator[str]:
    """Compute the whole log anew, and compare it with checkpoints that have left us; says what does not fit."""
    yield from chain.breaks(Event.objects.order_by("stream", "version").iterator(CHUNK))
    if lost := Event.objects.filter(entry=None, stream__is_logged=True).count():
        yield f"{lost} events were added to closed streams and have no place in the log"
    left, broken = _opened(notes)
    kept, broken_inside = _opened(Checkpoint.objects.order_by("size").values_list("note", flat=True))
    roots, wrong = _computed({one.size for one in (*left, *kept)})
    yield from (*broken, *broken_inside, *wrong)
    yield from _differences("outside", left, roots)
    yield from _differences("in the database", kept, roots)
    for size in sorted({one.size for one in left} - {one.size for one in kept}):
        yield f"the checkpoint of {size} entries has left, but is not in the database"


def _differences(where: str, known: list[ledger.Checkpoint], roots: dict[int, bytes]) -> Iterator[str]:
    for one in known:
        if roots.get(one.size) != one.root:
            yield f"the log's first {one.size} entries are not those of the checkpoint {where} of {one.at}"


def _opened(notes: Iterable[str]) -> tuple[list[ledger.Checkpoint], list[str]]:
    found: list[ledger.Checkpoint] = []
    broken: list[str] = []
    for note in notes:
        try:
            found.append(ledger.opened(note, platform_key.public()))
        except ledger.BrokenError as wrong:
            broken.append(f"{wrong}: {note[:80]!r}")
    return found, broken


def _computed(sizes: set[int]) -> tuple[dict[int, bytes], list[str]]:
    """Roots of the log at these sizes, from nothing but the events' digests, and entries that do not fit."""
    roots: dict[int, bytes] = {0: ledger.EMPTY}
    wrong: list[str] = []
    tops: list[tuple[int, bytes]] = []  # the complete subtrees so far, with their levels
    rows = LogEntry.objects.order_by("position").values_list("position", "hashes", "event__digest")
    for expected, (position, hashes, digest) in enumerate(rows.iterator(CHUNK)):
        if position != expected:
            return roots, [*wrong, f"the log has a gap before entry {position}"]
        if hashes != _grow(tops, ledger.leaf_hash(digest.encode())):
            wrong.append(f"entry {position} of the log does not fit its event")
        if position + 1 in sizes:
            roots[position + 1] = ledger.fold([top for _level, top in tops])
    return roots, wrong


def _grow(tops: list[tuple[int, bytes]], leaf: bytes) -> list[str]:
    """Add a leaf to the complete subtrees so far; what its entry should keep."""
    grown = [leaf]
    while tops and tops[-1][0] == len(grown) - 1:
        grown.append(ledger.node_hash(tops.pop()[1], grown[-1]))
    tops.append((len(grown) - 1, grown[-1]))
    return [one.hex() for one in grown]
