"""How much demand follows: quantiles of the units still wanted, and how long the trend lives."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matching.demand.features import Values, features, pace
from matching.demand.network import FITTED, Kind, blended, logistic

PROBABILITIES = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
MIDDLE = PROBABILITIES.index(0.5)
ALIVE = 0.1
"""A trend is alive until its pace over three steps falls under this share of its highest step so far."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is still wanted after the steps seen so far.

    `quantiles`: units wanted over the next `horizon` steps, by probability. `survival`: probability that
    the trend is still alive after 1, 2, .. `horizon` steps of `step_days` days. `fan`: the quantiles of the
    units wanted over the next 1, 2, .. `horizon` steps, a row each, in the order of PROBABILITIES.
    """

    horizon: int
    step_days: float
    quantiles: dict[float, float]
    survival: tuple[float, ...]
    fan: tuple[tuple[float, ...], ...]

    @property
    def median(self) -> float:
        """Units that are as likely exceeded as not."""
        return self.quantiles[0.5]

    def over(self, steps: int) -> dict[float, float]:
        """The quantiles of the units wanted over the next `steps`, at most the horizon, by probability."""
        return dict(zip(PROBABILITIES, self.fan[steps - 1], strict=True))

    def alive_after(self, days: float) -> float:
        """Probability that the trend is alive after so many days; beyond the horizon that of its end."""
        steps = np.arange(len(self.survival) + 1) * self.step_days
        return float(np.interp(days, steps, (1.0, *self.survival)))


def forecast(
    values: Sequence[float],
    *,
    horizon: int,
    kind: Kind = Kind.ANY,
    baseline: float | None = None,
    widening: float = 1.0,
) -> Forecast:
    """Quantiles of the sum of the next `horizon` values of a surge, from all its values since the onset.

    `kind`: what the values are; a step of unknown length is taken for a day by `alive_after`.
    `baseline`: units a step that were usual before, None when unknown; none of BEYOND, whose usual is taken off.
    `widening`: of the intervals, on a log scale, from `Calibration`. ValueError for no values, no
    horizon, or a value that is negative or not finite.
    """
    seen = np.asarray(values, float)
    if horizon < 1 or seen.ndim != 1 or len(seen) == 0 or not np.isfinite(seen).all() or seen.min() < 0:
        raise ValueError("a forecast needs a horizon of 1 or more, and values since the onset, none negative")
    steps = np.arange(1.0, horizon + 1)
    described = features(seen, steps, None if kind is Kind.BEYOND else baseline)
    shares, middles = FITTED.believed(kind, described), np.log1p(pace(seen) * steps)
    logs = blended(shares, lambda one: log_totals(FITTED.total[one](described), middles, widening))
    fan = np.maximum.accumulate(np.maximum(np.expm1(logs), 0), axis=0)
    lives = blended(shares, lambda one: logistic(FITTED.life[one](described)))
    alive = np.minimum.accumulate(lives[:, 0])
    quantiles = dict(zip(PROBABILITIES, fan[-1].tolist(), strict=True))
    step_days = 1 / 24 if kind is Kind.HOUR else 1.0
    return Forecast(horizon, step_days, quantiles, tuple(alive.tolist()), tuple(map(tuple, fan.tolist())))


def log_totals(outputs: Values, middles: Values, widening: float = 1.0) -> Values:
    """Logarithms of 1 + units by probability: the median, and gaps around it that are never negative.

    `middles`: the same for the present pace going on, to which the network's median is added.
    """
    gaps = np.logaddexp(0, outputs) * widening
    below = -np.cumsum(gaps[:, MIDDLE - 1 :: -1], axis=1)[:, ::-1]
    above = np.cumsum(gaps[:, MIDDLE + 1 :], axis=1)
    around = np.concatenate([below, np.zeros((len(outputs), 1)), above], axis=1)
    return np.asarray((middles + outputs[:, MIDDLE])[:, None] + around)
