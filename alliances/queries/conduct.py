"""What the record holds of the firms' conduct in an alliance, as the rules of heritage read it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from django.db.models import QuerySet, Sum
from django.db.models.functions import Coalesce

from alliances.heritage import Asked, Done, looked_at, scope_of
from alliances.lifecycle import InvitationState, TaskState
from alliances.models import Alliance, Evidence, Invitation, Seat, Task
from alliances.playbook import ExceptionKind
from alliances.queries import agreement
from matching import queries as matching

OF_GOODS = [ExceptionKind.DAMAGE.value, ExceptionKind.SHORTAGE.value]


def done(alliance: Alliance, seats: Iterable[Seat] | None = None) -> list[Done]:
    """The tasks for which firms answer, with everything that decides over how they count.

    To answer an exception is no promise that was kept: anybody may report one, and as often as they like.
    """
    plan = matching.plan_of(alliance.proposal_id)
    high = {spec.code: spec.days.high for spec in plan.tasks}
    rows = alliance.tasks.filter(is_milestone=False, exception_kind="", seat__firm__isnull=False)
    if seats is not None:
        rows = rows.filter(seat__in=seats)
    tasks = rows.select_related("seat", "alliance__product").prefetch_related("after__seat")
    joined, counts = _joined(alliance), _counts(alliance)
    return [
        _counted(_done(task, plan.markets, high, joined.get(task.seat_id)), counts.get(looked_at(task.code)))
        for task in tasks
    ]


def asked(alliance: Alliance) -> list[Asked]:
    """The invitations of the alliance; what the platform took back unanswered says nothing of the firm."""
    return _asked(alliance, Invitation.objects.filter(seat__alliance=alliance))


def unsigned(alliance: Alliance) -> list[Asked]:
    """The invitations that firms accepted which have not signed."""
    late = Invitation.objects.filter(
        seat__in=agreement.unsigned_seats(alliance), state=InvitationState.ACCEPTED
    )
    return _asked(alliance, late)


def _asked(alliance: Alliance, invitations: QuerySet[Invitation]) -> list[Asked]:
    plan = matching.plan_of(alliance.proposal_id)
    rows = invitations.select_related("seat").prefetch_related("counter_offers").order_by("pk")
    return [
        Asked(
            key=str(row.key),
            firm_id=row.firm_id,
            slot=row.seat.slot,
            scope=scope_of(row.seat.slot, alliance.product.hs6, plan.markets),
            answered_at=_answered_at(row),
            expired_at=row.due_at if row.state == InvitationState.EXPIRED else None,
        )
        for row in rows
    ]


def _answered_at(row: Invitation) -> datetime | None:
    """To propose other terms is an answer too, also when time ran out over it."""
    return row.answered_at or min((offer.at for offer in row.counter_offers.all()), default=None)


def _counted(row: Done, counts: tuple[int, int] | None) -> Done:
    return replace(row, good=counts[0], bad=counts[1]) if counts else row


def _counts(alliance: Alliance) -> dict[str, tuple[int, int]]:
    """Units that were counted good and bad, by the task at which they were looked at."""
    rows = Evidence.objects.filter(task__alliance=alliance, erased_at=None).order_by().values("task__code")
    found = rows.annotate(good=Coalesce(Sum("good_units"), 0), bad=Coalesce(Sum("bad_units"), 0))
    return {row["task__code"]: (row["good"], row["bad"]) for row in found}


def _joined(alliance: Alliance) -> dict[int | None, datetime | None]:
    """When firms took seats over from others: nothing could begin before that in their hands."""
    rows = Invitation.objects.filter(seat__alliance=alliance, seat__succeeds__isnull=False)
    return dict(rows.filter(state=InvitationState.ACCEPTED).values_list("seat_id", "answered_at"))


def _done(task: Task, markets: Iterable[str], high: dict[str, float], joined_at: datetime | None) -> Done:
    assert task.seat is not None  # noqa: S101 - narrows the type
    return Done(
        code=task.code,
        title=task.title,
        firm_id=task.seat.firm_id or 0,
        slot=task.seat.slot,
        scope=scope_of(task.seat.slot, task.alliance.product.hs6, markets),
        due_at=task.due_at,
        could_begin_at=_could_begin_at(task, joined_at),
        high_days=high.get(task.code),
        finished_at=task.finished_at if task.state == TaskState.FINISHED else None,
        is_given_up=task.state == TaskState.CANCELLED and task.escalated_at is None,
        target=task.target_units,
        units=task.done_units,
        complaints=sum(_is_upheld(before) for before in task.after.all()),
    )


def _is_upheld(exception: Task) -> bool:
    """Whether a report about goods was answered, and not denied: to complain alone proves nothing."""
    is_answered = exception.state == TaskState.FINISHED and not exception.is_unfounded
    return is_answered and exception.exception_kind in OF_GOODS


def _could_begin_at(task: Task, joined_at: datetime | None) -> datetime | None:
    before = [row for row in task.after.all() if not row.exception_kind or _holds_up(row, task)]
    ends = [_over_at(row, task) for row in before]
    known = [at for at in ends if at is not None]
    if len(known) < len(ends):
        return task.started_at
    begin = max(known, default=task.planned_start_at)
    return max(begin, joined_at) if joined_at else begin


def _over_at(former: Task, task: Task) -> datetime | None:
    """When it was in the way no more: an answer that the same firm owed, at the latest when that was due."""
    over_at = former.finished_at if former.state == TaskState.FINISHED else None
    is_own = former.seat is not None and task.seat is not None and former.seat.firm_id == task.seat.firm_id
    if former.exception_kind and is_own:
        return min(over_at or former.due_at, former.due_at)
    return over_at


def _holds_up(exception: Task, task: Task) -> bool:
    """Whether an exception takes time from who answers for the task: not one of its own, nor one of too late."""
    assert task.seat is not None  # noqa: S101 - narrows the type
    return exception.reported_by_id != task.seat.firm_id and exception.planned_start_at <= task.due_at
