"""A task in the hands of somebody who may touch it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from alliances.actions.steps import announce, lock_by, may, person, step
from alliances.lifecycle import TASK, TASK_OVER, State, TaskFacts, TaskState
from alliances.models import Alliance, Task
from alliances.models.tasks import TaskQuerySet
from alliances.queries import board
from config.rows import Actor, Missing, Refused
from firms.queries import firm_ids_of

WORKING = {State.OPERATING, State.EVOLVING, State.WINDING_DOWN}


@dataclass(frozen=True)
class Work:
    """A task that this actor may touch, its alliance locked, as it is now."""

    alliance: Alliance
    task: Task
    actor: Actor
    now: datetime

    def facts(self, *, quantity_done: int | None = None, shortfall_stated: bool = False) -> TaskFacts:
        task, open_before = self.task, list(self.open_before().values_list("exception_kind", flat=True))
        cooling = self.alliance.state == State.WINDING_DOWN and may(self.alliance, "reopen", self.now)
        return TaskFacts(
            predecessors_open=len(open_before),
            is_milestone=task.is_milestone,
            quantity_target=task.target_units,
            quantity_done=task.done_units if quantity_done is None else quantity_done,
            shortfall_stated=shortfall_stated,
            holds_open=len([kind for kind in open_before if kind]),
            evidence_missing=task.needs_evidence and not task.evidence_count,
            alliance_works=self.alliance.state in WORKING,
            may_reopen=self.alliance.state == State.OPERATING or cooling,
        )

    def open_before(self) -> QuerySet[Task]:
        """Predecessors that are neither finished nor cancelled."""
        return self.task.after.exclude(state__in=TASK_OVER)

    def demand_predecessors(self) -> None:
        """Refuse by name what still waits for another task."""
        former = self.open_before().first() if self.task.state == TaskState.WAITING else None
        if former is not None:
            text = _("“%(task)s” has to be finished first.") % {"task": _(former.title)}
            raise Refused("predecessors", text, task=former.pk)

    def demand_answerable(self) -> None:
        """Refuse who only helps: what takes something from a task is for the firm that answers for it."""
        seat = self.task.seat
        if not self.actor.is_operator and (
            seat is None or seat.firm_id not in firm_ids_of(person(self.actor))
        ):
            raise Refused("only_helps", _("Only the firm that answers for this task may do that."))

    def step(self, verb: str, facts: TaskFacts, **changes: Any) -> None:
        step(self.task, TASK, verb, facts, self.actor, version=self.task.version + 1, **changes)

    def announce(self, kind: str, changed: Iterable[Task] = (), **more: Any) -> dict[str, Any]:
        """Record the event with every task that it changed; the verb's result shows the task."""
        rows = board.task_rows([self.task, *changed])
        event = announce(self.alliance, kind, self.actor, self.now, tasks=rows, **more)
        return {"task": rows[str(self.task.pk)], "version": event.version}


def firm_of(alliance: Alliance, actor: Actor) -> int | None:
    """The firm for which somebody acts in an alliance; None for an operator."""
    mine = alliance.grants.filter(
        ended_at=None, firm__members__user_id=actor.user_id or 0, firm__members__ended_at=None
    )
    return mine.order_by("pk").values_list("firm_id", flat=True).first()


def look_up(actor: Actor, task_id: int) -> Task:
    """As `take_up`, without a lock: before work that takes long and is done for those only who may. Raises Missing."""
    task = _mine(actor).filter(pk=task_id).select_related("alliance").first()
    if task is None:
        raise Missing
    return task


def take_up(actor: Actor, task_id: int, expected_version: int | None, now: datetime) -> Work:
    """Find the task among this actor's own, lock its alliance, and refuse an edit of an older version.

    Raises Missing; Refused `conflict` with the task as it stands now.
    """
    mine = _mine(actor)
    alliance = lock_by(pk__in=mine.filter(pk=task_id).values("alliance_id"))
    task = mine.filter(pk=task_id).select_related("seat__firm").first()  # as it is under the lock
    if task is None:
        raise Missing
    if expected_version is not None and expected_version != task.version:
        raise Refused(
            "conflict",
            _("Somebody has changed this task in the meantime. This is how it stands now."),
            task=board.task_row(task),
        )
    return Work(alliance, task, actor, now)


def _mine(actor: Actor) -> TaskQuerySet:
    return Task.objects.all() if actor.is_operator else Task.objects.of(person(actor))
