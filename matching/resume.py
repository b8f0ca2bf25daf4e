"""Series that go on where the detector stood: a few days are read in place of a year. Pure.

What is remembered ends `LATE_DAYS` before the last day, so a signal that comes so late or out of order is simply
among the days that are read again; what comes later still has the whole series read anew.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from matching.observations import Counts, tables
from matching.spikes import Observations, State, packed, read, unpacked
from matching.spikes.settings import DEFAULTS

LATE_DAYS = 7
DAY = timedelta(days=1)
HAS_BUYERS, HAS_NEW_BUYERS = 1, 2


class Memory(NamedTuple):
    """What is remembered of a series: through which day, and as which bytes (the first tells the counts used)."""

    on: date
    data: bytes


@dataclass(frozen=True, slots=True)
class Resumed:
    """Memories of the series that stayed quiet; the names of those that have to be looked at closely."""

    memories: Mapping[str, Memory]
    loud: frozenset[str]


def usable(counts: Counts, memory: Memory) -> Counts | None:
    """Days after the memory with the counts that it uses; None when they do not have these or do not follow."""
    flags = memory.data[0]
    buyers = counts.buyers if flags & HAS_BUYERS else None
    new_buyers = counts.new_buyers if flags & HAS_NEW_BUYERS else None
    has_all = bool(flags & HAS_BUYERS) == (buyers is not None)
    has_all = has_all and bool(flags & HAS_NEW_BUYERS) == (new_buyers is not None)
    follows = counts.first_on == memory.on + DAY
    return Counts(counts.first_on, counts.units, buyers, new_buyers) if has_all and follows else None


def resume(series: Mapping[str, tuple[Memory, Counts]]) -> Resumed:
    """Read the days after each memory: from `usable` counts that begin on the day after it."""
    memories: dict[str, Memory] = {}
    loud: set[str] = set()
    for table in tables({name: counts for name, (_, counts) in series.items()}):
        known = [series[name][0] for name in table.series]
        fires = _go_on(table, known, memories)
        loud |= {name for name, is_loud in zip(table.series, fires, strict=True) if is_loud}
    return Resumed({name: memories[name] for name in memories if name not in loud}, frozenset(loud))


def remembered(series: Mapping[str, Counts]) -> dict[str, Memory]:
    """Memories of series that were read from their first day; none for those that are too young."""
    memories: dict[str, Memory] = {}
    for table in tables({name: counts for name, counts in series.items() if len(counts.units) > LATE_DAYS}):
        state = State.fresh(len(table.series))
        state.cursor = table.first_on.toordinal()
        _read_until(state, table, memories)
    return memories


def _go_on(table: Observations, known: list[Memory], memories: dict[str, Memory]) -> Iterable[bool]:
    data = [memory.data[1:] for memory in known]
    state = unpacked(data, table.first_on.toordinal(), table.counts(0).basis)
    return _read_until(state, table, memories)


def _read_until(state: State, table: Observations, memories: dict[str, Memory]) -> list[bool]:
    """Read all days, keep the memories of the day `LATE_DAYS` before the last; whether each series fires."""
    days = table.units.shape[1]
    fires = [False] * len(table.series)
    for at in range(days):
        levels = read(state, table.counts(at), DEFAULTS).levels
        fires = [before or bool(now) for before, now in zip(fires, levels.tolist(), strict=True)]
        if at == days - 1 - LATE_DAYS:
            flags = _flags(table)
            on = table.first_on + at * DAY
            memories.update(
                {name: Memory(on, flags + row) for name, row in zip(table.series, packed(state), strict=True)}
            )
    return fires


def _flags(table: Observations) -> bytes:
    has_buyers, has_new = table.buyers is not None, table.new_buyers is not None
    return bytes([HAS_BUYERS * has_buyers + HAS_NEW_BUYERS * has_new])


def by_age(memories: Mapping[str, Memory]) -> dict[date, list[str]]:
    """Names by the day through which is remembered."""
    found: dict[date, list[str]] = defaultdict(list)
    for name, memory in memories.items():
        found[memory.on].append(name)
    return found
