"""When the tasks of an alliance will be done, from what has really happened: the critical path of the living graph.

As long as everything goes as planned the forecast is the plan. What is late, and what runs longer than is
likely, pushes everything behind it; nothing that is open is ever forecast for a time that has passed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from matching.blueprint import Days, topological

DAY = timedelta(days=1)
CLOSE = timedelta(minutes=1)  # a task with less slack is critical
LEAST_SHARE = 0.1  # of its likely days, which a task that is overdue still takes at least


@dataclass(frozen=True)
class Course:
    """A task, and how far it has come."""

    code: str  # unique in the alliance
    after: tuple[str, ...]  # codes of the tasks that must be over before
    days: Days  # how long it takes from start to finish
    started_at: datetime | None = None  # None: nobody has begun
    finished_at: datetime | None = None  # None: it is open
    is_cancelled: bool = False  # will not be done
    is_mandatory: bool = True  # the alliance cannot end without it
    share: float = 0.0  # of its units that are done, from 0 to 1; 0 where none are counted or reported


@dataclass(frozen=True)
class Expected:
    """What is expected of one task."""

    finish_at: datetime  # when it will be finished, or was
    slack: timedelta  # how long it may slip without moving the end; nothing for what is over
    is_critical: bool  # it is open, and the end moves with it


@dataclass(frozen=True)
class Forecast:
    """What is expected of an alliance."""

    tasks: Mapping[str, Expected]  # by code, without those that are cancelled
    end_at: datetime | None  # when the last mandatory task will be finished; None without tasks

    def finish_of(self, code: str) -> datetime | None:
        """When a task will be finished; None where there is no such task."""
        found = self.tasks.get(code)
        return found.finish_at if found else None


def forecast(tasks: Iterable[Course], now: datetime) -> Forecast:
    """The forecast as of `now`. Raises GraphError and CycleError."""
    order = [task for task in topological(tasks) if not task.is_cancelled]
    finishes = _finishes(order, now)
    counted = [task for task in order if task.is_mandatory] or order
    end_at = max((finishes[task.code] for task in counted), default=None)
    return Forecast(_expected(order, finishes, end_at or now, now), end_at)


def remaining(task: Course, now: datetime) -> timedelta:
    """How long an open task still takes once it can be worked on."""
    if task.started_at is None:
        return task.days.likely * DAY
    if task.share > 0:
        return task.days.likely * max(0.0, 1 - task.share) * DAY
    elapsed = now - task.started_at
    if elapsed <= task.days.likely * DAY:
        return task.days.likely * DAY - elapsed
    return max(_mean_rest(task.days, elapsed), LEAST_SHARE * task.days.likely * DAY)


def _mean_rest(days: Days, elapsed: timedelta) -> timedelta:
    """What the falling side of a triangular distribution leaves in the mean, beyond its peak."""
    return max(days.high * DAY - elapsed, timedelta()) / 3


def _finishes(order: Iterable[Course], now: datetime) -> dict[str, datetime]:
    finishes: dict[str, datetime] = {}
    for task in order:
        before = max((finishes[code] for code in task.after if code in finishes), default=now)
        if task.finished_at is not None:
            finishes[task.code] = task.finished_at
        elif task.started_at is not None:  # only the answer to an exception can still hold it
            finishes[task.code] = max(before, now + remaining(task, now))
        else:
            finishes[task.code] = max(before, now) + remaining(task, now)
    return finishes


def _expected(
    order: list[Course], finishes: Mapping[str, datetime], end_at: datetime, now: datetime
) -> dict[str, Expected]:
    latest = {task.code: max(end_at, finishes[task.code]) for task in order}
    for task in reversed(order):
        if task.finished_at is None:
            waits = task.started_at is None
            start = latest[task.code] - (remaining(task, now) if waits else timedelta())
            latest |= {code: min(latest[code], start) for code in task.after if code in latest}
    return {task.code: _one(task, finishes[task.code], latest[task.code]) for task in order}


def _one(task: Course, finish_at: datetime, latest: datetime) -> Expected:
    if task.finished_at is not None:
        return Expected(finish_at, timedelta(), is_critical=False)
    slack = max(latest - finish_at, timedelta())
    return Expected(finish_at, slack, is_critical=slack < CLOSE)
