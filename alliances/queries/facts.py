"""What the guards of the life cycle look at, read under the alliance's lock."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, Sum

from alliances.lifecycle import ALLIANCE, DEADLINES, TASK_OVER, Facts, SeatState, State, due_at, passed
from alliances.lifecycle.facts import ALIVE, TREND_OVER
from alliances.models import Alliance, Decision, Objection, Settlement, Share
from alliances.queries import agreement
from alliances.settlement import MOST_VERSIONS
from matching import queries as matching
from matching.blueprint import CycleError, critical_path

HELD = [SeatState.ACCEPTED.value, SeatState.SIGNED.value]
VACANT = [SeatState.OPEN.value, SeatState.INVITED.value, SeatState.ACCEPTED.value]
AGAIN = timedelta(hours=1)  # until a deadline that could not act is tried again


def limits(alliance: Alliance) -> dict[str, timedelta]:
    """How long the states of this alliance may last, by the names of the life cycle's deadlines."""
    return {
        **settings.DEADLINES,
        **({} if alliance.invitation_hours is None else {"inviting": time_to_answer(alliance)}),
        "operating": alliance.end_at - alliance.entered_at,
    }


def time_to_answer(alliance: Alliance) -> timedelta:
    """How long an invitation to this alliance lives."""
    usual: timedelta = settings.INVITATION_TTL
    if alliance.invitation_hours is None:
        return usual
    return timedelta(hours=alliance.invitation_hours)


def limit(alliance: Alliance, setting: str) -> timedelta:
    """How long one of these times is in this alliance."""
    default = next(row.default for row in DEADLINES if row.setting == setting)
    return limits(alliance).get(setting, default)


def next_deadline(alliance: Alliance, now: datetime) -> datetime | None:
    """When the clock looks at the alliance again; None when it is over."""
    if alliance.is_over:
        return None
    state, since, known = State(alliance.state), alliance.entered_at, limits(alliance)
    coming = due_at(state, since, known, after=now)
    again = now + AGAIN if coming is None or passed(state, since, known, now) else coming
    return min(coming or again, again)


def gather(alliance: Alliance, verb: str, now: datetime, *, by: int | None = None) -> Facts:
    """The facts that decide over a verb, as they are now. The caller holds the alliance's row.

    `by`: the person who would take the step.
    """
    state = State(alliance.state)
    late = bool(passed(state, alliance.entered_at, limits(alliance), now))
    found: dict[str, Any] = _seats(alliance) | _tasks(alliance) | _settlement(alliance, now)
    if state == State.PROPOSED:
        found |= _decided(alliance)
    if state == State.NEGOTIATING:
        found |= _signed(alliance)
    return Facts(
        deadline_passed=late,
        is_another_person=by is not None and by != alliance.suspended_by_id,
        partners_agreed=_partners_agreed(alliance),
        cooling_off_over=late,
        objection_period_over=late,
        was_reopened=alliance.reopenings > 0,
        open_disputes=alliance.disputes.open().count(),
        trend_alive=not _asks_for_the_trend(state, verb)
        or matching.trend_alive(alliance.opportunity_id, now),
        **found,
    )


def _asks_for_the_trend(state: State, verb: str) -> bool:
    """Whether the trend lives is read from months of observations: only where a guard looks at it."""
    row = ALLIANCE.find(state, verb)
    return row is not None and any(guard in row.guards for guard in (ALIVE, TREND_OVER))


def _decided(alliance: Alliance) -> dict[str, bool]:
    chosen = Decision.objects.filter(proposal_id=alliance.proposal_id, kind=Decision.Kind.APPROVED)
    return {"is_decided": chosen.exists(), "is_acyclic": _is_acyclic(alliance)}


def _is_acyclic(alliance: Alliance) -> bool:
    tasks = matching.plan_of(alliance.proposal_id).tasks
    try:
        critical_path(tasks, {task.code: task.days.likely for task in tasks})
    except CycleError:
        return False
    return True


def _partners_agreed(alliance: Alliance) -> bool:
    """Whether every firm that has access agreed to an early end."""
    partners = alliance.grants.filter(ended_at=None)
    return partners.exists() and not partners.filter(agreed_to_end_at=None).exists()


def _seats(alliance: Alliance) -> dict[str, bool | int]:
    mandatory = alliance.seats.filter(is_mandatory=True)
    return {
        "has_candidates": not mandatory.filter(state=SeatState.OPEN, candidates=[]).exists(),
        "all_mandatory_accepted": mandatory.exists() and not mandatory.exclude(state__in=HELD).exists(),
        "seats_vacant": alliance.seats.filter(succeeds__isnull=False, state__in=VACANT).count(),
        "is_workspace_ready": alliance.stream_id is not None and alliance.grants.exists(),
    }


def _signed(alliance: Alliance) -> dict[str, bool]:
    waiting = agreement.unsigned(alliance)
    late = alliance.seats.filter(state=SeatState.ACCEPTED, is_mandatory=True, firm__key__in=waiting)
    return {
        "all_signed": agreement.is_signed(alliance),
        "has_stand_in": not late.filter(candidates=[]).exists(),
    }


def _tasks(alliance: Alliance) -> dict[str, int]:
    unfinished = ~Q(state__in=TASK_OVER)
    counts = alliance.tasks.aggregate(
        total=Count("id", filter=Q(is_mandatory=True)),
        mandatory=Count("id", filter=Q(is_mandatory=True) & unfinished),
        left=Count("id", filter=unfinished),
    )
    return {
        "mandatory_tasks_total": counts["total"],
        "mandatory_tasks_open": counts["mandatory"],
        "leftovers_open": counts["left"] + alliance.stock_reports.filter(units__gt=0).count(),
    }


def _settlement(alliance: Alliance, now: datetime) -> dict[str, bool | int]:
    version = Settlement.objects.filter(alliance=alliance).values_list("version", flat=True).first()
    shares = Share.objects.filter(settlement__alliance=alliance)
    sums = shares.values("currency").annotate(total=Sum("amount_minor")).values_list("total", flat=True)
    return {
        "is_settled": version is not None,
        "versions_left": MOST_VERSIONS - (version or 0),
        "settlement_sum": max((abs(total) for total in sums), default=0),
        "all_confirmed": shares.exists() and not shares.filter(confirmed_at=None).exists(),
        "objections_open": Objection.objects.open(now).filter(settlement__alliance=alliance).count(),
    }
