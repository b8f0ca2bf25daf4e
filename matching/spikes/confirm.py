"""The confirmed level: a Shiryaev-Roberts e-detector, whose mean time to a false alarm has a proven bound.

Null hypothesis: at each step the mean count, given the past, is at most (1 + slack) times what is expected.
Then 1 + bet * (min(count, stake * that) / that - 1) has mean at most 1 whatever the distribution, and
wealth = (wealth + 1) * it reaches `run_length` after at least `run_length` steps on average.
Sources: Shin, Ramdas, Rinaldo, "E-detectors: a nonparametric framework for sequential change
detection" (2023); Waudby-Smith, Ramdas, "Estimating means of bounded random variables by betting" (2024).
"""

import numpy as np
from numpy.typing import NDArray

from matching.spikes.settings import Settings
from matching.spikes.state import Floats

HALF_A_BUYER = 0.25
MOST_WEALTH = 1e9


def wager(
    wealth: Floats, count: Floats, expected: Floats, young: NDArray[np.bool_], settings: Settings
) -> NDArray[np.bool_]:
    """Update the wealth in place; where it has reached the run length."""
    allowed = (1 + settings.slack) * expected
    allowed += HALF_A_BUYER
    gain = (count / allowed).clip(0, settings.stake)
    gain *= settings.bet
    gain += 1 - settings.bet
    wealth += 1
    wealth *= gain
    wealth.clip(0, MOST_WEALTH, out=wealth)
    wealth[young] = 0
    return wealth >= settings.run_length
