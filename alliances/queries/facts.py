"""What the guards of the life cycle look at, read under the alliance's lock."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, Sum

from alliances.lifecycle import ALLIANCE, DEADLINES, TASK_OVER, Facts, SeatState, State, due_at, facts, passed
from alliances.lifecycle.facts import Check
from alliances.models import Alliance, Decision, Event, Objection, Settlement, Share
from alliances.queries import agreement
from alliances.settlement import MOST_VERSIONS
from matching import queries as matching
from matching.blueprint import CycleError, critical_path

HELD = [SeatState.ACCEPTED.value, SeatState.SIGNED.value]
VACANT = [SeatState.OPEN.value, SeatState.INVITED.value, SeatState.ACCEPTED.value]
AGAIN = timedelta(hours=1)  # until a deadline that could not act is tried again


def limits(alliance: Alliance) -> dict[str, timedelta]:
    """How long the states of this alliance may last, by the names of the life cycle's deadlines."""
    evolving = settings.DEADLINES.get("evolving", _default("evolving"))
    return {
        **settings.DEADLINES,
        **({} if alliance.invitation_hours is None else {"inviting": time_to_answer(alliance)}),
        "evolving": max(evolving, time_to_answer(alliance)),  # an invitation does not outlive the search
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
    return limits(alliance).get(setting, _default(setting))


def _default(setting: str) -> timedelta:
    return next(row.default for row in DEADLINES if row.setting == setting)


def next_deadline(alliance: Alliance, now: datetime) -> datetime | None:
    """When the clock looks at the alliance again; None when it is over."""
    if alliance.is_over:
        return None
    state, since, known = State(alliance.state), alliance.entered_at, limits(alliance)
    coming = due_at(state, since, known, after=now)
    again = now + AGAIN if coming is None or passed(state, since, known, now) else coming
    return min(coming or again, again)


def gather(alliance: Alliance, verb: str, now: datetime, *, by: int | None = None) -> Facts:
    """The facts that decide over a verb, as they are now: those at which its guards look, and no others.

    The caller holds the alliance's row. `by`: the person who would take the step.
    """
    row = ALLIANCE.find(State(alliance.state), verb)
    asked = {guard.name for guard in row.guards} if row else set()
    late = bool(passed(State(alliance.state), alliance.entered_at, limits(alliance), now))
    found: dict[str, Any] = {}
    for guards, read in READERS:
        if guards & asked:
            found |= read(alliance, now)
    return Facts(
        deadline_passed=late,
        is_another_person=by is not None and by != alliance.suspended_by_id,
        cooling_off_over=late,
        objection_period_over=late,
        was_reopened=alliance.reopenings > 0,
        **found,
    )


def _trend(alliance: Alliance, now: datetime) -> dict[str, bool]:
    return {"trend_alive": matching.trend_alive(alliance.opportunity_id, now)}


def _disputes(alliance: Alliance, now: datetime) -> dict[str, int]:
    return {"open_disputes": alliance.disputes.open().count()}


def _decided(alliance: Alliance, now: datetime) -> dict[str, bool]:
    chosen = Decision.objects.filter(proposal_id=alliance.proposal_id, kind=Decision.Kind.APPROVED)
    return {"is_decided": chosen.exists(), "is_acyclic": _is_acyclic(alliance)}


def _is_acyclic(alliance: Alliance) -> bool:
    tasks = matching.planned_tasks(alliance.proposal_id)
    try:
        critical_path(tasks, {task.code: task.days.likely for task in tasks})
    except CycleError:
        return False
    return True


def _agreed(alliance: Alliance, now: datetime) -> dict[str, bool]:
    """Whether every firm that has access agreed to an early end."""
    partners = alliance.grants.filter(ended_at=None)
    agreed = partners.exists() and not partners.filter(agreed_to_end_at=None).exists()
    return {"partners_agreed": agreed}


def _seats(alliance: Alliance, now: datetime) -> dict[str, bool | int]:
    is_left_alone = Q(state=SeatState.OPEN, candidates=[])
    seats = list(alliance.seats.annotate(is_left_alone=is_left_alone).defer("terms", "candidates"))
    mandatory = [seat for seat in seats if seat.is_mandatory]
    successors = [seat for seat in seats if seat.succeeds_id is not None]
    return {
        "has_candidates": not any(seat.is_left_alone for seat in mandatory),
        "all_mandatory_accepted": bool(mandatory) and all(seat.state in HELD for seat in mandatory),
        "seats_vacant": sum(seat.state in VACANT for seat in successors),
        "is_workspace_ready": alliance.stream_id is not None and alliance.grants.exists(),
    }


def _signed(alliance: Alliance, now: datetime) -> dict[str, bool]:
    late = agreement.unsigned_seats(alliance).filter(is_mandatory=True)
    return {
        "all_signed": agreement.is_signed(alliance),
        "has_stand_in": not late.filter(candidates=[]).exists(),
    }


def _completed(alliance: Alliance, now: datetime) -> dict[str, bool]:
    """By the record: what it winds down for was written in the same step."""
    since = Event.objects.filter(stream=alliance.stream_id, kind="completed", at=alliance.entered_at)
    return {"was_completed": since.exists()}


def _tasks(alliance: Alliance, now: datetime) -> dict[str, int]:
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


Read = Callable[[Alliance, datetime], Mapping[str, Any]]


def _names(*guards: Check) -> frozenset[str]:
    return frozenset(guard.name for guard in guards)


# what has to be read when one of these guards is asked
READERS: tuple[tuple[frozenset[str], Read], ...] = (
    (_names(facts.DECIDED, facts.ACYCLIC), _decided),
    (
        _names(
            facts.CANDIDATES, facts.NOBODY_LEFT, facts.ACCEPTED, facts.VACANT, facts.FILLED, facts.WORKSPACE
        ),
        _seats,
    ),
    (_names(facts.SIGNED, facts.STAND_IN), _signed),
    (_names(facts.ALIVE, facts.TREND_OVER), _trend),
    (_names(facts.HAD_TASKS, facts.TASKS_DONE, facts.LEFTOVERS), _tasks),
    (_names(facts.NO_DISPUTES, facts.IN_DISPUTE), _disputes),
    (_names(facts.AGREED), _agreed),
    (_names(facts.WAS_COMPLETED), _completed),
    (
        _names(facts.SETTLED, facts.ZERO, facts.ACCEPTED_SHARES, facts.NO_OBJECTIONS, facts.MORE_VERSIONS),
        _settlement,
    ),
)
