"""One step of the detector for all series at once."""

from typing import NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from matching.spikes.baseline import Baseline, baseline, learn, recent, remember
from matching.spikes.confirm import wager
from matching.spikes.counts import Counts, believed, crowd, learn_crowding
from matching.spikes.evenness import uneven
from matching.spikes.settings import CODES_A_UNIT, DEFAULTS, Settings
from matching.spikes.state import LONG_AGO, Floats, State

QUIET, WATCH, CONFIRMED = 0, 1, 2
CHUNK = 32768
"""Series worked on at a time: few enough for the cache, so many that the calls themselves weigh little."""
MOST_STEPS = np.uint16(65535)
PRECISE = np.float32(1e5)
"""Surprise at higher counts is that of their ratio: it is the same, and a difference of large numbers is not."""

WILD_SHARE = 0.89
"""Share of the cap where a series is wild, such that two steps, however high, never fire."""
ALONE_SHARE = 0.55
"""Share of the cap for a step far above the one before."""
MANY = np.float32(10)
Codes = NDArray[np.uint8]


class Reading(NamedTuple):
    """What one step says of each series: strength, level, expected count; strength by window, a row each."""

    strengths: Floats
    levels: NDArray[np.uint8]
    expected: Floats
    by_window: Floats

    @classmethod
    def empty(cls, series: int, settings: Settings) -> Self:
        """Room for what is to be said of so many series."""
        strengths, expected = np.empty((2, series), np.float32)
        by_window = np.empty((len(settings.windows), series), np.float32)
        return cls(strengths, np.empty(series, np.uint8), expected, by_window)

    def part(self, chosen: slice) -> "Reading":
        """A view of what is said of some series."""
        strengths, levels, expected, by_window = (column[..., chosen] for column in self)
        return Reading(strengths, levels, expected, by_window)  # type: ignore[arg-type]


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
    reading = Reading.empty(len(state), settings)
    for at in range(0, len(state), CHUNK):
        part = slice(at, at + CHUNK)
        _read(state.part(part), today.part(part), settings, reading.part(part))
    state.cursor += 1
    return reading


def _read(state: State, today: Counts, settings: Settings, reading: Reading) -> None:
    usual, most = baseline(state, settings), crowd(state, today, settings)
    count = believed(today, most)
    root, before = np.sqrt(count), recent(state, 1, settings)
    old = remember(state, root, settings)
    codes = _codes(_surprise(count, usual, settings), usual, settings)
    state.surprise[state.cursor % settings.longest] = codes
    _forget_one_day_wonders(state, before, root, settings)
    _sum(state, _for_now(codes, before, root, settings), settings, reading.by_window)
    if settings.evenness:
        strong = np.flatnonzero(reading.by_window.max(0) >= settings.watch)
        reading.by_window[:, strong] *= uneven(state.part(strong), settings)
    ready = state.steps >= settings.warm_up
    np.multiply(reading.by_window.max(0), ready, out=reading.strengths)
    fires = ready & (reading.strengths >= settings.watch) & (codes >= _code(settings.going_on))
    confirms = fires & wager(state.wealth, count, usual.expected, ready, settings)
    np.add(fires, confirms, out=reading.levels, dtype=np.uint8)
    reading.expected[:] = usual.expected
    state.calm += (state.calm < LONG_AGO).view(np.uint8)
    state.calm[fires] = 0
    learn(state, usual, old, settings)
    learn_crowding(state, today, most, settings)
    state.steps += state.steps < MOST_STEPS


def _code(surprise: float) -> np.uint8:
    return np.uint8(round(surprise * CODES_A_UNIT))


def _codes(surprise: Floats, usual: Baseline, settings: Settings) -> Codes:
    """Surprise as it is kept and summed: in whole codes, with a cap that is lower where a series is wild."""
    most = _code(settings.cap)
    codes: Codes = np.rint(np.minimum(surprise, settings.cap) * CODES_A_UNIT).astype(np.uint8)
    lower = most - _code(WILD_SHARE * settings.cap)
    capped: Codes = np.minimum(codes, most - usual.wild.view(np.uint8) * lower)
    return capped


def _surprise(count: Floats, usual: Baseline, settings: Settings) -> Floats:
    """Log-likelihood ratio of a negative binomial's mean above the bar; else 0."""
    bar, size = _bar(usual.expected, settings), usual.size
    most = np.maximum(count, bar)
    if most.max(initial=0) > PRECISE:
        scale = PRECISE / np.maximum(most, PRECISE)
        most, bar = np.asarray(most * scale, np.float32), np.asarray(bar * scale, np.float32)
    shared = np.log((most + size) / (bar + size))
    ratio: Floats = most * (np.log(most / bar) - shared) - size * shared
    return ratio


def _bar(expected: Floats, settings: Settings) -> Floats:
    """What is no surprise yet. Much that is sold drifts by more than its chance, so it has to rise by more."""
    return np.asarray(expected * (settings.lift + settings.many * expected / (expected + MANY)), np.float32)


def _for_now(codes: Codes, before: Floats, root: Floats, settings: Settings) -> Codes:
    """This step's surprise, in part where it stands alone above the one before: the next will show whether it lasts.

    `before` and `root` are the square roots of the last step's count and of this one's."""
    if not settings.jump:
        return codes
    alone = root * np.float32(0.5) - before > settings.jump
    most = np.uint8(ALONE_SHARE * settings.cap * CODES_A_UNIT)
    return codes - alone.view(np.uint8) * (codes - np.minimum(codes, most))


def _forget_one_day_wonders(state: State, before: Floats, root: Floats, settings: Settings) -> None:
    """Take the last step's surprise back where not even half of its demand can have lasted until this one."""
    lost = before * np.float32(0.5**0.5) - root
    state.surprise[(state.cursor - 1) % settings.longest] *= (lost < settings.collapse).view(np.uint8)


def _sum(state: State, today: Codes, settings: Settings, by_window: Floats) -> None:
    """Strength by window, a row each: the sum of its steps' surprise over the root of its length."""
    total, latest = today.astype(np.uint16), state.cursor - 1
    for length, strength in zip(settings.windows, by_window, strict=True):
        while latest > state.cursor - length:
            total += state.surprise[latest % settings.longest]
            latest -= 1
        np.multiply(total, np.float32(1 / (CODES_A_UNIT * length**0.5)), out=strength)
