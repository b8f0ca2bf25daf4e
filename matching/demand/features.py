"""A surge so far, described without its scale: what the forecast's network sees."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Values = NDArray[np.float64]
OCTAVES, PARTS = 5, 8
FLOOR = 0.05
"""Logarithms are taken of a share of the recent pace, never of less than this."""


def pace(values: Values) -> float:
    """Units a step now: the last three steps, the last quarter and a little of the whole; never 0."""
    count = len(values)
    recent = values[-3:].mean() + _mean(values, count - max(1.0, count / 4), count)
    return float(0.5 * recent + 0.3 * values.mean() + 0.1)


def features(values: Values, horizons: ArrayLike, baseline: float | None) -> Values:
    """A row for each horizon (in steps); all rows but for the horizon are the same.

    `baseline`: units a step without the surge, None when nobody knows.
    """
    now, steps = pace(values), np.asarray(horizons, float)[:, None]
    same = np.concatenate([_size(values, now, baseline), _shape(values, now)])
    by_horizon = np.concatenate([np.log(steps), np.log(steps / len(values))], axis=1)
    return np.concatenate([by_horizon, np.broadcast_to(same, (len(steps), len(same)))], axis=1)


def _size(values: Values, now: float, baseline: float | None) -> Values:
    steps, total = len(values), values.sum()
    rough = np.abs(np.diff(values)).sum() / (total + 0.1)
    top = (values.argmax() + 0.5) / steps, _share(values.max(), now)
    base = (0.0, 0.0) if baseline is None else (1.0, _share(baseline, now))
    return np.array([np.log(steps), np.log(now) / 3, np.log1p(total) / 3, rough, *top, *base])


def _shape(values: Values, now: float) -> Values:
    """Pace over the last half, quarter, .. of the time, over eight parts of it, and of the last steps."""
    count = len(values)
    latest = [_mean(values, count - max(1.0, count / 2**k), count) for k in range(OCTAVES)]
    parts = [_mean(values, count * k / PARTS, count * (k + 1) / PARTS) for k in range(PARTS)]
    last = [values[max(-k, -count)] for k in (1, 2, 3)]
    return np.array([_share(value, now) for value in (*latest, *parts, *last)])


def _share(value: float, now: float) -> float:
    return float(np.log(value / now + FLOOR))


def _mean(values: Values, start: float, stop: float) -> float:
    """Mean over a stretch of time whose ends may lie within a step."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    a, b = np.interp([start, stop], np.arange(len(sums)), sums)
    return float(b - a) / (stop - start)
