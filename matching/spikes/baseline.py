"""What a series usually sells: a level that forgets slowly, times a factor for the slot of the season."""

from typing import NamedTuple

import numpy as np

from matching.spikes.settings import Settings
from matching.spikes.state import Floats, State

ANY_COUNT = np.float32(1e12)
LEAST_ROUGH, MOST_ROUGH = 0.02, 2.0
LEAST_LEVEL, LEAST_EXPECTED, LEAST_FACTOR = 0.05, 0.02, 0.2
SEASON_MEMORY, SEASON_PRIOR = 8.0, 8.0
"""A season's factor remembers this many seasons, and starts as if this many units had come at factor 1."""
WILD = 4.0
"""Counts further than this many standard deviations above what was expected are trimmed before learning."""


class Baseline(NamedTuple):
    """What to expect of this step: the mean, and the size of the negative binomial around it."""

    expected: Floats
    size: Floats


def baseline(state: State, settings: Settings) -> Baseline:
    """The expectation; its size is smaller, so its spread larger, the less was seen of a series."""
    level = np.maximum(state.level, LEAST_LEVEL)
    factor = state.season[_slot(state.cursor, settings)].astype(np.float32)
    seen = level * np.minimum(_known(state, settings), settings.memory)
    size = np.asarray(1 / (_rough(state, level, settings) + 1 / (0.5 + seen)), np.float32)
    return Baseline(np.maximum(level * factor, LEAST_EXPECTED), size)


def _rough(state: State, level: Floats, settings: Settings) -> Floats:
    """Variance beyond Poisson as a share of the squared mean: what was seen, shrunk towards the usual."""
    steps = np.minimum(_known(state, settings), settings.memory)
    seen, known = steps * state.excess, steps * level * level / (2 + 1 / level)
    prior = settings.doubt * settings.roughness
    return np.asarray(np.clip((prior + seen) / (settings.doubt + known), LEAST_ROUGH, MOST_ROUGH), np.float32)


def remember(state: State, count: Floats, settings: Settings) -> Floats:
    """Put a count among the recent ones; the count of `lag` steps ago, whose place it takes."""
    row = state.cursor % settings.lag
    old: Floats = np.square(state.recent[row].astype(np.float32))
    state.recent[row] = np.sqrt(count)
    return old


def recent(state: State, back: int, settings: Settings) -> Floats:
    """The square root of the count of `back` steps ago."""
    root: Floats = state.recent[(state.cursor - back) % settings.lag].astype(np.float32)
    return root


def learn(state: State, old: Floats, settings: Settings) -> None:
    """Learn the count of `lag` steps ago, trimmed where wild."""
    if state.cursor < settings.lag:
        return
    slot, known = _slot(state.cursor - settings.lag, settings), _known(state, settings)
    usable = state.steps >= settings.lag
    factor, level = state.season[slot].astype(np.float32), np.maximum(state.level, LEAST_LEVEL)
    expected = level * factor
    rough = _rough(state, level, settings)
    spread = np.sqrt(expected + expected * expected * rough)
    young = known < 2 * settings.season * settings.season_shift
    old = np.minimum(old, expected + WILD * spread + 1 + young * ANY_COUNT)
    beyond = (np.square(old - expected) - expected) / (2 + 1 / expected)
    rate = usable / (SEASON_MEMORY * settings.season_shift + SEASON_PRIOR / level)
    state.season[slot] = factor + rate * np.clip(old / level - factor, -1, 3)
    pace = usable / np.minimum(known + 2, settings.memory)
    state.excess += pace * (beyond - state.excess)
    state.level += pace * (old / np.maximum(factor, LEAST_FACTOR) - state.level)


def _known(state: State, settings: Settings) -> Floats:
    """How many steps were learned."""
    return np.maximum(state.steps.astype(np.float32) - settings.lag, 0)


def _slot(cursor: int, settings: Settings) -> int:
    return cursor // settings.season_shift % settings.season
