"""Series that go on where the detector stood: a few days are read in place of a year. Pure.

What is remembered ends `LATE_DAYS` before the last day, so a signal that comes so late or out of order is simply
among the days that are read again; what comes later still has the whole series read anew.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from matching.observations import Counts, tables
from matching.spikes import Observations, State, packed, read, unpacked
from matching.spikes.settings import DEFAULTS
from matching.spikes.state import VERSION

LATE_DAYS = 7
DAY = timedelta(days=1)
HAS_BUYERS, HAS_NEW_BUYERS, OTHERS = 1, 2, 4
"""Bits of a memory's first byte; above them the version of the detector."""


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
    """Days after the memory with the counts that it uses; None when they do not have these or do not follow, or
    when another version of the detector has remembered."""
    version, flags = divmod(memory.data[0], OTHERS)
    buyers = counts.buyers if flags & HAS_BUYERS else None
    new_buyers = counts.new_buyers if flags & HAS_NEW_BUYERS else None
    has_all = bool(flags & HAS_BUYERS) == (buyers is not None)
    has_all = has_all and bool(flags & HAS_NEW_BUYERS) == (new_buyers is not None)
    follows = counts.first_on == memory.on + DAY
    is_good = version == VERSION and has_all and follows
    return Counts(counts.first_on, counts.units, buyers, new_buyers) if is_good else None


def resume(series: Mapping[str, tuple[Memory, Counts]]) -> Resumed:
    """Read the days after each memory: from `usable` counts that begin on the day after it."""
    memories: dict[str, Memory] = {}
    loud: set[str] = set()
    for names in by_age({name: memory for name, (memory, _) in series.items()}).values():
        for table in tables({name: series[name][1] for name in names}):
            known = [series[name][0].data[1:] for name in table.series]
            state = unpacked(known, table.first_on.toordinal(), table.counts(0).basis)
            loud |= _read_until(state, table, memories)
    return Resumed({name: memories[name] for name in memories if name not in loud}, frozenset(loud))


def remembered(series: Mapping[str, Counts]) -> dict[str, Memory]:
    """Memories of series that were read from their first day; none for those that are too young."""
    memories: dict[str, Memory] = {}
    for table in tables({name: counts for name, counts in series.items() if len(counts.units) > LATE_DAYS}):
        state = State.fresh(len(table.series))
        state.cursor = table.first_on.toordinal()
        _read_until(state, table, memories, is_new=True)
    return memories


def _read_until(
    state: State, table: Observations, memories: dict[str, Memory], *, is_new: bool = False
) -> set[str]:
    """Read all days, keep each memory of the day `LATE_DAYS` before the last; the names of those that fire."""
    born, ended = table.lives
    loud, flags = np.zeros(len(table.series), bool), _flags(table)
    for at in range(table.units.shape[1]):
        if is_new:
            state.renew(np.flatnonzero(born == at))
        loud |= (read(state, table.counts(at), DEFAULTS).levels > 0) & (ended >= at)
        rows = np.flatnonzero(ended - LATE_DAYS == at)
        kept = packed(state.part(rows)) if len(rows) else []
        on = table.first_on + at * DAY
        memories.update(
            (table.series[row], Memory(on, flags + data)) for row, data in zip(rows, kept, strict=True)
        )
    return {table.series[row] for row in np.flatnonzero(loud)}


def _flags(table: Observations) -> bytes:
    has_buyers, has_new = table.buyers is not None, table.new_buyers is not None
    return bytes([OTHERS * VERSION + HAS_BUYERS * has_buyers + HAS_NEW_BUYERS * has_new])


def by_age(memories: Mapping[str, Memory]) -> dict[date, list[str]]:
    """Names by the day through which is remembered."""
    found: dict[date, list[str]] = defaultdict(list)
    for name, memory in memories.items():
        found[memory.on].append(name)
    return found
