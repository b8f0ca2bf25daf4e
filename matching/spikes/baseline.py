"""What a series usually sells: a level that forgets slowly, times a factor for the slot of the season."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.spikes.settings import Settings
from matching.spikes.state import Floats, State, approach, narrowed, widened

ANY_COUNT = np.float32(1e12)
LEAST_ROUGH, MOST_ROUGH, LEAST_KNOWN = 0.02, 2.0, np.float32(1e-9)
FARTHEST = 1e6
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
    wild: NDArray[np.bool_] | None
    level: Floats
    rough: Floats
    known: Floats


def baseline(state: State, settings: Settings) -> Baseline:
    """The expectation; its size is smaller, so its spread larger, the less was seen of a series."""
    level, known = state.level.clip(LEAST_LEVEL, np.inf), _known(state, settings)
    seen = level * known
    # variance beyond Poisson that was seen, and how much of it would make a share of one; both weighted
    beyond, full = known * state.excess, seen * level
    full /= 2 + 1 / level
    rough = _rough(beyond, full, settings)
    wild = _wild(beyond, full, rough, settings) if settings.wild else None
    seen += 0.5
    size: Floats = np.reciprocal(seen)
    size += rough
    np.reciprocal(size, out=size)
    expected = widened(state.season[_slot(state.cursor, settings)])
    expected *= level
    return Baseline(expected.clip(LEAST_EXPECTED, np.inf), size, wild, level, rough, known)


def _rough(seen: Floats, known: Floats, settings: Settings) -> Floats:
    """Variance beyond Poisson as a share of the squared mean: what was seen, shrunk towards the usual."""
    prior = settings.doubt * settings.roughness
    rough = prior + seen
    rough /= settings.doubt + known
    return rough.clip(LEAST_ROUGH, MOST_ROUGH)


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
    old = np.minimum(old, _trim(expected, usual, settings))
    state.season[slot] = narrowed(_seasonal(old, factor, level, usable, settings))
    pace = usable / (usual.known + 2).clip(1, settings.memory)
    approach(state.excess, _beyond(old, expected), pace)
    approach(state.level, old / factor.clip(LEAST_FACTOR, np.inf), pace)


def _trim(expected: Floats, usual: Baseline, settings: Settings) -> Floats:
    """The highest count that is believed; any is before two seasons were seen."""
    most = expected * expected
    most *= usual.rough
    most += expected
    np.sqrt(most, out=most)
    most *= WILD
    most += expected
    most += 1
    most[usual.known < 2 * settings.season * settings.season_shift] = ANY_COUNT
    return most


def _beyond(count: Floats, expected: Floats) -> Floats:
    """Variance beyond Poisson that a count shows, weighted as `Baseline` has it."""
    beyond: Floats = count - expected
    beyond *= beyond
    beyond -= expected
    beyond /= 2 + 1 / expected
    return beyond


def _seasonal(count: Floats, factor: Floats, level: Floats, usable: Floats, settings: Settings) -> Floats:
    """A season's factor after a count of its slot."""
    rate = SEASON_PRIOR / level
    rate += SEASON_MEMORY * settings.season_shift
    change: Floats = count / level
    change -= factor
    change.clip(-1, 3, out=change)
    change *= np.divide(usable, rate, out=rate)
    change += factor
    return change


def _held(state: State, settings: Settings) -> NDArray[np.bool_]:
    """Whether the step of `lag` ago is one of a surge, so that a second one stands out against what was before it.

    A surge that goes on for longer than `hold` steps becomes what is usual."""
    is_under = state.calm < settings.lag
    held: NDArray[np.bool_] = is_under & (state.held < settings.hold)
    state.held += held.view(np.uint8)
    state.held -= (~is_under & (state.held > 0)).view(np.uint8)
    return held


def _known(state: State, settings: Settings) -> Floats:
    """How many steps were learned and are remembered."""
    known = state.steps.astype(np.float32)
    known -= settings.lag
    return known.clip(0, settings.memory, out=known)


def _slot(cursor: int, settings: Settings) -> int:
    return cursor // settings.season_shift % settings.season
