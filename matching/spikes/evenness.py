"""Orders that are too even to come from a crowd.

People who buy independently of each other vary at least as a Poisson count does, whose square root has
variance 1/4 at any mean. A machine that orders the same every day varies less.
"""

import numpy as np
from numpy.typing import NDArray

from matching.spikes.baseline import recent
from matching.spikes.settings import CODES_A_UNIT, Settings
from matching.spikes.state import Floats, State

POISSON = 0.25
LEAST_STEPS = 3
"""A variance needs this many raised steps; fewer are not believed to be a crowd."""
RAISED = 0.5
"""A step is raised when its surprise reaches this share of the cap.."""
COMPARABLE = 0.5
"""..and the square root of its count this share of the highest in the window."""


def uneven(state: State, settings: Settings) -> NDArray[np.bool_]:
    """By window, a row each: whether its raised steps are enough and vary as much as a crowd's."""
    raised = np.array([_raised(state, back, settings) for back in range(settings.longest)])
    return np.array([_varies(raised[:length], settings) for length in settings.windows])


def _raised(state: State, back: int, settings: Settings) -> Floats:
    """The square root of the count of `back` steps ago, 0 where that step was not raised."""
    least = settings.cap * CODES_A_UNIT * RAISED
    codes = state.surprise[(state.cursor - back) % settings.longest]
    root: Floats = recent(state, back, settings) * (codes >= least)
    return root


def _varies(roots: Floats, settings: Settings) -> NDArray[np.bool_]:
    counted = roots * (roots >= np.float32(COMPARABLE) * roots.max(axis=0))
    number = (counted > 0).sum(axis=0, dtype=np.float32)
    mean = counted.sum(axis=0) / np.maximum(number, 1)
    variance = np.square((counted - mean) * (counted > 0)).sum(axis=0) / np.maximum(number - 1, 1)
    return np.asarray((number >= LEAST_STEPS) & (variance >= POISSON * settings.evenness))
