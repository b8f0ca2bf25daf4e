"""The tasks of one alliance: the route's graph with seats, dates and quantities.

One copy of each task for the whole alliance, whatever the number of its markets: seats of further languages,
makers or markets stand beside the answerable one as helpers. A copy for each market can follow as more rows
with codes such as "L5:DE"; nothing here reads a meaning out of a code.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from matching.blueprint import Days, Schedule, Slot, TaskSpec, critical_path, slot_of

COUNTED = ("M6", "S3")  # whose target is the plan's units; that of E4 is known when selling has ended


@dataclass(frozen=True)
class PlannedTask:
    """A task of an alliance as it is planned on the first day."""

    code: str  # unique in the alliance
    title: str  # what is done, in English
    seat: str  # key of the seat that answers for it
    helpers: tuple[str, ...]  # seats that may work on it too, but not take anything from it
    after: tuple[str, ...]  # codes of the tasks that must be finished before
    planned_start_at: datetime  # when everything takes its likely days
    planned_finish_at: datetime  # the same
    due_at: datetime  # latest finish that is still on plan: when everything takes its high days
    days: Days  # how long it takes by itself
    mandatory: bool = True  # must be finished before the alliance may end
    is_milestone: bool = False  # takes no time, finishes by itself
    quantity_target: int | None = None  # units to reach; None: not counted or not known yet
    needs_evidence: bool = False  # cannot be finished before something shows how it went


class SeatMissing(ValueError):
    """A task has no seat that could answer for it."""


def instantiate(
    specs: Sequence[TaskSpec],
    seats: Mapping[str, str],
    *,
    units: int,
    start_at: datetime,
    proven: Collection[str] = (),
) -> tuple[PlannedTask, ...]:
    """The tasks of an alliance from a plan's graph, in an order in which each follows its predecessors.

    `seats`: slot key ("maker", "listing:de") to the key of the seat; `proven`: codes whose end needs evidence.
    Raises SeatMissing, GraphError, CycleError.
    """
    likely = critical_path(specs, {spec.code: spec.days.likely for spec in specs})
    high = critical_path(specs, {spec.code: spec.days.high for spec in specs})
    by_code = {spec.code: spec for spec in specs}
    dates = _Dates(start_at, likely, high)
    planned = [_plan(by_code[t.code], _seats_of(by_code[t.code], seats), units, dates) for t in likely.times]
    return tuple(replace(task, needs_evidence=task.code in proven) for task in planned)


@dataclass(frozen=True)
class _Dates:
    start_at: datetime
    likely: Schedule
    high: Schedule

    def at(self, days: float) -> datetime:
        return self.start_at + timedelta(days=days)


def _plan(spec: TaskSpec, seats: Sequence[str], units: int, dates: _Dates) -> PlannedTask:
    return PlannedTask(
        code=spec.code,
        title=spec.title,
        seat=seats[0],
        helpers=tuple(seats[1:]),
        after=spec.after,
        planned_start_at=dates.at(dates.likely[spec.code].start),
        planned_finish_at=dates.at(dates.likely[spec.code].finish),
        due_at=dates.at(dates.high[spec.code].finish),
        days=spec.days,
        mandatory=spec.mandatory,
        is_milestone=spec.is_milestone,
        quantity_target=units if spec.code in COUNTED else None,
    )


def _seats_of(spec: TaskSpec, seats: Mapping[str, str]) -> tuple[str, ...]:
    found = [seat for slot in spec.slots for seat in seats_in(slot, seats)]
    if not found:
        raise SeatMissing(f"{spec.code} has no seat: {', '.join(spec.slots)}")
    return tuple(dict.fromkeys(found))


def seats_in(slot: Slot, seats: Mapping[str, str]) -> tuple[str, ...]:
    """The seats of a slot in the order of their slot keys."""
    return tuple(seats[key] for key in sorted(seats) if slot_of(key) is slot)
