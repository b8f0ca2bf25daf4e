"""One step of the detector for all series at once.

This and what it calls is written for speed: some ten thousand series at a time, which stay in the cache; in
place where nobody needs a value any more, since a fresh array for the sum of two others costs twice as much
(it rarely begins where a line of the cache does); `clip` with one bound where `minimum` with one number takes
half as long again; flags as bytes.
"""

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
CHUNK = 49152
"""Series worked on at a time: few enough for the cache, so many that the calls themselves weigh little."""
PRECISE = np.float32(1e5)
"""Surprise at higher counts is that of their ratio: it is the same, and a difference of large numbers is not."""

WILD_SHARE = 0.89
"""Share of the cap where a series is wild, such that two steps, however high, never fire."""
ALONE_SHARE = 0.55
"""Share of the cap for a step far above the one before."""
MANY = np.float32(10)
Codes = NDArray[np.uint8]


class Fired(NamedTuple):
    """Why series fire: which do, in their order, the expected count of each, its strength by window, a row each."""

    rows: NDArray[np.intp]
    expected: Floats
    by_window: Floats

    @classmethod
    def joined(cls, parts: list[Self], settings: Settings) -> Self:
        """All that fire, from those of each part."""
        none = np.empty(0, np.intp), np.empty(0, np.float32), np.empty((len(settings.windows), 0), np.float32)
        return cls(*(np.concatenate(columns, axis=-1) for columns in zip(none, *parts, strict=True)))


class Reading(NamedTuple):
    """What one step says of each series: strength and level; and why, of those that fire."""

    strengths: Floats
    levels: Codes
    fired: Fired


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
    strengths, levels = np.empty(len(state), np.float32), np.empty(len(state), np.uint8)
    fired: list[Fired] = []
    for at in range(0, len(state), CHUNK):
        part = slice(at, at + CHUNK)
        of_part = _read(state.part(part), today.part(part), settings, strengths[part], levels[part])
        fired.append(of_part._replace(rows=at + of_part.rows))
    state.cursor += 1
    return Reading(strengths, levels, Fired.joined(fired, settings))


def _read(state: State, today: Counts, settings: Settings, strengths: Floats, levels: Codes) -> Fired:
    """Put the strength and level of each series where they belong; why those fire that do."""
    most = crowd(state, today, settings)
    learn_crowding(state, today, most, settings)
    usual, count = baseline(state, settings), believed(today, most)
    root, before = np.sqrt(count), recent(state, 1, settings)
    old = remember(state, root, settings)
    codes = _codes(_surprise(count, usual, settings), usual, settings)
    state.surprise[state.cursor % settings.longest] = codes
    _forget_one_day_wonders(state, before, root, settings)
    by_window = _by_window(state, _for_now(codes, before, root, settings), settings)
    by_window.max(0, out=strengths)
    if settings.evenness:
        strong = np.flatnonzero(strengths >= settings.watch)
        by_window[:, strong] *= uneven(state.part(strong), settings)
        strengths[strong] = by_window[:, strong].max(0)
    young = state.steps < settings.warm_up
    strengths[young] = 0
    fires = (strengths >= settings.watch) & (codes >= _code(settings.going_on))
    confirms = fires & wager(state.wealth, count, usual.expected, young, settings)
    np.add(fires.view(np.uint8), confirms.view(np.uint8), out=levels)
    rows = np.flatnonzero(fires)
    state.calm += (state.calm < LONG_AGO).view(np.uint8)
    state.calm[rows] = 0
    learn(state, usual, old, settings)
    # the largest stays: one more is 0
    np.maximum(state.steps, state.steps + np.uint16(1), out=state.steps)
    return Fired(rows, usual.expected[rows], by_window[:, rows])


def _code(surprise: float) -> np.uint8:
    return np.uint8(round(surprise * CODES_A_UNIT))


def _codes(surprise: Floats, usual: Baseline, settings: Settings) -> Codes:
    """Surprise as it is kept and summed: in whole codes, with a cap that is lower where a series is wild."""
    capped = surprise.clip(0, settings.cap)
    capped *= CODES_A_UNIT
    codes: Codes = np.rint(capped, out=capped).astype(np.uint8)
    if usual.wild is None:
        return codes
    return _capped(codes, usual.wild, _code(WILD_SHARE * settings.cap), settings)


def _capped(codes: Codes, lower: NDArray[np.bool_], most: np.uint8, settings: Settings) -> Codes:
    """Codes, of no more than that where they are to be lower. In bytes: `np.where` takes a branch for each series."""
    cap = _code(settings.cap)
    capped: Codes = np.minimum(codes, cap - lower.view(np.uint8) * (cap - most))
    return capped


def _surprise(count: Floats, usual: Baseline, settings: Settings) -> Floats:
    """Log-likelihood ratio of a negative binomial's mean above the bar; else 0.

    That is most * (log(most / bar) - shared) - size * shared."""
    bar, size = _bar(usual.expected, settings), usual.size
    most = np.maximum(count, bar)
    if most.max(initial=0) > PRECISE:
        scale = PRECISE / np.maximum(most, PRECISE)
        most *= scale
        bar *= scale
    shared = most + size
    shared /= bar + size
    np.log(shared, out=shared)
    ratio: Floats = np.divide(most, bar)
    np.log(ratio, out=ratio)
    ratio -= shared
    ratio *= most
    shared *= size
    ratio -= shared
    return ratio


def _bar(expected: Floats, settings: Settings) -> Floats:
    """What is no surprise yet. Much that is sold drifts by more than its chance, so it has to rise by more."""
    if not settings.many:
        return expected * settings.lift
    lift = expected * settings.many
    lift /= expected + MANY
    lift += settings.lift
    lift *= expected
    return lift


def _for_now(codes: Codes, before: Floats, root: Floats, settings: Settings) -> Codes:
    """This step's surprise, in part where it stands alone above the one before: the next will show whether it lasts.

    `before` and `root` are the square roots of the last step's count and of this one's."""
    if not settings.jump:
        return codes
    above = root * np.float32(0.5)
    above -= before
    most = np.uint8(ALONE_SHARE * settings.cap * CODES_A_UNIT)
    return _capped(codes, above > settings.jump, most, settings)


def _forget_one_day_wonders(state: State, before: Floats, root: Floats, settings: Settings) -> None:
    """Take the last step's surprise back where not even half of its demand can have lasted until this one."""
    lost = before * np.float32(0.5**0.5)
    lost -= root
    state.surprise[(state.cursor - 1) % settings.longest] *= (lost < settings.collapse).view(np.uint8)


def _by_window(state: State, today: Codes, settings: Settings) -> Floats:
    """Strength by window, a row each: the sum of its steps' surprise over the root of its length."""
    by_window = np.empty((len(settings.windows), len(today)), np.float32)
    total, latest = today.astype(np.uint16), state.cursor - 1
    for length, strength in zip(settings.windows, by_window, strict=True):
        while latest > state.cursor - length:
            total += state.surprise[latest % settings.longest]
            latest -= 1
        np.multiply(total, np.float32(1 / (CODES_A_UNIT * length**0.5)), out=strength)
    return by_window
