"""Rows of a CSV, each with its line. What is odd about one is named, with where it stands and how to mend it. Pure."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

OTHER_SEPARATORS = ";\t|"
MOST_COUNT = 2**53
"""Above this not every whole number can be told from the next one."""


class BadRow(ValueError):
    """A row that cannot be used: `line` in the file (from 1), `column` and `reason`."""

    def __init__(self, line: int, column: str, reason: str) -> None:
        super().__init__(f"line {line}, column {column}: {reason}")
        self.line, self.column, self.reason = line, column, reason


class Rows:
    """The rows of a CSV whose first one names the columns, in any case and order; others are left unread.

    `names`: of the columns. Iterating gives line and fields by name. Blank lines are left out. BadRow for a
    column of `needed` that is missing, one that stands twice, a row of another length, or what is no CSV.
    """

    def __init__(self, lines: Iterable[str], needed: Sequence[str]) -> None:
        self._rows = _numbered(lines)
        line, given = next(self._rows, (1, []))
        self.names = [name.strip().lstrip("\ufeff").lower() for name in given]
        _check(line, self.names, needed)

    def __iter__(self) -> Iterator[tuple[int, dict[str, str]]]:
        for line, row in self._rows:
            if len(row) != len(self.names):
                column = self.names[min(len(row), len(self.names) - 1)]
                raise BadRow(line, column, f"{len(row)} fields where {len(self.names)} belong")
            yield line, dict(zip(self.names, row, strict=True))


def number(line: int, column: str, text: str) -> float:
    """A number from 0 to MOST_COUNT; BadRow when it is something else."""
    try:
        value = float(text.replace("_", "?"))  # Python alone reads 1_000 as a number
    except ValueError:
        reason = (
            f"{text[:40]!r} is not a number"
            if text.strip()
            else "is empty; write 0 where nothing was counted"
        )
        raise BadRow(line, column, reason) from None
    if not value >= 0:
        raise BadRow(line, column, f"{text.strip()[:40]} is not a number from 0 on")
    if value > MOST_COUNT:
        raise BadRow(line, column, f"{text.strip()[:40]} is more than {MOST_COUNT}")
    return value


def _numbered(lines: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
    """Rows with the number of their line; blank lines are left out."""
    rows = csv.reader(lines, strict=True)
    while True:
        try:
            row = next(rows, None)
        except csv.Error as error:
            raise BadRow(rows.line_num, "-", f"{error}; save the file as plain CSV") from error
        if row is None:
            return
        if row:
            yield rows.line_num, row


def _check(line: int, names: Sequence[str], needed: Sequence[str]) -> None:
    for name in needed:
        if name not in names:
            raise BadRow(line, name, _missing(names, needed))
    if twice := [name for name in names if names.count(name) > 1]:
        raise BadRow(line, twice[0], "this column stands twice")


def _missing(names: Sequence[str], needed: Sequence[str]) -> str:
    if not names:
        return f"the file is empty; its first line names the columns: {','.join(needed)}"
    separators = [sign for sign in chain(*names) if sign in OTHER_SEPARATORS]
    if separators:
        return f"fields are separated by {separators[0]!r}; save the file with commas"
    return f"this column is missing; the first line names the columns: {','.join(needed)}"
