"""Order, earliest and latest times of a task graph (the critical path method)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

_ROUNDING = 1e-9  # sums of floating-point days differ by this much in different orders


class Node(Protocol):
    """What the scheduler needs to know of a task."""

    @property
    def code(self) -> str: ...

    @property
    def after(self) -> tuple[str, ...]: ...


N = TypeVar("N", bound=Node)


class GraphError(ValueError):
    """The tasks are no graph that can be worked off."""


class CycleError(GraphError):
    """Tasks wait for each other in a circle."""

    def __init__(self, cycle: Sequence[str]) -> None:
        self.cycle = tuple(cycle)
        super().__init__("Tasks wait for each other: " + " → ".join(self.cycle))


@dataclass(frozen=True)
class Times:
    """When a task can be and must be worked on; days from the start of the graph."""

    code: str  # the task
    start: float  # earliest start
    finish: float  # earliest finish
    slack: float  # days that it may slip without moving the end


@dataclass(frozen=True)
class Schedule:
    """The whole graph in time."""

    times: tuple[Times, ...]  # in a topological order
    days: float  # length of the longest path
    critical: tuple[str, ...]  # tasks without slack, in the same order

    def __getitem__(self, code: str) -> Times:
        return next(times for times in self.times if times.code == code)


def topological(tasks: Iterable[N]) -> tuple[N, ...]:
    """The tasks with each one behind its predecessors; of several possible orders the given one counts.

    Raises GraphError for a doubled code or an unknown predecessor, CycleError for a circle.
    """
    given = tuple(tasks)
    _check_codes(given)
    order: list[N] = []
    done: set[str] = set()
    waiting = list(given)
    while waiting:
        ready = [task for task in waiting if done.issuperset(task.after)]
        if not ready:
            raise CycleError(_find_cycle(waiting))
        order += ready
        done.update(task.code for task in ready)
        waiting = [task for task in waiting if task.code not in done]
    return tuple(order)


def critical_path(tasks: Iterable[Node], durations: Mapping[str, float]) -> Schedule:
    """Schedule the tasks with these durations in days.

    Raises GraphError and CycleError as `topological`, KeyError for a task without a duration.
    """
    order = topological(tasks)
    starts: dict[str, float] = {}
    finishes: dict[str, float] = {}
    for task in order:
        starts[task.code] = max((finishes[before] for before in task.after), default=0.0)
        finishes[task.code] = starts[task.code] + durations[task.code]
    days = max(finishes.values(), default=0.0)
    latest = _latest_finishes(order, durations, days)
    times = tuple(
        Times(code, starts[code], finishes[code], _clean(latest[code] - finishes[code])) for code in starts
    )
    return Schedule(times, days, tuple(row.code for row in times if row.slack == 0.0))


def _latest_finishes(order: Sequence[Node], durations: Mapping[str, float], days: float) -> dict[str, float]:
    latest = {task.code: days for task in order}
    for task in reversed(order):
        start = latest[task.code] - durations[task.code]
        for before in task.after:
            latest[before] = min(latest[before], start)
    return latest


def _clean(slack: float) -> float:
    return 0.0 if abs(slack) < _ROUNDING else slack


def _check_codes(tasks: Sequence[Node]) -> None:
    codes = [task.code for task in tasks]
    doubled = sorted({code for code in codes if codes.count(code) > 1})
    if doubled:
        raise GraphError("Task codes used twice: " + ", ".join(doubled))
    unknown = {before for task in tasks for before in task.after} - set(codes)
    if unknown:
        raise GraphError("Unknown predecessors: " + ", ".join(sorted(unknown)))


def _find_cycle(waiting: Sequence[Node]) -> tuple[str, ...]:
    """Walk backwards among tasks that all still wait; such a walk must meet itself."""
    after = {task.code: task.after for task in waiting}
    path = [waiting[0].code]
    while path.index(path[-1]) == len(path) - 1:
        path.append(next(before for before in after[path[-1]] if before in after))
    return tuple(reversed(path[path.index(path[-1]) :]))
