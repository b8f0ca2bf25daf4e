"""Surges to learn from and to judge by: public bursts, changed at random, and surges of real products.

Bursts of the public file all peak at the same hour, so their phase, pace, height, noise, rhythm, second waves
and the days before are drawn at random.
"""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.demand import ALIVE

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "spikes"
Table = NDArray[np.float64]
Random = np.random.Generator
DRAWS = 20
"""Times that each natural surge is seen from another day on, for another horizon."""


class Case(NamedTuple):
    """What was seen, what followed, what was usual (None: taken off), and for how many steps the trend then lived."""

    seen: Table
    later: Table
    baseline: float | None
    alive: Table | None = None
    by_day: bool = True


def beyond(made: Case) -> Case:
    """The same surge, only what lies beyond the usual."""
    usual = made.baseline or 0.0
    return made._replace(
        seen=np.maximum(made.seen - usual, 0), later=np.maximum(made.later - usual, 0), baseline=None
    )


def shapes() -> Table:
    """Hourly bursts, as they were counted; those that never pass 5 are left out."""
    table = import_module("pandas").read_parquet(DATA / "meme_bursts_hourly.parquet")
    hours = table[[name for name in table if name[0] == "h"]].to_numpy(float)
    return np.asarray(hours[hours.max(1) > 5])


def sales() -> tuple[Table, ...]:
    """Units and buyers of each product, a column a day."""
    table = import_module("pandas").read_parquet(DATA / "grocery_daily_pub.parquet")
    table = table.sort_values(["series", "date"], kind="stable")
    return tuple(table[name].to_numpy(float).reshape(-1, 365) for name in ("units", "buyers"))


def stretched(shape: Table, step: float, phase: float, steps: int) -> Table:
    """The mean of an hourly shape over steps of `step` hours from `phase` on; 0 after its end."""
    sums = np.concatenate([[0.0], np.cumsum(shape)])
    at = np.interp(phase + np.arange(steps + 1) * step, np.arange(len(sums)), sums)
    return np.diff(at) / step


def hourly(bursts: Table, random: Random) -> tuple[Table, float, bool]:
    """A burst by the hour, its usual share of the peak, and whether it is left nearly as it was."""
    shape, mild = bursts[random.integers(len(bursts))], random.random() < 0.5
    step = float(np.exp(random.normal(0, 0.15 if mild else 0.5)))
    steps = int(min(160, 128 / step))
    wave = stretched(shape / shape.max(), step, random.uniform(0, min(step, 4)), steps)
    usual = random.choice([0.0, random.uniform(0, 0.1), random.uniform(0.1, 0.7)], p=[0.35, 0.3, 0.35])
    if mild:
        return wave, 0.0 if random.random() < 0.8 else random.uniform(0, 0.05), True
    if random.random() < 0.6:
        wave = wave + second_wave(bursts, step, steps, random)
    return rhythm(wave, 24 / step, random), usual, False


def second_wave(bursts: Table, step: float, steps: int, random: Random) -> Table:
    other = bursts[random.integers(len(bursts))]
    wave = stretched(other / other.max(), step * np.exp(random.normal(0, 0.3)), random.uniform(0, 20), steps)
    lag, moved = int(random.integers(-steps // 2, steps)), np.zeros(steps)
    moved[max(lag, 0) : steps + min(lag, 0)] = wave[max(-lag, 0) : steps - max(lag, 0)]
    return moved * np.exp(random.normal(-1.2, 0.8))


def rhythm(wave: Table, period: float, random: Random) -> Table:
    if random.random() < 0.5:
        return wave
    turn = np.arange(len(wave)) / period + random.random()
    return wave * (1 + random.uniform(0, 0.8) * np.cos(2 * np.pi * turn))


def daily(bursts: Table, random: Random) -> tuple[Table, float, bool]:
    """A burst stretched to 2.5 .. 18 days of full width at half maximum."""
    shape = bursts[random.integers(len(bursts))]
    width = max(1, (shape >= shape.max() / 2).sum())
    step = width / np.exp(random.uniform(np.log(2.5), np.log(18)))
    steps = int(min(160, 128 / step))
    wave = rhythm(stretched(shape, step, random.uniform(0, min(step, 4)), steps), 7.0, random)
    usual = 0.0 if random.random() < 0.3 else 1 / np.exp(random.uniform(np.log(2), np.log(30)))
    return np.concatenate([wave, np.zeros(70)]), usual, False


def case(bursts: Table, random: Random) -> Case | None:
    """One surge, seen for some steps; None when it does not reach far enough."""
    by_day = random.random() < 0.45
    wave, usual, mild = (daily if by_day else hourly)(bursts, random)
    wave = wave / max(wave.max(), 1e-9)
    top = np.exp(random.uniform(*np.log((2, 800) if by_day else (5, 3000))))
    counts = noise(top * (wave + usual), by_day, mild, random)
    onset, seen, later = onset_of(wave, random), *spans(by_day, random)
    first, last = onset + seen, onset + seen + later
    if last > len(wave) or counts[onset:first].sum() <= 0:
        return None
    baseline = float(top * usual * np.exp(random.normal(0, 0.15)))
    return Case(counts[onset:first], counts[first:last], baseline, lives(wave[onset:last])[seen:], by_day)


def onset_of(wave: Table, random: Random) -> int:
    share, onset = np.exp(random.uniform(np.log(0.02), np.log(0.5))), int(wave.argmax())
    while onset > 0 and wave[onset - 1] > share:
        onset -= 1
    return max(0, onset - int(random.integers(0, 4))) if random.random() < 0.2 else onset


def spans(by_day: bool, random: Random) -> tuple[int, int]:
    """How many steps are seen and forecast; more often those that routes and benchmarks ask for."""
    seen, later = (int(np.exp(random.uniform(*np.log(ends)))) for ends in ((1, 40), (2, 72)))
    if by_day:
        return seen, int(random.choice([14, 28, 60])) if random.random() < 0.3 else later
    return (seen, later) if random.random() < 0.6 else (int(np.exp(random.uniform(*np.log((2, 30))))), 48)


def noise(mean: Table, by_day: bool, mild: bool, random: Random) -> Table:
    draw = random.random()
    if not by_day and draw < (0.8 if mild else 0.5):
        counts = mean
    elif draw < 0.65:
        counts = random.poisson(mean).astype(float)
    else:
        size = random.choice([2.0, 5.0, 10.0])
        counts = random.poisson(random.gamma(size, np.maximum(mean, 1e-9) / size)).astype(float)
    smooth = not by_day and random.random() < 0.4
    return np.convolve(counts, np.ones(3) / 3, "same") if smooth else counts


def lives(wave: Table) -> Table:
    """For each step whether the trend has never yet fallen to a tenth of its highest."""
    sums, ends = np.concatenate([[0.0], np.cumsum(wave)]), np.arange(1, len(wave) + 1)
    starts = np.maximum(ends - 3, 0)
    high = (sums[ends] - sums[starts]) / (ends - starts) >= ALIVE * np.maximum.accumulate(wave)
    return np.logical_and.accumulate(high | (np.cumsum(high) == 0)).astype(float)


def surges(products: tuple[Table, ...]) -> Iterator[tuple[Table, int, float]]:
    """Natural surges of real products: units, the day, what was usual."""
    for units, buyers in zip(*products, strict=True):
        last = -100
        for day in range(60, 340) if units.mean() >= 0.3 else ():
            double = buyers[day - 2 : day + 1].mean() >= 2 * buyers[day - 58 : day - 2].mean() + 0.5
            if double and day - last > 25:
                last = day
                yield units, day, float(units[day - 58 : day - 2].mean())


def natural_cases(products: tuple[Table, ...], random: Random) -> Iterator[Case]:
    for units, day, baseline in surges(products):
        for _ in range(DRAWS):
            seen, later = spans(True, random)
            onset = day - int(random.integers(0, 4))
            if onset + seen + later <= len(units) and units[onset : onset + seen].sum() > 0:
                yield Case(units[onset : onset + seen], units[onset + seen :][:later], baseline)
