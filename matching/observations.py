"""Daily counts as the detector wants them: series of one life and one kind of counts in one table. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from matching.spikes import Observations

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

    @property
    def life(self) -> tuple[date, int, bool, bool]:
        return self.first_on, len(self.units), self.buyers is not None, self.new_buyers is not None


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
    """All series for the detector; those of one life stand together, ordered by name. `markets`: by name."""
    lives: dict[tuple[date, int, bool, bool], list[str]] = defaultdict(list)
    for name in sorted(series):
        lives[series[name].life].append(name)
    return [_table([(name, series[name]) for name in names], markets) for _, names in sorted(lives.items())]


def _table(rows: list[tuple[str, Counts]], markets: Mapping[str, str]) -> Observations:
    names, counts = zip(*rows, strict=True)
    first = counts[0]
    return Observations(
        names,
        first.first_on,
        np.array([row.units for row in counts], np.int64),
        None if first.buyers is None else np.array([row.buyers for row in counts], np.int64),
        None if first.new_buyers is None else np.array([row.new_buyers for row in counts], np.int64),
        tuple(markets[name] for name in names) if markets else (),
    )
