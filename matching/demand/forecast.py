"""How much demand follows: quantiles of the units still wanted, and how long the trend lives."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, sqrt
from statistics import NormalDist

PROBABILITIES = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
MEMORY_DAYS, HALF_LIFE_DAYS, SPREAD_DAYS = 3.0, 5.0, 14.0


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is still wanted after the steps seen so far.

    `quantiles`: units wanted over the next `horizon` steps, by probability. `survival`: probability that
    the trend is still alive after 1, 2, .. `horizon` steps.
    """

    horizon: int
    step_days: float
    quantiles: dict[float, float]
    survival: tuple[float, ...]

    @property
    def median(self) -> float:
        """Units that are as likely exceeded as not."""
        return self.quantiles[0.5]


def forecast(values: Sequence[float], *, horizon: int, step_days: float = 1.0) -> Forecast:
    """Quantiles of the sum of the next `horizon` values of a surge, from all its values since the onset.

    `step_days`: length of a step in days. ValueError for no values, negative ones or no horizon.
    """
    if horizon < 1 or len(values) == 0 or min(values) < 0:
        raise ValueError("a forecast needs a horizon of at least 1 and values since the onset, none negative")
    decay = 0.5 ** (step_days / HALF_LIFE_DAYS)
    recent = list(values)[-max(1, round(MEMORY_DAYS / step_days)) :]
    middle = (sum(recent) + 0.5) / len(recent) * decay * (1 - decay**horizon) / (1 - decay)
    spread = sqrt(0.25 + 0.5 * log(1 + horizon * step_days / SPREAD_DAYS))
    normal = NormalDist(log(middle), spread)
    quantiles = {p: exp(normal.inv_cdf(p)) for p in PROBABILITIES}
    return Forecast(horizon, step_days, quantiles, tuple(decay**h for h in range(1, horizon + 1)))
