"""A task in the hands of somebody who may touch it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from alliances.actions.steps import announce, lock, may, person, step
from alliances.lifecycle import TASK, TASK_OVER, State, TaskFacts, TaskState
from alliances.models import Alliance, Task
from alliances.queries import board
from config.rows import Actor, Missing, Refused

WORKING = {State.OPERATING, State.EVOLVING, State.WINDING_DOWN}


@dataclass(frozen=True)
class Work:
    """A task that this actor may touch, its alliance locked, as it is now."""

    alliance: Alliance
    task: Task
    actor: Actor
    now: datetime

    def facts(self, *, quantity_done: int | None = None, shortfall_stated: bool = False) -> TaskFacts:
        task, open_before = self.task, self.open_before()
        cooling = self.alliance.state == State.WINDING_DOWN and may(self.alliance, "reopen", self.now)
        return TaskFacts(
            predecessors_open=open_before.count(),
            is_milestone=task.is_milestone,
            quantity_target=task.target_units,
            quantity_done=task.done_units if quantity_done is None else quantity_done,
            shortfall_stated=shortfall_stated,
            holds_open=open_before.exclude(exception_kind="").count(),
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

    def step(self, verb: str, facts: TaskFacts, **changes: Any) -> None:
        step(self.task, TASK, verb, facts, self.actor, version=F("version") + 1, **changes)
        self.task.refresh_from_db()

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


def take_up(actor: Actor, task_id: int, expected_version: int | None, now: datetime) -> Work:
    """Find the task among this actor's own, lock its alliance, and refuse an edit of an older version.

    Raises Missing; Refused `conflict` with the task as it stands now.
    """
    mine = Task.objects.all() if actor.is_operator else Task.objects.of(person(actor))
    found = mine.filter(pk=task_id).values_list("alliance_id", flat=True).first()
    if found is None:
        raise Missing
    alliance = lock(found)
    task = mine.filter(pk=task_id).select_related("seat").first()
    if task is None:
        raise Missing
    if expected_version is not None and expected_version != task.version:
        raise Refused(
            "conflict",
            _("Somebody has changed this task in the meantime. This is how it stands now."),
            task=board.task_row(task),
        )
    return Work(alliance, task, actor, now)
