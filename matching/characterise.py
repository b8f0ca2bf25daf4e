"""From a surge to an opportunity: how many units, until when, how long the trend lives. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from matching.demand import forecast
from matching.observations import Counts

HORIZON_DAYS = 75  # beyond it no route of the blueprint sells anything that matters
LEAST_DAYS = 14  # an opportunity stays open at least so long
LEAST_ALIVE = 0.01  # a trend that is so rarely alive ends the opportunity
USUAL_DAYS = 28  # days before the onset that tell what is usual


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


def usual(units: Sequence[int], onset: int) -> float:
    """Units a day before the surge; of all days when it began at once."""
    before = units[max(0, onset - USUAL_DAYS) : onset]
    return sum(before) / len(before) if before else 0.0


def characterise(counts: Counts, onset_on: date, *, scale: int, until: date | None = None) -> Wanted:
    """What the surge that began on `onset_on` still asks for, with the counts up to `until` (default: all).

    A counted unit stands for `scale` units of the market. Raises ValueError for an onset outside the counts.
    """
    onset = (onset_on - counts.first_on).days
    end = len(counts.units) if until is None else (until - counts.first_on).days + 1
    since = counts.units[onset:end]
    if onset < 0 or not since:
        raise ValueError("the surge began outside the counts")
    level = usual(counts.units, onset)
    told = forecast([max(value - level, 0.0) for value in since], horizon=HORIZON_DAYS)
    low, middle, high = (max(0, round(told.quantiles[p] * scale)) for p in (0.1, 0.5, 0.9))
    return _wanted((low, middle, high), (1.0, *told.survival[:-1]))


def by_hand(units: tuple[int, int, int], half_life_days: float) -> Wanted:
    """What a person expects: units (low, likely, high), and after how many days half of such trends end."""
    survival = tuple(round(0.5 ** (day / half_life_days), 6) for day in range(HORIZON_DAYS))
    return _wanted(units, survival)


def _wanted(units: tuple[int, int, int], survival: tuple[float, ...]) -> Wanted:
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
