"""The ladder of a late task: those who work on it, their managers, the operators, and then another firm.

Where a task stands on it is in its row; every step is taken under the alliance's lock, so it happens once for a
task and a due date, whoever looks and however often. Many tasks of one step are one notice for each person.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import cast

from django.conf import settings
from django.db.models import F, Max, Q
from django.utils.translation import gettext_noop

from alliances.actions.notices import notify
from alliances.actions.replacing import propose_replacement
from alliances.escalation import Ladder, Step, fair_span, ladder
from alliances.models import Alliance, Seat, Task
from alliances.models.tasks import IN_HAND, TaskQuerySet
from alliances.queries.rows import iso
from firms import queries as firms

LATE = gettext_noop("Its work is late, and was not done after the firm and the operators were told.")


@dataclass(frozen=True)
class Taken:
    """A step that a task takes now."""

    task: Task
    step: Step
    due_at: datetime
    then_at: datetime | None

    @property
    def firm_id(self) -> int:
        return self.seat.firm_id or 0

    @property
    def seat(self) -> Seat:
        """The seat that answers for the task; only what has one is on the ladder."""
        return cast(Seat, self.task.seat)

    @property
    def key(self) -> str:
        return f"{self.task.pk}@{iso(self.task.due_at)}"


def waiting(now: datetime) -> set[int]:
    """Alliances in which a task enters the ladder or takes a step of it."""
    found: set[int] = set()
    for rows in (Task.objects.off_ladder(), Task.objects.climbing(now)):
        found |= set(rows.order_by().values_list("alliance_id", flat=True).distinct())
    return found


def climb(alliance: Alliance, now: datetime) -> bool:
    """Put tasks on the ladder, and let them take the steps that are due; true when any was taken."""
    rungs = ladder(settings.DEADLINES)
    alliance.tasks.exclude(state__in=IN_HAND).filter(ladder_at__isnull=False).update(ladder_at=None)
    for task in _ready(alliance.tasks.off_ladder()):
        _enter(task, rungs, now)
    taken = [_take(task, rungs, now) for task in _ready(alliance.tasks.climbing(now))]
    for (step, _firm), group in groupby(sorted(taken, key=_order), key=_order):
        TELL[step](alliance, list(group), now)
    return bool(taken)


def _order(taken: Taken) -> tuple[Step, int]:
    return taken.step, taken.firm_id


def _ready(rows: TaskQuerySet) -> TaskQuerySet:
    """With who answers for them, and since when they can be worked on.

    An exception that their own firm reported, or that came after they were due, gives them no time.
    """
    own = Q(after__reported_by=F("seat__firm"))
    in_time = Q(after__planned_start_at__lte=F("due_at"))
    free_at = Max("after__finished_at", filter=Q(after__exception_kind="") | (~own & in_time))
    return rows.select_related("seat__firm").annotate(free_at=free_at).order_by("due_at", "pk")


def _span(task: Task) -> tuple[datetime, datetime]:
    free_at: datetime | None = task.free_at  # type: ignore[attr-defined]  # of _ready
    return fair_span(task.planned_start_at, task.due_at, free_at)


def _enter(task: Task, rungs: Ladder, now: datetime) -> None:
    """A task begins to be watched: from the beginning for a new due date or firm, else from where it left."""
    is_same = (task.ladder_for, task.ladder_seat) == (task.due_at, task.seat_id)
    step = Step(task.ladder_step) if is_same else Step.NONE
    at = rungs.next_at(step, *_span(task), now, is_mandatory=task.is_mandatory)
    Task.objects.filter(pk=task.pk).update(
        ladder_step=step, ladder_at=at, ladder_for=F("due_at"), ladder_seat=F("seat")
    )


def _take(task: Task, rungs: Ladder, now: datetime) -> Taken:
    start_at, due_at = _span(task)
    step = rungs.coming(Step(task.ladder_step), start_at, due_at, now)
    then_at = rungs.next_at(step, start_at, due_at, now, is_mandatory=task.is_mandatory)
    Task.objects.filter(pk=task.pk).update(ladder_step=step, ladder_at=then_at)
    return Taken(task, step, due_at, then_at)


def _workers(alliance: Alliance, taken: list[Taken], now: datetime) -> None:
    _tell("task_reminder", firms.readers([taken[0].firm_id]), alliance, taken, now)


def _managers(alliance: Alliance, taken: list[Taken], now: datetime) -> None:
    _tell("task_due", _signers(taken), alliance, taken, now)


def _operators(alliance: Alliance, taken: list[Taken], now: datetime) -> None:
    """The operators are told; the firm, which of it may cost it the seat."""
    _tell("task_operator", firms.operators(), alliance, taken, now)
    serious = [one for one in taken if one.then_at is not None]
    if serious:
        _tell("task_last", _signers(serious), alliance, serious, now)


def _replace(alliance: Alliance, taken: list[Taken], now: datetime) -> None:
    """The firm's replacement is proposed to the operators, seat by seat; a person decides."""
    for seat in dict.fromkeys(one.seat for one in taken):
        propose_replacement(seat, LATE, now)
    _tell("task_replacing", _signers(taken), alliance, taken, now)


def _signers(taken: list[Taken]) -> list[firms.Reader]:
    return firms.readers([taken[0].firm_id], may_sign=True)


def _tell(
    kind: str, readers: list[firms.Reader], alliance: Alliance, taken: list[Taken], now: datetime
) -> None:
    first, then = taken[0], [one.then_at for one in taken if one.then_at]
    notify(
        kind,
        readers,
        key="/".join(sorted(one.key for one in taken)),
        alliance=alliance,
        task=first.task if len(taken) == 1 else None,
        until=min(one.due_at for one in taken),
        then=iso(min(then, default=None)),
        tasks=[one.task.title for one in taken],
        task_ids=[one.task.pk for one in taken],
        firm=str(first.seat.firm),
        now=now,
    )


TELL: dict[Step, Callable[[Alliance, list[Taken], datetime], None]] = {
    Step.REMIND: _workers,
    Step.MANAGER: _managers,
    Step.OPERATOR: _operators,
    Step.REPLACE: _replace,
}
