"""A plan's tasks in time: bars from the critical path, and their drawing as SVG. Pure.

Days count from the start of the plan. Colours come from the style sheet's classes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from matching.blueprint import TaskSpec, critical_path
from matching.problem.timing import expected

WIDTH, LEFT, ROW, HEAD = 320, 32, 13, 16
STEPS = (2, 7, 14, 28, 56)
MOST_LINES = 6
SLACK = 0.5  # days: a task with less decides when the goods can go
PHASES = {"M": "make", "L": "carry", "K": "market"}


@dataclass(frozen=True, slots=True)
class Bar:
    """A task from its expected first day to its last; `phase` is make, carry, market or sell."""

    task: TaskSpec
    first: float
    last: float
    is_critical: bool  # it decides when the first unit can be dispatched

    @property
    def phase(self) -> str:
        return PHASES.get(self.task.code[0], "sell")


def bars(specs: Sequence[TaskSpec]) -> list[Bar]:
    """Every task with its expected days, in the order of their beginning."""
    days = expected(specs)
    schedule = critical_path(specs, days)
    deciding = _deciding(specs, days)
    found = [
        Bar(spec, schedule[spec.code].start, schedule[spec.code].finish, spec.code in deciding)
        for spec in specs
    ]
    return sorted(found, key=lambda bar: (bar.first, bar.last, bar.task.code))


def _deciding(specs: Sequence[TaskSpec], days: dict[str, float]) -> set[str]:
    """The tasks before the first dispatchable unit that have no time to lose."""
    before = _ancestors({spec.code: spec.after for spec in specs}, "S2")
    part = [spec for spec in specs if spec.code in before]
    return {row.code for row in critical_path(part, days).times if row.slack < SLACK}


def _ancestors(after: dict[str, tuple[str, ...]], code: str) -> set[str]:
    """A task with all that comes before it; nothing when the plan does not have it."""
    found: set[str] = set()
    waiting = [code] if code in after else []
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += after[one]
    return found


def drawing(rows: Sequence[Bar], *, days: float, label: str, unit: str) -> str:
    """An SVG of `days` width, so that plans drawn with the same days can be compared by eye.

    `label` says what it shows; `unit` is the word before the numbers of the days.
    """
    height = HEAD + ROW * len(rows) + 2
    parts = [_lines(days, height, unit), *(_row(row, at, days) for at, row in enumerate(rows))]
    return (
        f'<svg class="gantt" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(label)}">'
        f"{''.join(parts)}</svg>"
    )


def _x(day: float, days: float) -> float:
    return round(LEFT + (WIDTH - LEFT - 2) * day / max(days, 1), 1)


def _row(bar: Bar, at: int, days: float) -> str:
    top = HEAD + ROW * at
    x, width = _x(bar.first, days), max(_x(bar.last, days) - _x(bar.first, days), 2.5)
    kind = f"bar {bar.phase}{' critical' if bar.is_critical else ''}"
    name = f'<text x="{LEFT - 4}" y="{top + 10}" text-anchor="end">{escape(bar.task.code)}</text>'
    return (
        name + f'<rect class="{kind}" x="{x}" y="{top + 2}" width="{width:.1f}" height="{ROW - 4}" rx="2"/>'
    )


def _lines(days: float, height: int, unit: str) -> str:
    step = next((one for one in STEPS if days / one <= MOST_LINES), STEPS[-1])
    return "".join(_line(day, days, height, unit) for day in _marks(days, step))


def _marks(days: float, step: int) -> Iterable[int]:
    return range(0, int(days) + 1, step)


def _line(day: int, days: float, height: int, unit: str) -> str:
    x = _x(day, days)
    words = f"{unit} {day}" if day == 0 else str(day)
    return (
        f'<path class="grid" d="M{x} {HEAD - 2}V{height}"/>'
        f'<text x="{x}" y="10" text-anchor="{"start" if day == 0 else "middle"}">{escape(words)}</text>'
    )
