"""What a series usually sells: a level that forgets slowly, times a factor for the slot of the season."""

from typing import NamedTuple

import numpy as np

from matching.spikes.settings import Settings
from matching.spikes.state import Floats, State

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
    size = np.asarray(1 / (1 / settings.roughness + 1 / (0.5 + seen)), np.float32)
    return Baseline(np.maximum(level * factor, LEAST_EXPECTED), size)


def learn(state: State, count: Floats, expected: Floats, settings: Settings) -> None:
    """Learn the count of `lag` steps ago, and put this one in its place."""
    row = state.cursor % settings.lag
    if state.cursor >= settings.lag:
        _learn(state, np.square(state.recent[row].astype(np.float32)), settings)
    spread = np.sqrt(expected + expected * expected / settings.roughness)
    seasoned = _known(state, settings) >= 2 * settings.season * settings.season_shift
    state.recent[row] = np.sqrt(np.where(seasoned, np.minimum(count, expected + WILD * spread + 1), count))


def _learn(state: State, old: Floats, settings: Settings) -> None:
    slot, usable = _slot(state.cursor - settings.lag, settings), state.steps >= settings.lag
    factor, level = state.season[slot].astype(np.float32), np.maximum(state.level, LEAST_LEVEL)
    rate = usable / (SEASON_MEMORY * settings.season_shift + SEASON_PRIOR / level)
    state.season[slot] = factor + rate * np.clip(old / level - factor, -1, 3)
    pace = usable / np.minimum(_known(state, settings) + 2, settings.memory)
    state.level += pace * (old / np.maximum(factor, LEAST_FACTOR) - state.level)


def _known(state: State, settings: Settings) -> Floats:
    """How many steps were learned."""
    return np.maximum(state.steps.astype(np.float32) - settings.lag, 0)


def _slot(cursor: int, settings: Settings) -> int:
    return cursor // settings.season_shift % settings.season
