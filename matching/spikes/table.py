"""Observations from a CSV file: every row checked, days without a row are zero."""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta

import numpy as np

from matching.spikes.batch import Observations
from matching.spikes.lives import together

NEEDED, OPTIONAL = ("series", "date", "units"), ("buyers", "new_buyers")
DAY, EPOCH = timedelta(days=1), datetime(1970, 1, 1)  # noqa: DTZ001  (times of a file are compared among themselves)
MOST_STEPS, MOST_COUNT = 500_000, 2**53
Cells = dict[str, dict[date, list[int]]]


class TableError(ValueError):
    """A row that cannot be used: `line` in the file (from 1), `column` and `reason`."""

    def __init__(self, line: int, column: str, reason: str) -> None:
        super().__init__(f"line {line}, column {column}: {reason}")
        self.line, self.column, self.reason = line, column, reason


def read_observations(lines: Iterable[str], step: timedelta = DAY) -> list[Observations]:
    """The series of a CSV with columns series, date, units and, where known, buyers and new_buyers.

    A series lives from its first to its last row; those of one life stand together, in the order of the file.
    Raises TableError for the first bad row.
    """
    rows = csv.reader(lines, strict=True)
    names = _header(next((row for _, row in _numbered(rows)), []))
    given = [name for name in OPTIONAL if name in names]
    cells: Cells = defaultdict(dict)
    for line, row in _numbered(rows):
        cell = _row(line, names, row)
        series, on = _text(line, "series", cell["series"]), _when(line, cell["date"], step)
        if on in cells[series]:
            raise TableError(line, "date", f"{series} has a row for {cell['date']} already")
        cells[series][on] = [_count(line, name, cell[name]) for name in ("units", *given)]
        if abs(on - next(iter(cells[series]))) / step > MOST_STEPS:
            raise TableError(line, "date", f"more than {MOST_STEPS} steps from the first row of {series}")
    return _tables(cells, given, step)


def _header(names: list[str]) -> list[str]:
    names = [name.strip().lstrip("\ufeff").lower() for name in names]
    for name in NEEDED:
        if name not in names:
            raise TableError(1, name, "this column is missing")
    if twice := [name for name in names if names.count(name) > 1]:
        raise TableError(1, twice[0], "this column stands twice")
    return names


def _numbered(rows: "Iterator[list[str]]") -> Iterator[tuple[int, list[str]]]:
    """Rows with the number of their line; blank lines are left out."""
    while True:
        try:
            row = next(rows, None)
        except csv.Error as error:
            raise TableError(rows.line_num, "-", str(error)) from error  # type: ignore[attr-defined]
        if row is None:
            return
        if row:
            yield rows.line_num, row  # type: ignore[attr-defined]


def _row(line: int, names: list[str], row: list[str]) -> dict[str, str]:
    if len(row) != len(names):
        raise TableError(
            line, names[min(len(row), len(names) - 1)], f"{len(row)} fields where {len(names)} belong"
        )
    return dict(zip(names, row, strict=True))


def _text(line: int, column: str, text: str) -> str:
    if not text.strip():
        raise TableError(line, column, "is empty")
    return text.strip()


def _count(line: int, column: str, text: str) -> int:
    try:
        number = float(text)
    except ValueError:
        raise TableError(line, column, f"{text!r} is not a number" if text.strip() else "is empty") from None
    if not 0 <= number <= MOST_COUNT or number != int(number):
        raise TableError(line, column, f"{text} is not a whole number from 0 on")
    return int(number)


def _when(line: int, text: str, step: timedelta) -> date:
    """The date, or the start of the step in which the time lies (times with an offset are taken to UTC)."""
    try:
        at = datetime.fromisoformat(text.strip())
        if at.tzinfo is not None:
            at = at.astimezone(UTC).replace(tzinfo=None)
        at -= (at - EPOCH) % step
    except (ValueError, OverflowError):
        raise TableError(
            line, "date", f"{text[:40]!r} is no date or time like 2026-01-31 or 2026-01-31T08:00"
        ) from None
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
