"""What can be worked on now: readiness, milestones, and whether a task may start or finish."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from alliances.lifecycle import TASK, Ok, Refused, TaskFacts, TaskState
from alliances.playbook.planned import PlannedTask

CLOSED = frozenset({TaskState.FINISHED, TaskState.CANCELLED})
States = Mapping[str, TaskState]  # by task code


@dataclass(frozen=True)
class Step:
    """Something that the clock does to a task because its predecessors are done."""

    code: str  # the task
    verb: str  # "ready" or "finish"


def next_ready(tasks: Iterable[PlannedTask], states: States) -> frozenset[str]:
    """Waiting tasks whose predecessors are all finished or cancelled."""
    return frozenset(
        task.code
        for task in tasks
        if states[task.code] is TaskState.WAITING and not open_predecessors(task, states)
    )


def open_predecessors(task: PlannedTask, states: States) -> tuple[str, ...]:
    """The predecessors that the task still waits for."""
    return tuple(code for code in task.after if states[code] not in CLOSED)


def advance(tasks: Sequence[PlannedTask], states: States) -> tuple[Step, ...]:
    """All that now happens by itself, in order: tasks become ready, ready milestones finish, and so on."""
    now = dict(states)
    steps: list[Step] = []
    while fresh := _round(tasks, now):
        for step in fresh:
            now[step.code] = TaskState.READY if step.verb == "ready" else TaskState.FINISHED
        steps += fresh
    return tuple(steps)


def _round(tasks: Sequence[PlannedTask], states: States) -> list[Step]:
    ready = next_ready(tasks, states)
    return [Step(task.code, "ready") for task in tasks if task.code in ready] + [
        Step(task.code, "finish")
        for task in tasks
        if task.is_milestone and states[task.code] is TaskState.READY and not open_predecessors(task, states)
    ]


def facts_of(
    task: PlannedTask,
    tasks: Iterable[PlannedTask],
    states: States,
    *,
    done: int = 0,
    shortfall_stated: bool = False,
    alliance_works: bool = True,
    may_reopen: bool = False,
) -> TaskFacts:
    """The facts of one task for the task machine. `done`: units reported so far."""
    return TaskFacts(
        predecessors_open=len(open_predecessors(task, states)),
        is_milestone=task.is_milestone,
        quantity_target=task.quantity_target,
        quantity_done=done,
        shortfall_stated=shortfall_stated,
        holds_open=len(open_holds(task, tasks, states)),
        alliance_works=alliance_works,
        may_reopen=may_reopen,
    )


def open_holds(task: PlannedTask, tasks: Iterable[PlannedTask], states: States) -> tuple[str, ...]:
    """The open exceptions that must be answered before the task can be finished."""
    return tuple(
        other.code for other in tasks if task.code in other.holds and states[other.code] not in CLOSED
    )


def may_start(task: PlannedTask, states: States) -> Ok[TaskState] | Refused:
    """May work on the task begin? A refusal names the first predecessor that is missing."""
    waits_for = open_predecessors(task, states)
    if waits_for:
        return Refused("predecessors", f"{waits_for[0]} has to be finished first.")
    state = TaskState.READY if states[task.code] is TaskState.WAITING else states[task.code]
    return TASK.allowed(state, "start", TaskFacts())


def may_finish(
    task: PlannedTask,
    tasks: Iterable[PlannedTask],
    states: States,
    *,
    done: int = 0,
    shortfall_stated: bool = False,
) -> Ok[TaskState] | Refused:
    """May the task be finished? A counted task needs its quantity, or the shortfall stated."""
    facts = facts_of(task, tasks, states, done=done, shortfall_stated=shortfall_stated)
    return TASK.allowed(states[task.code], "finish", facts)
