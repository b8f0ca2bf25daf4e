"""Daily counts as the detector wants them: series of one life and one kind of counts in one table. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from matching.spikes import Observations
from matching.spikes.batch import Table
from matching.spikes.lives import Life, together

NOWHERE: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Day:
    """What a series counted on a day; a count that nobody gave is None."""

    on: date
    units: int
    buyers: int | None
    new_buyers: int | None


@dataclass(frozen=True, slots=True)
class Counts:
    """A series with a value for each day of its life; days without a row are zero."""

    first_on: date
    units: tuple[int, ...]
    buyers: tuple[int, ...] | None
    new_buyers: tuple[int, ...] | None

    @property
    def last_on(self) -> date:
        return self.first_on + timedelta(days=len(self.units) - 1)

    @property
    def watched(self) -> tuple[int, ...]:
        """The count that the detector rests on."""
        return self.new_buyers or self.buyers or self.units


def filled(days: Sequence[Day], first: date | None = None) -> Counts:
    """The counts of a series from its first day, or that given, to its last. A kind missing on a day is not used."""
    first, last = first or min(day.on for day in days), max(day.on for day in days)
    length = (last - first).days + 1
    buyers = None if any(day.buyers is None for day in days) else _column(days, "buyers", first, length)
    new = None if any(day.new_buyers is None for day in days) else _column(days, "new_buyers", first, length)
    return Counts(first, _column(days, "units", first, length), buyers, new)


def _column(days: Iterable[Day], name: str, first: date, length: int) -> tuple[int, ...]:
    values = [0] * length
    for day in days:
        values[(day.on - first).days] += getattr(day, name)
    return tuple(values)


def tables(series: dict[str, Counts], markets: Mapping[str, str] = NOWHERE) -> list[Observations]:
    """All series for the detector; those with the same kinds of counts stand together. `markets`: by name."""
    kinds: dict[tuple[bool, bool], dict[str, Life]] = defaultdict(dict)
    for name in sorted(series):
        counts = series[name]
        life = counts.first_on.toordinal(), counts.last_on.toordinal()
        kinds[counts.buyers is not None, counts.new_buyers is not None][name] = life
    return [
        _table([(name, series[name]) for name in names], markets)
        for _, lives in sorted(kinds.items(), reverse=True)
        for names in together(lives)
    ]


def _spans(counts: Sequence[Counts]) -> tuple[list[int], int, date]:
    """On which day of the table each series begins, how many days it has, and its first day."""
    first, last = min(one.first_on for one in counts), max(one.last_on for one in counts)
    return [(one.first_on - first).days for one in counts], (last - first).days + 1, first


def _table(rows: list[tuple[str, Counts]], markets: Mapping[str, str]) -> Observations:
    names, counts = zip(*rows, strict=True)
    born, days, first = _spans(counts)

    def table(kind: str) -> Table:
        return _side_by_side([getattr(one, kind) for one in counts], born, days)

    buyers = None if counts[0].buyers is None else table("buyers")
    new_buyers = None if counts[0].new_buyers is None else table("new_buyers")
    places = tuple(markets[name] for name in names) if markets else ()
    ended = tuple(at + len(one.units) - 1 for at, one in zip(born, counts, strict=True))
    return Observations(names, first, table("units"), buyers, new_buyers, places, tuple(born), ended)


def _side_by_side(rows: Sequence[tuple[int, ...]], born: Sequence[int], days: int) -> Table:
    """A row for each series, zero where it does not live."""
    table = np.zeros((len(rows), days), np.int64)
    for at, (first, row) in enumerate(zip(born, rows, strict=True)):
        table[at, first : first + len(row)] = row
    return table
