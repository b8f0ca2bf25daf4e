"""One step of the detector for all series at once."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from matching.spikes.baseline import Baseline, baseline, learn, recent, remember
from matching.spikes.confirm import wager
from matching.spikes.counts import Counts, believed, learn_crowding
from matching.spikes.evenness import uneven
from matching.spikes.settings import CODES_A_UNIT, DEFAULTS, Settings
from matching.spikes.state import Floats, State

QUIET, WATCH, CONFIRMED = 0, 1, 2
CHUNK = 8192
"""Series worked on at a time, so that the working set stays in the cache."""
MOST_STEPS = np.uint16(65535)
PRECISE = np.float32(1e5)
"""Surprise at higher counts is that of their ratio: it is the same, and a difference of large numbers is not."""


class Reading(NamedTuple):
    """What one step says of each series: strength, level, expected count; strength by window, a row each."""

    strengths: Floats
    levels: NDArray[np.uint8]
    expected: Floats
    by_window: Floats


def step(
    state: State,
    units: ArrayLike,
    buyers: ArrayLike | None = None,
    new_buyers: ArrayLike | None = None,
    settings: Settings = DEFAULTS,
) -> tuple[Floats, NDArray[np.uint8]]:
    """Take one step's counts of all series into the state; the strength and level (0 is quiet) of each."""
    reading = read(state, Counts.of(units, buyers, new_buyers), settings)
    return reading.strengths, reading.levels


def read(state: State, today: Counts, settings: Settings = DEFAULTS) -> Reading:
    """Like `step`, with what explains the strength. ValueError when the counts given change between steps."""
    if state.basis not in {None, today.basis}:
        raise ValueError(f"this state watches {state.basis}, not {today.basis}")
    state.basis = today.basis
    settings = settings.knowing(today.basis)
    parts = [slice(at, at + CHUNK) for at in range(0, max(1, len(state)), CHUNK)]
    readings = [_read(state.part(part), today.part(part), settings) for part in parts]
    state.cursor += 1
    strengths, levels, expected, by_window = zip(*readings, strict=True)
    join = np.concatenate
    return Reading(join(strengths), join(levels), join(expected), join(by_window, axis=1))


def _read(state: State, today: Counts, settings: Settings) -> Reading:
    usual, count = baseline(state, settings), believed(state, today, settings)
    old = remember(state, count, settings)
    surprise = np.minimum(_surprise(count, usual, settings), settings.cap)
    state.surprise[state.cursor % settings.longest] = np.rint(surprise * CODES_A_UNIT)
    _forget_one_day_wonders(state, count, settings)
    by_window = _sums(state, settings)
    if settings.evenness:
        strong = np.flatnonzero(by_window.max(0) >= settings.watch)
        by_window[:, strong] *= uneven(state.part(strong), settings)
    ready = state.steps >= settings.warm_up
    strengths: Floats = by_window.max(0) * ready
    fires = ready & (strengths >= settings.watch)
    levels = fires.astype(np.uint8) + (fires & wager(state.wealth, count, usual.expected, ready, settings))
    learn(state, old, settings)
    learn_crowding(state, today, settings)
    state.steps += state.steps < MOST_STEPS
    return Reading(strengths, levels, usual.expected, by_window)


def _surprise(count: Floats, usual: Baseline, settings: Settings) -> Floats:
    """Log-likelihood ratio of a negative binomial's mean above `lift` times the expected one; else 0."""
    bar, size = settings.lift * usual.expected, usual.size
    most = np.maximum(count, bar)
    if most.max(initial=0) > PRECISE:
        scale = PRECISE / np.maximum(most, PRECISE)
        most, bar = most * scale, bar * scale
    shared = np.log((most + size) / (bar + size))
    ratio: Floats = most * (np.log(most / bar) - shared) - size * shared
    return ratio


def _forget_one_day_wonders(state: State, count: Floats, settings: Settings) -> None:
    """Take the last step's surprise back where not even half of its demand can have lasted until this one."""
    lost = recent(state, 1, settings) * np.float32(0.5**0.5) - np.sqrt(count)
    state.surprise[(state.cursor - 1) % settings.longest] *= lost < settings.collapse


def _sums(state: State, settings: Settings) -> Floats:
    """Strength by window, a row each: the sum of its steps' surprise over the root of its length."""
    total, latest, sums = np.zeros(len(state), np.uint16), state.cursor, []
    for length in settings.windows:
        while latest > state.cursor - length:
            total += state.surprise[latest % settings.longest]
            latest -= 1
        sums.append(total / np.float32(CODES_A_UNIT * length**0.5))
    return np.array(sums, np.float32)
