"""What must hold after any accident, read from the database alone: nothing lost, nothing doubled, no ghosts."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from alliances.models import Event, Invitation, StockReport
from alliances.queries.chain import breaks
from alliances.queries.residue import residues
from firms.models import CapacityWeek, Reservation

STALE_LOCKS = """
SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE locktype = 'advisory' AND granted AND clock_timestamp() - state_change > interval '20 seconds'
"""


@dataclass(frozen=True)
class Wrong:
    """Counts of what should never be."""

    lost: int = 0  # orders that were answered and have no event; deadlines that passed and did not act
    doubled: int = 0  # orders with two events; deadlines that acted twice
    ghosts: int = 0  # what nobody asked for: events, state, locks, capacity, things of ended alliances
    broken: int = 0  # places where the chain of the record does not hold


def audit(answered: Mapping[str, int], due: Collection[int]) -> Wrong:
    """Compare what clients were told (units by order) and what was due (invitations) with what is."""
    orders = Counter(
        Event.objects.filter(kind="stock_posted").exclude(command="").values_list("command", flat=True)
    )
    expired = Counter(
        Event.objects.filter(stream__invitation__in=due, kind="expired").values_list(
            "stream__invitation", flat=True
        )
    )
    done = Invitation.objects.filter(pk__in=due, state="expired").values_list("pk", flat=True)
    return Wrong(
        lost=len(set(answered) - set(orders)) + len(set(due) - set(done)),
        doubled=sum(count > 1 for count in (*orders.values(), *expired.values())),
        ghosts=_unasked(answered) + _stale_locks() + _miscounted() + sum(residues(timezone.now()).values()),
        broken=len(list(breaks(Event.objects.order_by("stream", "version").select_related("note")))),
    )


def _unasked(answered: Mapping[str, int]) -> int:
    """Events of these partners that none of them asked for, and counts of stock that nobody reported."""
    mine = Event.objects.filter(kind="stock_posted", command__in=answered)
    others = Event.objects.filter(kind="stock_posted", stream__in=mine.values("stream")).exclude(
        command__in=answered
    )
    reports = StockReport.objects.filter(alliance__stream__in=mine.values("stream"))
    return others.count() + reports.exclude(units__in=set(answered.values())).count()


def _stale_locks() -> int:
    with connection.cursor() as cursor:
        cursor.execute(STALE_LOCKS)
        return int(cursor.fetchone()[0])


def _miscounted() -> int:
    """Weeks whose used units are not the sum of what is held and reserved in them."""
    live = Counter[int]()
    for week, units in Reservation.objects.live().values_list("week", "units"):
        live[week] += units
    weeks = CapacityWeek.objects.values_list("pk", "used_units")
    return sum(used != live[pk] for pk, used in weeks)
