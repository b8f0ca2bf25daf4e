"""Intervals that hold: widened after a miss, narrowed after a hit, so that their cover comes out right.

Source: Gibbs, Candes, "Adaptive conformal inference under distribution shift" (2021), here on the width
itself (Angelopoulos, Candes, Tibshirani, "Conformal PID control for time series prediction", 2023).
"""

from dataclasses import dataclass
from math import exp

GAMMA = 0.1
LEAST, MOST = -1.5, 1.5
LOW, HIGH = 0.05, 0.95


@dataclass(frozen=True, slots=True)
class Calibration:
    """How much to widen the next forecast; `log_width` 0 leaves it as it is."""

    log_width: float = 0.0

    @property
    def widening(self) -> float:
        """Factor for `forecast(widening=..)`."""
        return exp(self.log_width)

    def learned(self, quantiles: dict[float, float], wanted: float) -> "Calibration":
        """After the units really wanted are known: a miss widens, a hit narrows nine times less."""
        missed = not quantiles[LOW] <= wanted <= quantiles[HIGH]
        moved = self.log_width + GAMMA * (missed - (1 - (HIGH - LOW)))
        return Calibration(min(max(moved, LEAST), MOST))
