"""Detectors that ours is measured against: own implementations of published methods, strengths by day.

ECOD (Li et al. 2022) on 4 days of log counts, 2 of 3 days; Kleinberg's two states (2002), online; Bayesian online
change point detection (Adams, MacKay 2007) with a Gamma-Poisson; EARS C2 (Hutwagner 2003); the judge's weekday z;
Poisson CUSUM. Each one gets weekday-adjusted counts where its authors would give it these. River's half-space trees
(Tan, Ting, Liu 2011) are its own, where it is installed.
"""

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

from matching.spikes import GRAINS, Observations

Table = NDArray[np.float64]
Rows = list[tuple[str, str, float]]
Peer = Callable[[Observations], Rows]
BURN = 28
RECENT, LEAST, SCALE = 8, 1e-300, 25.0
"""A change is news for so many days; the least odds; and what brings the odds into the range that is searched."""


def weekday_z(table: Observations) -> Rows:
    """Robust z against the same weekday of the last 8 weeks, on 2 of 3 days: the judge's own baseline."""
    counts, z = table.watched.astype(float), np.zeros(table.watched.shape)
    for day in range(14, counts.shape[1]):
        same, recent = counts[:, day - 7 : max(-1, day - 57) : -7], counts[:, max(0, day - 56) : day]
        middle = np.median(same, 1)
        spread = [1.4826 * np.median(abs(x - np.median(x, 1, keepdims=True)), 1) for x in (same, recent)]
        least = np.maximum(1, np.sqrt(np.maximum(middle, recent.mean(1))))
        z[:, day] = (counts[:, day] - middle) / np.maximum.reduce([*spread, least])
    return rows(table, two_of_three(z))


def ears(table: Observations) -> Rows:
    """EARS C2: against the 7 days that ended 3 days ago, on 2 of 3 days."""
    counts, z = table.watched.astype(float), np.zeros(table.watched.shape)
    for day in range(10, counts.shape[1]):
        known = counts[:, day - 9 : day - 2]
        z[:, day] = (counts[:, day] - known.mean(1)) / np.maximum(known.std(1, ddof=1), 0.5)
    return rows(table, two_of_three(z))


def cusum(table: Observations) -> Rows:
    """Poisson CUSUM for a doubling of the mean of days -64 to -8."""
    counts, sums = table.watched.astype(float), np.zeros(table.watched.shape)
    for day in range(30, counts.shape[1]):
        mean = np.maximum(counts[:, max(0, day - 64) : day - 8].mean(1), 0.1)
        sums[:, day] = np.clip(sums[:, day - 1] + counts[:, day] * np.log(2) - mean, 0, 40)
    return rows(table, sums)


def ecod(table: Observations) -> Rows:
    """Empirical upper tails of the last 4 days (log, less the weekday's usual), summed; the past 90 days tell."""
    logs = np.log1p(table.watched) - np.log1p(weekday_means(table.watched.astype(float)))
    tails = np.zeros(logs.shape)
    for day in range(BURN, logs.shape[1]):
        past = logs[:, max(0, day - 90) : day]
        tails[:, day] = -np.log(((past >= logs[:, [day]]).sum(1) + 1) / (past.shape[1] + 1))
    summed = sum(np.pad(tails, ((0, 0), (back, 0)))[:, : logs.shape[1]] for back in range(4))
    return rows(table, two_of_three(np.asarray(summed)))


def kleinberg(table: Observations, ratio: float = 2.5, leave: float = 3.0) -> Rows:
    """Two states, usual and `ratio` times as many: how much cheaper the upper one is, by the Viterbi of the past."""
    counts, usual = table.watched.astype(float), weekday_means(table.watched.astype(float))
    gain, best = counts * np.log(ratio) - (ratio - 1) * usual, np.zeros(counts.shape)
    for day in range(BURN, counts.shape[1]):
        best[:, day] = np.clip(best[:, day - 1] + gain[:, day] / (1 + 0.1 * usual[:, day]), -leave, 60)
    return rows(table, best)


def bocpd(table: Observations, hazard: float = 1 / 60, runs: int = 40) -> Rows:
    """Odds that the rate changed at most 8 days ago and has at least doubled; Gamma-Poisson, runs up to 40 days."""
    counts, usual = table.watched.astype(float), weekday_means(table.watched.astype(float))
    series, days = counts.shape
    odds, weight = np.zeros(counts.shape), np.zeros((series, runs))
    alpha, beta = np.ones((series, runs)), np.ones((series, runs))
    weight[:, -1] = 1.0
    for day in range(BURN, days):
        x = counts[:, [day]] / np.maximum(usual[:, [day]], 0.2) * 2
        chance = (
            log_gamma(alpha + x) - log_gamma(alpha) - log_gamma(x + 1) + alpha * np.log(beta / (beta + 1))
        )
        joint = weight * np.exp(np.maximum(chance - x * np.log(beta + 1), -60))
        grown = np.concatenate([joint.sum(1, keepdims=True) * hazard, joint[:, :-1] * (1 - hazard)], axis=1)
        grown[:, -1] += joint[:, -1] * (1 - hazard)
        weight = grown / np.maximum(grown.sum(1, keepdims=True), 1e-300)
        alpha, beta = _older(alpha + x, 1.0), _older(beta + 1, 0.5)
        high = alpha / beta >= 2 * 2
        chosen = np.arange(runs) < RECENT
        told = weight * (np.arange(runs) > 0)  # a run that has just begun has seen nothing yet
        recent, rest = (told * high * chosen).sum(1), (told * (1 - high * chosen)).sum(1)
        odds[:, day] = 10 + (np.log(recent + LEAST) - np.log(rest + LEAST)) / SCALE
    return rows(table, two_of_three(np.maximum(odds, 0)))


def river(table: Observations, features: int = 3) -> Rows:
    """River's half-space trees, one forest a series, on how far the last three days lie above what is usual."""
    usual = weekday_means(table.watched.astype(float))
    above = np.clip(np.log((table.watched + 0.5) / (usual + 0.5)) / 4, 0, 1)
    scores = np.zeros(above.shape)
    for row, values in enumerate(above):
        forest = import_module("river.anomaly").HalfSpaceTrees(height=6, window_size=BURN, seed=1)
        for day in range(BURN, len(values)):
            seen = {back: float(values[day - back]) for back in range(features)}
            scores[row, day] = 0.5 + forest.score_one(seen) * (values[day] > 0)
            forest.learn_one(seen)
    return rows(table, two_of_three(scores))


def log_gamma(x: Table) -> Table:
    """Logarithm of the gamma function by Stirling's series, six steps further up; to 1e-8 for positive x."""
    y = x + 6
    up = np.log(x * (x + 1) * (x + 2) * (x + 3) * (x + 4) * (x + 5))
    return np.asarray(
        (y - 0.5) * np.log(y) - y + 0.5 * np.log(2 * np.pi) + 1 / (12 * y) - 1 / (360 * y**3) - up
    )


def _older(values: Table, fresh: float) -> Table:
    """Runs are a day longer; the longest ones are kept as one."""
    moved = np.concatenate([np.full((len(values), 1), fresh), values[:, :-1]], axis=1)
    moved[:, -1] = 0.5 * (values[:, -1] + values[:, -2])
    return moved


def weekday_means(counts: Table) -> Table:
    """What is usual, by day: the mean of the eight weeks that ended a week ago times the weekday's share of it."""
    usual = np.full(counts.shape, 0.2)
    for day in range(BURN, counts.shape[1]):
        past = counts[:, max(0, day - 63) : day - 6]
        same = counts[:, day - 14 : max(-1, day - 63) : -7]
        level = np.maximum(past.mean(1), 0.2)
        share = (same.sum(1) + 8) / (same.shape[1] * level + 8)
        usual[:, day] = np.maximum(level * share, 0.2)
    return usual


def two_of_three(z: Table) -> Table:
    last = [np.pad(z, ((0, 0), (back, 0)))[:, : z.shape[1]] for back in range(3)]
    return np.asarray(np.sort(last, 0)[1])


def rows(table: Observations, strengths: Table) -> Rows:
    days = [(table.first_on + at * GRAINS["day"].step).isoformat() for at in range(strengths.shape[1])]
    found = zip(*np.nonzero(strengths > 0.5), strict=True)
    return [(table.series[row], days[day], round(float(strengths[row, day]), 4)) for row, day in found]


PEERS: dict[str, Peer] = {
    "weekday z": weekday_z,
    "ECOD": ecod,
    "Kleinberg": kleinberg,
    "BOCPD": bocpd,
    "EARS C2": ears,
    "CUSUM": cusum,
} | ({"river HST": river} if find_spec("river") else {})
