"""Random days: PERT durations by a tabulated inverse distribution function, the same on every machine."""

import hashlib
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from matching.blueprint import Days

Runs = NDArray[np.float64]

WEIGHT = 1.2
"""How much the most likely value counts against the two ends; the textbook's PERT says 4.

The three points of the task table are mostly guesses, so their ends count more here. With this weight the
first unit is dispatchable after 10, 24 and 61 days (median of routes A, B, C), as domain.md states.
"""

_STEPS = 1024  # intervals of the table; its error is far below the rounding of the report
_DIGITS = 9  # processors differ in the last bits of a power; rounding the table hides that


def uniforms(seed: int, label: str, runs: int) -> Runs:
    """Numbers in [0, 1) that depend only on seed and label, so that a changed task leaves the others alone.

    Raw output of the bit generator, because only that is promised to stay the same between numpy versions.
    """
    state = int.from_bytes(hashlib.sha256(f"{seed}:{label}".encode()).digest()[:16])
    raw = np.random.PCG64(state).random_raw(runs)
    return (raw >> np.uint64(11)).astype(np.float64) * 2.0**-53


@lru_cache(maxsize=512)
def _table(mode: float) -> Runs:
    """Inverse distribution function of the PERT distribution on [0, 1] with this most likely value."""
    x = np.linspace(0, 1, _STEPS + 1)
    density = x ** (WEIGHT * mode) * (1 - x) ** (WEIGHT * (1 - mode))
    area = np.concatenate(([0.0], np.cumsum((density[1:] + density[:-1]) / 2)))
    return np.round(np.interp(x, area / area[-1], x), _DIGITS)


def pert(days: Days, uniform: Runs) -> Runs:
    """Days drawn from the modified PERT distribution: a beta on low..high with its mode at likely."""
    span = days.high - days.low
    if span == 0:
        return np.full(uniform.shape, days.low)
    table = _table((days.likely - days.low) / span)
    place = uniform * _STEPS
    left = place.astype(np.int64)
    inside = table[left] + (place - left) * (table[left + 1] - table[left])
    return days.low + span * inside


def quantile_draw(points: Sequence[tuple[float, float]], uniform: Runs) -> Runs:
    """Values whose quantiles are the given (probability, value) points, straight between and beyond them."""
    (p0, v0), (p1, v1) = points[0], points[1]
    (p8, v8), (p9, v9) = points[-2], points[-1]
    first = v0 - (v1 - v0) * p0 / (p1 - p0)
    last = v9 + (v9 - v8) * (1 - p9) / (p9 - p8)
    chances = [0.0, *(p for p, _ in points), 1.0]
    return np.interp(uniform, chances, [first, *(v for _, v in points), last])


def quantile(values: Runs, chance: float) -> float:
    """The smallest value that at least this share of the runs does not exceed; no interpolation."""
    rank = max(int(np.ceil(chance * values.size)) - 1, 0)
    return float(np.partition(values, rank)[rank])
