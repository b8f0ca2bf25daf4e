"""From a surge to an opportunity: how many units, until when, how long the trend lives. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import expm1, log1p
from statistics import NormalDist

from matching.demand import PROBABILITIES, Forecast, Kind, forecast
from matching.observations import Counts

HORIZON_DAYS = 75  # beyond it no route of the blueprint sells anything that matters
LEAST_DAYS = 14  # an opportunity stays open at least so long
LEAST_ALIVE = 0.01  # a trend that is so rarely alive ends the opportunity
USUAL_DAYS = 28  # days before the onset that tell what is usual
TOLD_DAYS = (14, 28, 60, HORIZON_DAYS)  # for so many days ahead the quantiles are kept


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a market still wants beyond the usual."""

    units_p10: int
    units_p50: int
    units_p90: int
    demand_by_day: tuple[int, ...]  # expected units by day from now; sums to about the median
    survival: tuple[float, ...]  # share of such trends still alive, by day from now; the first is today
    half_life_days: float
    until_days: int  # days from now in which an answer can pay
    # units still wanted over the next 14, 28, 60 and 75 days; a row in the order of demand.PROBABILITIES
    quantiles: Mapping[int, tuple[int, ...]] = field(default_factory=dict)


def usual(units: Sequence[int], onset: int) -> float:
    """Units a day before the surge; of all days when it began at once."""
    before = units[max(0, onset - USUAL_DAYS) : onset]
    return sum(before) / len(before) if before else 0.0


def characterise(
    counts: Counts, onset_on: date, *, scale: int, until: date | None = None, widening: float = 1.0
) -> Wanted:
    """What the surge that began on `onset_on` still asks for, with the counts up to `until` (default: all).

    A counted unit stands for `scale` units of the market; `widening` is that of `beyond_usual`. Raises
    ValueError for an onset outside the counts.
    """
    told = beyond_usual(counts, onset_on, until=until, widening=widening)
    quantiles = {days: tuple(round(units * scale) for units in told.fan[days - 1]) for days in TOLD_DAYS}
    low, middle, high = (round(told.quantiles[p] * scale) for p in (0.1, 0.5, 0.9))
    return _wanted((low, middle, high), (1.0, *told.survival[:-1]), quantiles)


def beyond_usual(
    counts: Counts, onset_on: date, *, until: date | None = None, widening: float = 1.0
) -> Forecast:
    """The forecast of what a surge sells beyond the usual, in counted units.

    `widening` of the intervals is learned from past forecasts (`matching.demand.Calibration`). Raises
    ValueError for an onset outside the counts.
    """
    onset = (onset_on - counts.first_on).days
    end = len(counts.units) if until is None else (until - counts.first_on).days + 1
    since = counts.units[onset:end]
    if onset < 0 or not since:
        raise ValueError("the surge began outside the counts")
    level = usual(counts.units, onset)
    surge = [max(value - level, 0.0) for value in since]
    return forecast(surge, horizon=HORIZON_DAYS, kind=Kind.BEYOND, widening=widening)


def by_hand(units: tuple[int, int, int], half_life_days: float) -> Wanted:
    """What a person expects: units (low, likely, high), and after how many days half of such trends end."""
    survival = tuple(round(0.5 ** (day / half_life_days), 6) for day in range(HORIZON_DAYS))
    spread = _by_probability(units)
    total = sum(survival)
    quantiles = {
        days: tuple(round(value * sum(survival[:days]) / total) for value in spread) for days in TOLD_DAYS
    }
    return _wanted(units, survival, quantiles)


def _by_probability(units: tuple[int, int, int]) -> list[float]:
    """Quantiles through (low, likely, high), taken for .1, .5 and .9 of a log-normal with two widths."""
    low, middle, high = (log1p(value) for value in units)
    ninth = NormalDist().inv_cdf(0.9)
    scores = [NormalDist().inv_cdf(p) / ninth for p in PROBABILITIES]
    return [
        max(expm1(middle + score * (high - middle if score > 0 else middle - low)), 0.0) for score in scores
    ]


def _wanted(
    units: tuple[int, int, int], survival: tuple[float, ...], quantiles: Mapping[int, tuple[int, ...]]
) -> Wanted:
    total = sum(survival)
    low, middle, high = units
    return Wanted(
        low,
        max(low, middle),
        max(low, middle, high),
        tuple(round(middle * share / total) for share in survival),
        tuple(round(share, 6) for share in survival),
        _half_life(survival),
        _until(survival),
        quantiles,
    )


def _half_life(survival: Sequence[float]) -> float:
    """The day on which half of such trends are gone, straight between days; the horizon when more live on."""
    for day in range(1, len(survival)):
        before, after = survival[day - 1], survival[day]
        if after <= 0.5:
            return round(day - 1 + (before - 0.5) / max(before - after, 1e-9), 2)
    return float(len(survival))


def _until(survival: Sequence[float]) -> int:
    alive = sum(share >= LEAST_ALIVE for share in survival)
    return max(LEAST_DAYS, alive)
