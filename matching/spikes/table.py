"""Observations from a CSV file: every row checked, days without a row are zero."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import numpy as np

from matching.csv_rows import BadRow, Rows, number
from matching.spikes.batch import Observations
from matching.spikes.lives import together

NEEDED, OPTIONAL = ("series", "date", "units"), ("buyers", "new_buyers")
DAY, EPOCH = timedelta(days=1), datetime(1970, 1, 1)  # noqa: DTZ001  (times of a file are compared among themselves)
MOST_STEPS, YEARS = 500_000, range(1900, 2200)
TWICE = "add the two up, or choose a finer --grain"
NO_TIME = "is no date or time like 2026-01-31, 2026-01-31T08:00 or 2026-01-31T08:00+02:00"
Cells = dict[str, dict[date, list[int]]]


def read_observations(lines: Iterable[str], step: timedelta = DAY) -> list[Observations]:
    """The series of a CSV with columns series, date, units and, where known, buyers and new_buyers.

    A series lives from its first to its last row; those of one life stand together, in the order of the file.
    Raises BadRow for the first bad row.
    """
    rows = Rows(lines, NEEDED)
    given = [name for name in OPTIONAL if name in rows.names]
    cells: Cells = defaultdict(dict)
    for line, cell in rows:
        series, on = _text(line, "series", cell["series"]), _when(line, cell["date"], step)
        if on in cells[series]:
            raise BadRow(line, "date", f"{series[:40]} has a row for {on} already; {TWICE}")
        cells[series][on] = [_count(line, name, cell[name]) for name in ("units", *given)]
        if abs(on - next(iter(cells[series]))) / step > MOST_STEPS:
            raise BadRow(line, "date", f"more than {MOST_STEPS} steps from the first row of {series[:40]}")
    return _tables(cells, given, step)


def _text(line: int, column: str, text: str) -> str:
    if not text.strip():
        raise BadRow(line, column, "is empty")
    return text.strip()


def _count(line: int, column: str, text: str) -> int:
    value = number(line, column, text)
    if value != int(value):
        raise BadRow(line, column, f"{text.strip()[:40]} is not a whole number")
    return int(value)


def _when(line: int, text: str, step: timedelta) -> date:
    """The date, or the start of the step in which the time lies (times with an offset are taken to UTC)."""
    try:
        at = datetime.fromisoformat(text.strip())
        if at.tzinfo is not None:
            at = at.astimezone(UTC).replace(tzinfo=None)
        at -= (at - EPOCH) % step
    except (ValueError, OverflowError):
        raise BadRow(line, "date", f"{text.strip()[:40]!r} {NO_TIME}") from None
    if at.year not in YEARS:
        raise BadRow(line, "date", f"{text.strip()[:40]} is not in the years {YEARS[0]} to {YEARS[-1]}")
    return at.date() if step == DAY else at


def _tables(cells: Cells, given: list[str], step: timedelta) -> list[Observations]:
    if not cells:
        return []
    start = min(min(days) for days in cells.values())
    lives = {name: ((min(days) - start) // step, (max(days) - start) // step) for name, days in cells.items()}
    return [_table({name: cells[name] for name in names}, given, step) for names in together(lives)]


def _table(cells: Cells, given: list[str], step: timedelta) -> Observations:
    first, last = min(map(min, cells.values())), max(map(max, cells.values()))
    counts = np.zeros((1 + len(given), len(cells), (last - first) // step + 1), np.int64)
    steps = [np.array([(on - first) // step for on in days]) for days in cells.values()]
    for row, (at, days) in enumerate(zip(steps, cells.values(), strict=True)):
        counts[:, row, at] = np.array(list(days.values()), np.int64).T
    rest = dict(zip(given, counts[1:], strict=True))
    return Observations(
        tuple(cells),
        first,
        counts[0],
        rest.get("buyers"),
        rest.get("new_buyers"),
        born=tuple(int(at.min()) for at in steps),
        ended=tuple(int(at.max()) for at in steps),
    )
