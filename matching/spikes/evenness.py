"""Orders that are too even to come from a crowd.

People who buy independently of each other vary at least as a Poisson count does, whose square root has
variance 1/4 at any mean. A machine that orders the same every day varies less.
"""

import numpy as np
from numpy.typing import NDArray

from matching.spikes.baseline import recent
from matching.spikes.settings import CODES_A_UNIT, Settings
from matching.spikes.state import State

POISSON = 0.25
LEAST_STEPS = 3
"""A variance needs this many raised steps; fewer are not believed to be a crowd."""
RAISED = 0.5
"""A step is raised when its surprise reaches this share of the cap."""


def uneven(state: State, settings: Settings) -> NDArray[np.bool_]:
    """By window, a row each: whether its raised steps are enough and vary as much as a crowd's."""
    least = settings.cap * CODES_A_UNIT * RAISED
    number, total, squares = np.zeros((3, len(state)), np.float32)
    rows, back = [], 0
    for length in settings.windows:
        while back < length:
            root = recent(state, back, settings)
            raised = state.surprise[(state.cursor - back) % settings.longest] >= least
            number += raised
            total += raised * root
            squares += raised * root * root
            back += 1
        variance = (squares - total * total / np.maximum(number, 1)) / np.maximum(number - 1, 1)
        rows.append((number >= LEAST_STEPS) & (variance >= POISSON * settings.evenness))
    return np.array(rows)
