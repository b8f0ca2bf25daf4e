"""The wire in: recorded observations from files, plain or gzipped."""

import csv
import gzip
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, TextIO

RECORDED = Path(__file__).parent / "sample_data"
NEEDED = ("source", "product", "market", "date", "units")
COUNTS = ("units", "buyers", "new_buyers")
Row = dict[str, Any]


class FeedError(ValueError):
    """A file that is no table of observations: the number of its line (from 1) and the reason."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line, self.reason = line, reason


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file: its number (from 1, the heading is 1), and its row or what is wrong with it."""

    number: int
    row: Row
    problem: str = ""


def opened(path: Path) -> TextIO:
    """A text stream over a file, unpacked when its name ends in .gz. Raises OSError."""
    if path.suffix == ".gz":
        return io.TextIOWrapper(gzip.open(path), encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def read(stream: TextIO) -> Iterator[Line]:
    """The lines of a table of observations. Raises FeedError when it has no proper heading."""
    table = csv.reader(stream)
    heading = [name.strip() for name in next(table, [])]
    missing = [name for name in NEEDED if name not in heading]
    if missing:
        raise FeedError(1, f"columns are missing: {', '.join(missing)}")
    for cells in table:
        if cells:
            yield _line(table.line_num, heading, cells)


def _line(number: int, heading: list[str], cells: list[str]) -> Line:
    if len(cells) != len(heading):
        return Line(number, {}, f"{len(cells)} cells where the heading has {len(heading)}")
    row: Row = {name: cell.strip() for name, cell in zip(heading, cells, strict=True)}
    for name in COUNTS:
        if name in row:
            row[name] = _whole(row[name])
    return Line(number, row)


def _whole(cell: str) -> Any:
    """A number where it is one; what it is not is told by who takes the row in."""
    if not cell:
        return None
    return int(cell) if cell.removeprefix("-").isdecimal() else cell


@lru_cache(maxsize=4)
def _recorded(name: str) -> tuple[Row, ...]:
    with opened(RECORDED / f"{name}.csv.gz") as stream:
        return tuple(line.row for line in read(stream) if not line.problem)


def span(name: str) -> tuple[date, date]:
    """The first and last day of a recorded file of the sample data."""
    days = [row["date"] for row in _recorded(name)]
    return date.fromisoformat(min(days)), date.fromisoformat(max(days))


def recorded_days(name: str, from_on: date, until_on: date, *, shift_days: int) -> list[Row]:
    """Rows of the recorded days in a span, both ends included, with their dates moved by `shift_days`."""
    first, last = from_on.isoformat(), until_on.isoformat()
    return [
        {**row, "date": (date.fromisoformat(row["date"]) + timedelta(days=shift_days)).isoformat()}
        for row in _recorded(name)
        if first <= row["date"] <= last
    ]


def titles_zh() -> dict[str, str]:
    """Chinese titles of the recorded products, by key."""
    return dict(json.loads((RECORDED / "titles_zh.json").read_text("utf8")))
