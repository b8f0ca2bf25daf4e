"""What an alliance that is over has left open. It should be nothing, a minute after the end."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from alliances.lifecycle import TASK_OVER, InvitationState, SeatState, State
from alliances.models import Alliance, Change, Grant, Invitation, Notice, Seat, Stream, Task
from alliances.notices import LAST_WORDS
from firms import queries as firms

GRACE = timedelta(seconds=60)
OVER = [State.DISSOLVED.value, State.ABORTED.value]
Found = tuple[str, int]  # what is left open, and whose: the alliance's id


def residues(now: datetime) -> dict[str, int]:
    """How much is left open, by kind, of alliances that ended more than a minute ago."""
    return dict(Counter(kind for kind, _alliance in left_open(now)))


def left_open(now: datetime) -> Iterator[Found]:
    """Each thing that is left open. Asked from the side of what is open, which is never much."""
    over = Alliance.objects.filter(state__in=OVER, entered_at__lte=now - GRACE)
    for kind, rows in _asked(over).items():
        yield from ((kind, pk) for pk in rows.values_list("alliance_id", flat=True))
    for kind, name in (("forming_stream", "forming"), ("stream", "stream")):
        opened = over.filter(**{f"{name}__closed_at": None, f"{name}__isnull": False})
        yield from ((kind, pk) for pk in opened.values_list("pk", flat=True))
    # two questions: asked as one, every invitation that ever was would be looked at
    pending = Q(state=InvitationState.PENDING)
    for asked in (pending, Q(stream__closed_at=None) & ~pending):
        rows = Invitation.objects.filter(asked, seat__alliance__in=over)
        yield from (("invitation", pk) for pk in rows.values_list("seat__alliance_id", flat=True))
    yield from _capacity(over)


def _asked(over: "QuerySet[Alliance]") -> dict[str, "QuerySet[Any]"]:
    return {
        "grant": Grant.objects.filter(ended_at=None, alliance__in=over),
        "seat": Seat.objects.exclude(state=SeatState.ENDED).filter(alliance__in=over),
        "task": Task.objects.exclude(state__in=TASK_OVER).filter(alliance__in=over),
        "mail": Notice.objects.to_send().exclude(kind__in=LAST_WORDS).filter(alliance__in=over),
        "change": Change.objects.filter(state=Change.State.WAITING, alliance__in=over),
    }


def _capacity(over: "QuerySet[Alliance]") -> Iterator[Found]:
    held = firms.held_for()
    if held:
        ended = dict(over.filter(key__in=held).values_list("pk", "key"))
        for pk, key in ended.items():
            yield from (("capacity", pk) for _ in range(held[str(key)]))


def open_streams(alliance: Alliance) -> "QuerySet[Stream]":
    """Streams of an alliance that can still be added to."""
    own = Q(pk__in=[alliance.forming_id, alliance.stream_id]) | Q(invitation__seat__alliance=alliance)
    return Stream.objects.filter(own, closed_at=None)
