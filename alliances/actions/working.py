"""Work on tasks: start, report progress, finish, hand back, reopen. Predecessors hold here as in the database."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from alliances.actions.steps import advance, announce, lock, may, step
from alliances.lifecycle import TASK, State, TaskFacts, TaskState
from alliances.models import Alliance, Task
from alliances.queries import board
from config.rows import CLOCK, Actor, Missing, Refused, command, move

OVER = [TaskState.FINISHED.value, TaskState.CANCELLED.value]
WORKING = {State.OPERATING, State.EVOLVING, State.WINDING_DOWN}


@dataclass(frozen=True)
class Work:
    """A task that this actor may touch, its alliance locked, as it is now."""

    alliance: Alliance
    task: Task
    actor: Actor
    now: datetime

    def facts(self, **known: Any) -> TaskFacts:
        task = self.task
        cooling = self.alliance.state == State.WINDING_DOWN and may(self.alliance, "reopen", self.now)
        return TaskFacts(
            predecessors_open=task.after.exclude(state__in=OVER).count(),
            is_milestone=task.is_milestone,
            quantity_target=task.target_units,
            quantity_done=known.pop("quantity_done", task.done_units),
            shortfall_stated=bool(known.pop("shortfall", task.shortfall)),
            holds_open=task.after.exclude(state__in=OVER).exclude(exception_kind="").count(),
            alliance_works=self.alliance.state in WORKING,
            may_reopen=self.alliance.state == State.OPERATING or cooling,
        )

    def step(self, verb: str, facts: TaskFacts, **changes: Any) -> None:
        step(self.task, TASK, verb, facts, self.actor, version=F("version") + 1, **changes)
        self.task.refresh_from_db()

    def announce(self, kind: str, changed: Iterable[Task] = (), **more: Any) -> dict[str, Any]:
        """Record the event with every task that it changed; the verb's result shows the task."""
        rows = board.task_rows([self.task, *changed])
        event = announce(self.alliance, kind, self.actor, self.now, tasks=rows, **more)
        return {"task": rows[str(self.task.pk)], "version": event.version}


@command
def start(actor: Actor, task_id: int, *, expected_version: int | None = None, command_id: str | None = None, now: datetime) -> dict[str, Any]:
    """Begin a task; its predecessors must be finished."""
    work = _take_up(actor, task_id, expected_version, now)
    work.step("start", work.facts(), started_at=now)
    return work.announce("started", command_id=command_id)


@command
def progress(
    actor: Actor,
    task_id: int,
    *,
    done_units: int,
    revenue_minor: int = 0,
    expected_version: int | None = None,
    command_id: str | None = None,
    now: datetime,
) -> dict[str, Any]:
    """Report how many units are done in all so far, and what they have earned where the task sells."""
    _check_amounts(done_units, revenue_minor)
    work = _take_up(actor, task_id, expected_version, now)
    if work.task.target_units is None:
        raise Refused("no_quantity", _("This task is not counted in units."))
    work.step("progress", work.facts(), done_units=done_units, revenue_minor=revenue_minor)
    return work.announce("progressed", command_id=command_id)


@command
def finish(
    actor: Actor,
    task_id: int,
    *,
    done_units: int | None = None,
    revenue_minor: int | None = None,
    shortfall: str = "",
    expected_version: int | None = None,
    command_id: str | None = None,
    now: datetime,
) -> dict[str, Any]:
    """End a task. Where it counts units and the target is not reached, `shortfall` says why.

    What waited for it becomes ready; when no mandatory task is left, the alliance begins to wind down.
    """
    work = _take_up(actor, task_id, expected_version, now)
    done = work.task.done_units if done_units is None else done_units
    revenue = work.task.revenue_minor if revenue_minor is None else revenue_minor
    _check_amounts(done, revenue)
    facts = work.facts(quantity_done=done, shortfall=shortfall or work.task.shortfall)
    work.step(
        "finish", facts, finished_at=now, done_units=done, revenue_minor=revenue, shortfall=shortfall[:200]
    )
    result = work.announce("finished", cascade(work.alliance, now), command_id=command_id, note=shortfall)
    complete_if_done(work.alliance, now)
    return result


@command
def hand_back(actor: Actor, task_id: int, *, expected_version: int | None = None, command_id: str | None = None, now: datetime) -> dict[str, Any]:
    """Undo a start: the task waits again for somebody to begin it."""
    work = _take_up(actor, task_id, expected_version, now)
    work.step("hand_back", work.facts(), started_at=None)
    return work.announce("handed_back", command_id=command_id)


@command
def reopen(actor: Actor, task_id: int, *, expected_version: int | None = None, command_id: str | None = None, now: datetime) -> dict[str, Any]:
    """Undo a finish while the alliance operates or cools off; what waits for the task waits again."""
    work = _take_up(actor, task_id, expected_version, now)
    if work.task.before.filter(state__in=[TaskState.STARTED, TaskState.FINISHED], is_milestone=False).exists():
        raise Refused("successor_started", _("A task that comes after it has already begun."))
    work.step("reopen", work.facts(), finished_at=None, shortfall="")
    if work.alliance.state == State.WINDING_DOWN:
        advance(work.alliance, "reopen", actor, now, reopenings=F("reopenings") + 1)
        work.alliance.refresh_from_db()
    return work.announce("reopened", _wait_again(work.task), command_id=command_id)


def cascade(alliance: Alliance, now: datetime) -> list[Task]:
    """Make ready what waits for nothing any more, and finish milestones; returns the tasks that changed."""
    changed: list[Task] = []
    while fresh := _unblocked(alliance):
        for task in fresh:
            move(task, TaskState.WAITING, TaskState.READY, version=F("version") + 1)
            if task.is_milestone:
                step(task, TASK, "finish", TaskFacts(is_milestone=True), CLOCK, started_at=now, finished_at=now)
            task.refresh_from_db()
        changed += fresh
    return changed


def complete_if_done(alliance: Alliance, now: datetime) -> None:
    """Begin to wind down when the last mandatory task is finished."""
    if alliance.state == State.OPERATING and may(alliance, "complete", now):
        advance(alliance, "complete", CLOCK, now)
        announce(alliance, "completed", CLOCK, now)


def _unblocked(alliance: Alliance) -> list[Task]:
    waiting = alliance.tasks.filter(state=TaskState.WAITING)
    blocked = waiting.filter(after__state__in=[TaskState.WAITING, TaskState.READY, TaskState.STARTED])
    return list(waiting.exclude(pk__in=blocked.values("pk")).select_related("seat"))


def _wait_again(task: Task) -> list[Task]:
    """Send successors, and milestones behind them, back to waiting."""
    changed: list[Task] = []
    todo = list(task.before.all())
    while todo:
        follower = todo.pop()
        if follower.state == TaskState.READY or (follower.is_milestone and follower.state == TaskState.FINISHED):
            move(follower, follower.state, TaskState.WAITING, finished_at=None, version=F("version") + 1)
            follower.refresh_from_db()
            changed.append(follower)
            todo += follower.before.all()
    return changed


def _take_up(actor: Actor, task_id: int, expected_version: int | None, now: datetime) -> Work:
    """Find the task among this actor's own, lock its alliance, and refuse an edit of an older version."""
    mine = Task.objects.all() if actor.is_operator or actor.is_clock else Task.objects.of(actor.user_id or 0)
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


def _check_amounts(done_units: int, revenue_minor: int) -> None:
    if done_units < 0 or revenue_minor < 0:
        raise Refused("negative", _("Quantities and amounts cannot be negative."))
    if done_units > 2_000_000_000 or revenue_minor > 10**15:
        raise Refused("too_large", _("This number is too large."))
