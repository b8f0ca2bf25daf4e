"""Alarms over a table of past days: the same steps as live, one after the other, so nothing looks ahead."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from matching.spikes.counts import Counts
from matching.spikes.feasts import near, year_ago
from matching.spikes.settings import CODES_A_UNIT, DAILY, DEFAULTS, Settings
from matching.spikes.state import Floats, State
from matching.spikes.step import CONFIRMED, Reading, read
from matching.spikes.yearly import season

Level = Literal["watch", "confirmed"]
Table = NDArray[np.int64]
FEASTS = 3
"""So many of the nearest feasts are named."""
ONSET_SHARE = 0.25
"""A window's surge began on its first step whose surprise reaches this share of the cap."""


@dataclass(frozen=True, slots=True)
class Observations:
    """Counts of each series (rows) at each step (columns) from `first_on` on; a count nobody has is None.

    `markets`: of each series, an ISO 3166-1 alpha-2 code; nothing when feasts are not to be looked at.
    `born`, `ended`: of each series its first and last step; nothing when all live from the first to the last.
    """

    series: tuple[str, ...]
    first_on: date
    units: Table
    buyers: Table | None = None
    new_buyers: Table | None = None
    markets: tuple[str, ...] = ()
    born: tuple[int, ...] = ()
    ended: tuple[int, ...] = ()

    @property
    def lives(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """First and last step of each series."""
        series, steps = self.units.shape
        return (
            np.array(self.born or (0,) * series, np.intp),
            np.array(self.ended or (steps - 1,) * series, np.intp),
        )

    def counts(self, at: int) -> Counts:
        """The counts of all series at one step."""
        buyers, new = (None if table is None else table[:, at] for table in (self.buyers, self.new_buyers))
        return Counts.of(self.units[:, at], buyers, new)

    @property
    def watched(self) -> Table:
        """The count that the detector watches: new buyers, else buyers, else units."""
        if self.new_buyers is not None:
            return self.new_buyers
        return self.units if self.buyers is None else self.buyers

    @property
    def basis(self) -> str:
        """Which counts an alarm rests on, and which were missing."""
        if self.new_buyers is not None:
            return "new buyers" if self.buyers is not None else "new buyers; no count of buyers given"
        return (
            "units; no count of buyers given"
            if self.buyers is None
            else "buyers; no count of new buyers given"
        )


@dataclass(frozen=True, slots=True)
class Alarm:
    """The detector fired for a series on a day: how strongly, how surely, and because of what."""

    series: str
    on: date
    strength: float
    level: Level
    evidence: dict[str, Any] = field(default_factory=dict)

    @property
    def basis(self) -> str:
        """Which counts the alarm rests on."""
        return str(self.evidence["basis"])


def detect(observations: Observations, settings: Settings = DEFAULTS) -> list[Alarm]:
    """An alarm for every series and step on which the detector fires, by step, then by series as given."""
    state = State.fresh(len(observations.series), settings)
    alarms: list[Alarm] = []
    born, ended = observations.lives
    for at in range(observations.units.shape[1]):
        state.renew(np.flatnonzero(born == at))
        reading = read(state, observations.counts(at), settings)
        sight = _Sight(observations, at, state, reading, settings, born)
        fired = enumerate(reading.fired.rows.tolist())
        alarms += [sight.alarm(row, place) for place, row in fired if ended[row] >= at]
    return alarms


@dataclass(frozen=True, slots=True)
class _Sight:
    """One step as the detector saw it. `place`: of a series among those that fire."""

    observations: Observations
    at: int
    state: State
    reading: Reading
    settings: Settings
    born: NDArray[np.intp]

    def alarm(self, row: int, place: int) -> Alarm:
        level: Level = "confirmed" if self.reading.levels[row] == CONFIRMED else "watch"
        strength = round(float(self.reading.strengths[row]), 4)
        return Alarm(
            self.observations.series[row], self.on(self.at), strength, level, self.evidence(row, place)
        )

    def on(self, at: int) -> date:
        return self.observations.first_on + at * self.settings.step

    def evidence(self, row: int, place: int) -> dict[str, Any]:
        by_window = self.reading.fired.by_window[:, place]
        first = max(int(self.born[row]), self.at + 1 - self.settings.windows[int(by_window.argmax())])
        counts = self.observations.watched[row, first : self.at + 1].tolist()
        baseline = float(self.reading.fired.expected[place])
        return {
            "basis": self.observations.basis,
            "window_days": len(counts),
            "observed": sum(counts),
            "expected": round(baseline * len(counts), 2),
            "baseline": round(baseline, 3),
            "counts": counts,
            "onset_on": self.on(self.onset(row, first)).isoformat(),
            "strength_by_window": self.strength_by_window(by_window),
            **self.calendar(row),
            "e_value": round(float(self.state.wealth[row]), 3),
        }

    def calendar(self, row: int) -> dict[str, Any]:
        """Whether it comes every year, and for which feast of the market people may be buying."""
        if self.settings.step != DAILY.step:
            return {"season": {}}
        market, on = self.observations.markets[row] if self.observations.markets else "", self.on(self.at)
        moved = year_ago(market, on) if market else ()
        told = season(self.observations.watched[row, self.born[row] : self.at + 1], moved).as_evidence()
        found = near(market, on)[:FEASTS] if market else []
        feasts = [{"code": feast.code, "on": feast.on.isoformat()} for feast in found]
        return {"season": told, "feasts": feasts}

    def onset(self, row: int, first: int) -> int:
        least = ONSET_SHARE * self.settings.cap * CODES_A_UNIT
        codes = self.state.surprise[:, row]
        clear = (at for at in range(first, self.at) if codes[at % len(codes)] >= least)
        return next(clear, self.at)

    def strength_by_window(self, strengths: Floats) -> dict[str, float]:
        found = zip(self.settings.windows, strengths.tolist(), strict=True)
        return {str(days): round(strength, 4) for days, strength in found}
