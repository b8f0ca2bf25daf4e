"""What a series usually sells: a level that forgets slowly, times a factor for the slot of the season."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.spikes.settings import Settings
from matching.spikes.state import Floats, State, narrowed, widened

ANY_COUNT = np.float32(1e12)
LEAST_ROUGH, MOST_ROUGH, LEAST_KNOWN = 0.02, 2.0, np.float32(1e-9)
NONE, FARTHEST = np.zeros(1, np.bool_), 1e6
LEAST_LEVEL, LEAST_EXPECTED, LEAST_FACTOR = 0.05, 0.02, 0.2
SEASON_MEMORY, SEASON_PRIOR = 8.0, 8.0
"""A season's factor remembers this many seasons, and starts as if this many units had come at factor 1."""
WILD = 4.0
"""Counts further than this many standard deviations above what was expected are trimmed before learning."""


FAR_BEYOND = 1.5
"""A series is wild when it seems to vary so many times as much as it is believed to."""


class Baseline(NamedTuple):
    """What to expect of this step: the mean, the size of the negative binomial around it, and where not even
    that is to be trusted; and what that rests on: the level, its roughness, and how many steps were learned."""

    expected: Floats
    size: Floats
    wild: NDArray[np.bool_]
    level: Floats
    rough: Floats
    known: Floats


def baseline(state: State, settings: Settings) -> Baseline:
    """The expectation; its size is smaller, so its spread larger, the less was seen of a series."""
    level, known = np.maximum(state.level, LEAST_LEVEL), _known(state, settings)
    weight = np.minimum(known, settings.memory)
    seen = level * weight
    # variance beyond Poisson that was seen, and how much of it would make a share of one; both weighted
    variance = weight * state.excess, np.asarray(seen * level / (2 + 1 / level), np.float32)
    rough = _rough(*variance, settings)
    size = np.asarray(1 / (rough + 1 / (0.5 + seen)), np.float32)
    wild = _wild(*variance, rough, settings) if settings.wild else NONE
    factor = widened(state.season[_slot(state.cursor, settings)])
    return Baseline(np.maximum(level * factor, LEAST_EXPECTED), size, wild, level, rough, known)


def _rough(seen: Floats, known: Floats, settings: Settings) -> Floats:
    """Variance beyond Poisson as a share of the squared mean: what was seen, shrunk towards the usual."""
    prior = settings.doubt * settings.roughness
    return np.asarray(np.clip((prior + seen) / (settings.doubt + known), LEAST_ROUGH, MOST_ROUGH), np.float32)


def _wild(seen: Floats, known: Floats, rough: Floats, settings: Settings) -> NDArray[np.bool_]:
    """Where it seems far rougher to one whom what lies far from the usual convinces sooner (a heavier-tailed prior)."""
    # what seems lies between the usual and seen / known: where that is no more than allowed, neither is this
    wild: NDArray[np.bool_] = seen > settings.wild * known
    some = np.flatnonzero(wild)
    seen, known, rough = seen[some], known[some], rough[some]
    far = np.clip(seen - settings.roughness * known, 0, FARTHEST)
    doubt = settings.doubt / (1 + far * far / (known + LEAST_KNOWN))
    seeming = (doubt * settings.roughness + seen) / (doubt + known)
    wild[some] = (seeming > FAR_BEYOND * rough) & (seeming > settings.wild)
    return wild


def remember(state: State, root: Floats, settings: Settings) -> Floats:
    """Put a count's root among the recent ones; the count of `lag` steps ago, whose place it takes."""
    row = state.cursor % settings.lag
    old: Floats = np.square(widened(state.recent[row]))
    state.recent[row] = narrowed(root)
    return old


def recent(state: State, back: int, settings: Settings) -> Floats:
    """The square root of the count of `back` steps ago."""
    return widened(state.recent[(state.cursor - back) % settings.lag])


def learn(state: State, usual: Baseline, old: Floats, settings: Settings) -> None:
    """Learn the count of `lag` steps ago, trimmed where wild."""
    if state.cursor < settings.lag:
        return
    slot, level = _slot(state.cursor - settings.lag, settings), usual.level
    usable = ((state.steps >= settings.lag) & ~_held(state, settings)).astype(np.float32)
    factor = widened(state.season[slot])
    expected = level * factor
    spread = np.sqrt(expected + expected * expected * usual.rough)
    most = expected + WILD * spread + 1
    most[usual.known < 2 * settings.season * settings.season_shift] = ANY_COUNT
    old = np.minimum(old, most)
    beyond = (np.square(old - expected) - expected) / (2 + 1 / expected)
    rate = usable / (SEASON_MEMORY * settings.season_shift + SEASON_PRIOR / level)
    state.season[slot] = narrowed(factor + rate * np.clip(old / level - factor, -1, 3))
    pace = usable / np.minimum(usual.known + 2, settings.memory)
    state.excess += pace * (beyond - state.excess)
    state.level += pace * (old / np.maximum(factor, LEAST_FACTOR) - state.level)


def _held(state: State, settings: Settings) -> NDArray[np.bool_]:
    """Whether the step of `lag` ago is one of a surge, so that a second one stands out against what was before it.

    A surge that goes on for longer than `hold` steps becomes what is usual."""
    is_under = state.calm < settings.lag
    held: NDArray[np.bool_] = is_under & (state.held < settings.hold)
    state.held += held.view(np.uint8)
    state.held -= (~is_under & (state.held > 0)).view(np.uint8)
    return held


def _known(state: State, settings: Settings) -> Floats:
    """How many steps were learned."""
    return np.maximum(state.steps.astype(np.float32) - settings.lag, 0)


def _slot(cursor: int, settings: Settings) -> int:
    return cursor // settings.season_shift % settings.season
