"""For whom is capacity held, and how much is left in some weeks?"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from firms import weeks
from firms.models import CapacityWeek, Reservation


@dataclass(frozen=True, slots=True)
class Stretch:
    """The weeks of a line that hold a day between two days, both included."""

    line_id: int
    from_on: date
    until_on: date


def held_for() -> dict[str, int]:
    """Live ledger entries by the first part of their purpose: how many each holder still has."""
    purposes = Reservation.objects.live().values_list("purpose", flat=True)
    return dict(Counter(purpose.partition("/")[0] for purpose in purposes.iterator()))


def free_in(stretches: Iterable[Stretch]) -> dict[Stretch, int]:
    """Units that are free in each stretch, in one query; what stretches share counts in each."""
    wanted = set(stretches)
    reach = Q(pk=None)
    for one in wanted:
        reach |= Q(line_id=one.line_id, week_on__range=(weeks.monday(one.from_on), one.until_on))
    rows = list(CapacityWeek.objects.filter(reach))
    return {one: weeks.total(row.free_units for row in rows if _is_in(row, one)) for one in wanted}


def _is_in(row: CapacityWeek, one: Stretch) -> bool:
    return row.line_id == one.line_id and weeks.in_reach(row.week_on, one.from_on, one.until_on)
