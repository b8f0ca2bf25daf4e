"""A surge from a CSV file: t and value, one row a step, t = 0 at the onset."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite

import numpy as np

HISTORY = 56
"""At most so many steps before the onset tell what was usual."""


class SeriesError(ValueError):
    """A row that cannot be used: `line` in the file (from 1), `column` and `reason`."""

    def __init__(self, line: int, column: str, reason: str) -> None:
        super().__init__(f"line {line}, column {column}: {reason}")
        self.line, self.column, self.reason = line, column, reason


@dataclass(frozen=True, slots=True)
class Surge:
    """Values since the onset, and what was usual before (None when the file does not tell)."""

    values: tuple[float, ...]
    baseline: float | None


def read_surge(lines: Iterable[str]) -> Surge:
    """The surge of a CSV with columns t (whole steps, rising by one) and value; t < 0 is before the onset.

    When no row has t = 0 the first row is the onset. Raises SeriesError for the first bad row.
    """
    rows = csv.DictReader(lines)
    for name in ("t", "value"):
        if name not in (rows.fieldnames or ()):
            raise SeriesError(1, name, "this column is missing")
    read: dict[int, float] = {}
    for row in rows:
        step, line = _step(rows.line_num, row["t"]), rows.line_num
        if read and step != (before := next(reversed(read))) + 1:
            raise SeriesError(line, "t", f"{step} does not follow {before}")
        read[step] = _value(line, row["value"])
    return _surge(read)


def _surge(read: dict[int, float]) -> Surge:
    onset = 0 if 0 in read else next(iter(read), 0)
    usual = [value for step, value in read.items() if step < onset][-HISTORY:]
    since = tuple(value for step, value in read.items() if step >= onset)
    return Surge(since, float(np.mean(usual)) if usual else None)


def _step(line: int, text: str | None) -> int:
    try:
        return int((text or "").removesuffix(".0"))
    except ValueError:
        raise SeriesError(line, "t", f"{text!r} is not a whole number of steps") from None


def _value(line: int, text: str | None) -> float:
    try:
        value = float(text or "")
    except ValueError:
        raise SeriesError(line, "value", f"{text!r} is not a number") from None
    if value < 0 or not isfinite(value):
        raise SeriesError(line, "value", f"{text} is negative or not finite")
    return value
