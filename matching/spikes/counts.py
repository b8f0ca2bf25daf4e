"""One step's counts, and how far they are believed."""

from typing import NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike

from matching.spikes.settings import Settings
from matching.spikes.state import Basis, Floats, State, approach

LARGEST_ROOT = np.float32(65504)
MOST = LARGEST_ROOT * LARGEST_ROOT
"""The largest number of two bytes is the root of the highest count: 4.29 thousand million; above, counts are that."""


class Counts(NamedTuple):
    """Units, buyers and new buyers of every series at one step; None where nobody counts them."""

    units: Floats
    buyers: Floats | None
    new_buyers: Floats | None

    @classmethod
    def of(cls, units: ArrayLike, buyers: ArrayLike | None, new_buyers: ArrayLike | None) -> Self:
        """The counts as the detector needs them."""
        return cls(np.asarray(units, np.float32), _floats(buyers), _floats(new_buyers))

    @property
    def basis(self) -> Basis:
        """Which count is watched: people rather than units, new people rather than regular ones."""
        if self.new_buyers is not None:
            return "new buyers"
        return "units" if self.buyers is None else "buyers"

    @property
    def watched(self) -> Floats:
        """The count that is watched."""
        if self.new_buyers is not None:
            return self.new_buyers
        return self.units if self.buyers is None else self.buyers

    def part(self, chosen: slice) -> "Counts":
        """The counts of some series."""
        return Counts(*(None if column is None else column[chosen] for column in self))  # type: ignore[arg-type]


def crowd(state: State, today: Counts, settings: Settings) -> Floats | None:
    """Units that as many buyers take at most, as far as each is a person of a crowd; None where nobody counts them."""
    if today.buyers is None:
        return None
    units: Floats = state.units + 1
    units /= state.buyers + 1
    units *= settings.crowding
    units *= today.buyers
    return units


def believed(today: Counts, most: Floats | None) -> Floats:
    """The count watched, fewer where each buyer takes far more than usual: no crowd."""
    watched: Floats = today.watched.clip(0, MOST)
    if most is None:
        return watched
    share = most / today.units.clip(1, np.inf)
    watched *= share.clip(0, 1)
    return watched


def learn_crowding(state: State, today: Counts, most: Floats | None, settings: Settings) -> None:
    """Remember how many units a buyer takes; what is far beyond that counts only in part."""
    if today.buyers is None or most is None:
        return
    steps = state.steps.astype(np.float32)
    steps += 2
    pace: Floats = np.reciprocal(steps.clip(1, settings.memory))
    approach(state.units, np.minimum(today.units, 2 * most), pace)
    approach(state.buyers, today.buyers, pace)


def _floats(column: ArrayLike | None) -> Floats | None:
    return None if column is None else np.asarray(column, np.float32)
