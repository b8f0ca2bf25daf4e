"""What is new on streams, and who may not hear it any more; read for many streams at once."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from alliances.queries import board, replay
from alliances.queries.admission import Kind, who_see

RING = 512  # events read at most of one stream; who has missed more gets a snapshot
STREAMS_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Wish:
    """What an audience has, and whom it has."""

    kind: Kind
    stream_id: UUID
    head: int  # the last version that is known here
    known: frozenset[str]  # actors whose names are
    users: frozenset[int]  # those who need a grant


@dataclass(frozen=True, slots=True)
class News:
    """What one read of the database has found."""

    tail: replay.Tail
    names: dict[str, str]  # of actors that were not known by name
    ended: set[int]  # the users whose access has ended


def read(wishes: Sequence[Wish]) -> list[News]:
    """Answer each wish; at most four queries, however many there are."""
    tails = replay.tails({wish.stream_id: wish.head for wish in wishes}, RING)
    names = board.people(_strangers(wishes, tails))
    seeing = {kind: who_see(kind, _asked(wishes, kind)) for kind in {wish.kind for wish in wishes}}
    return [_news(wish, tails[wish.stream_id], names, seeing[wish.kind]) for wish in wishes]


def _news(wish: Wish, tail: replay.Tail, names: dict[str, str], seeing: dict[UUID, set[int]]) -> News:
    actors = {told.actor for told in tail.events}
    own = {actor: name for actor, name in names.items() if actor in actors}
    return News(tail, own, set(wish.users - seeing.get(wish.stream_id, set())))


def _strangers(wishes: Iterable[Wish], tails: dict[UUID, replay.Tail]) -> set[str]:
    return {told.actor for wish in wishes for told in tails[wish.stream_id].events} - frozenset[str]().union(
        *(wish.known for wish in wishes)
    )


def _asked(wishes: Iterable[Wish], kind: Kind) -> dict[UUID, frozenset[int]]:
    asked = defaultdict[UUID, frozenset[int]](frozenset)
    for wish in wishes:
        if wish.kind == kind and wish.users:
            asked[wish.stream_id] |= wish.users
    return dict(asked)
