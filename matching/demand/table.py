"""A surge from a CSV file: t and value, one row a step, t = 0 at the onset."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from matching.csv_rows import BadRow, Rows, number

HISTORY = 56
"""At most so many steps before the onset tell what was usual."""


@dataclass(frozen=True, slots=True)
class Surge:
    """Values since the onset, and what was usual before (None when the file does not tell)."""

    values: tuple[float, ...]
    baseline: float | None


def read_surge(lines: Iterable[str]) -> Surge:
    """The surge of a CSV with columns t (whole steps, in any order) and value; t < 0 is before the onset.

    When no row has t = 0 the first step is the onset. Raises BadRow for the first bad row, or a step left out.
    """
    read: dict[int, float] = {}
    line_of: dict[int, int] = {}
    for line, row in Rows(lines, ("t", "value")):
        step = _step(line, row["t"])
        if step in read:
            raise BadRow(line, "t", f"{step} stands on line {line_of[step]} already")
        read[step], line_of[step] = number(line, "value", row["value"]), line
    steps = sorted(read)
    for before, step in pairwise(steps):
        if step != before + 1:
            raise BadRow(line_of[step], "t", f"no row for {before + 1}; write 0 where nothing was wanted")
    return _surge({step: read[step] for step in steps})


def _surge(read: dict[int, float]) -> Surge:
    onset = 0 if 0 in read else next(iter(read), 0)
    usual = [value for step, value in read.items() if step < onset][-HISTORY:]
    since = tuple(value for step, value in read.items() if step >= onset)
    return Surge(since, float(np.mean(usual)) if usual else None)


def _step(line: int, text: str) -> int:
    try:
        return int(text.strip().removesuffix(".0").replace("_", "?"))
    except ValueError:
        raise BadRow(line, "t", f"{text[:40]!r} is not a whole number of steps") from None
