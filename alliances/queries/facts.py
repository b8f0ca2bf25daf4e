"""What the guards of the life cycle look at, read under the alliance's lock."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Q, Sum

from alliances.lifecycle import Facts, SeatState, State, TaskState, due_at, passed
from alliances.models import Alliance, Share
from matching import queries as matching

OVER = [TaskState.FINISHED.value, TaskState.CANCELLED.value]
HELD = [SeatState.ACCEPTED.value, SeatState.SIGNED.value]


def limits(alliance: Alliance) -> dict[str, timedelta]:
    """How long the states of this alliance may last, by the names of the life cycle's deadlines."""
    return {**settings.DEADLINES, "operating": alliance.end_at - alliance.entered_at}


def next_deadline(alliance: Alliance, now: datetime) -> datetime | None:
    """When the clock looks at the alliance again; a deadline that could not act is tried again within the hour."""
    state = State(alliance.state)
    if alliance.is_over:
        return None
    return due_at(state, alliance.entered_at, limits(alliance), after=now) or now + timedelta(hours=1)


def gather(alliance: Alliance, now: datetime) -> Facts:
    """The facts as they are now. The caller holds the alliance's row."""
    late = passed(State(alliance.state), alliance.entered_at, limits(alliance), now)
    return Facts(
        is_decided=True,
        is_acyclic=True,
        deadline_passed=bool(late),
        cooling_off_over=bool(late),
        objection_period_over=bool(late),
        was_reopened=alliance.reopenings > 0,
        trend_alive=matching.trend_alive(alliance.opportunity_id, now),
        **_seats(alliance),
        **_tasks(alliance),
        **_settlement(alliance),
    )


def _seats(alliance: Alliance) -> dict[str, bool]:
    mandatory = alliance.seats.filter(is_mandatory=True)
    signed = alliance.seats.filter(state__in=HELD, firm__signatures__agreement__alliance=alliance)
    return {
        "has_candidates": not mandatory.filter(state=SeatState.OPEN, candidates=[]).exists(),
        "all_mandatory_accepted": mandatory.exists() and not mandatory.exclude(state__in=HELD).exists(),
        "all_signed": signed.distinct().count() == alliance.seats.filter(state__in=HELD).count(),
        "is_workspace_ready": alliance.stream_id is not None and alliance.grants.exists(),
    }


def _tasks(alliance: Alliance) -> dict[str, int]:
    unfinished = ~Q(state__in=OVER)
    counts = alliance.tasks.aggregate(
        total=Count("id", filter=Q(is_mandatory=True)),
        mandatory=Count("id", filter=Q(is_mandatory=True) & unfinished),
        left=Count("id", filter=unfinished),
    )
    return {
        "mandatory_tasks_total": counts["total"],
        "mandatory_tasks_open": counts["mandatory"],
        "leftovers_open": counts["left"],
    }


def _settlement(alliance: Alliance) -> dict[str, bool | int]:
    shares = Share.objects.filter(settlement__alliance=alliance)
    sums = shares.values("currency").annotate(total=Sum("amount_minor")).values_list("total", flat=True)
    settlement = getattr(alliance, "settlement", None)
    return {
        "is_settled": settlement is not None,
        "settlement_sum": max((abs(total) for total in sums), default=0),
        "all_confirmed": shares.exists() and not shares.filter(confirmed_at=None).exists(),
        "objections_open": settlement.objections.filter(answered_at=None).count() if settlement else 0,
    }
