"""The states that an alliance went through, as its events tell them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter

from django.db.models import JSONField
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast

from alliances.lifecycle import State
from alliances.models import Alliance, Event

LIFE = [state.value for state in State]


@dataclass(frozen=True)
class Stage:
    """A state from its beginning to its end; without an end, the alliance is in it."""

    state: str
    from_at: datetime
    until_at: datetime | None
    length: timedelta


def stages(alliance: Alliance, now: datetime) -> list[Stage]:
    """From the approval to today, in order. One query."""
    streams = [pk for pk in (alliance.forming_id, alliance.stream_id) if pk]
    row = KeyTransform("alliance", KeyTransform("changes", Cast("body", JSONField())))
    told = (
        Event.objects.filter(stream__in=streams)
        .order_by()
        .annotate(state=KeyTextTransform("state", row), entered=KeyTextTransform("entered_at", row))
    )
    rows = told.values_list("state", "entered").distinct()
    return in_order(((state, at) for state, at in rows if state and at), now, alliance.is_over)


def in_order(entered: Iterable[tuple[str, str]], now: datetime, is_over: bool) -> list[Stage]:
    """Stages from when each state was entered; the last one goes on, unless the alliance is over.

    States that were entered at one moment follow each other as in a life; a state entered anew goes on.
    """
    known = sorted((datetime.fromisoformat(at), LIFE.index(state), state) for state, at in entered)
    begun = [next(rows) for _state, rows in groupby(known, key=itemgetter(2))]
    ends = [*(at for at, *_rest in begun[1:]), None][: len(begun)]
    last = timedelta() if is_over or not begun else now - begun[-1][0]
    return [
        Stage(state, at, until, until - at if until else last)
        for (at, _place, state), until in zip(begun, ends, strict=True)
    ]
