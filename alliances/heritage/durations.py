"""How long do a route's tasks really take? The template's days, corrected by what was seen.

A task's days are taken as log-normal: their logarithm has a mean and a spread on either side of it, as the template
gives them (low and high are read as the 5th and the 95th percentile). Each template counts as a few alliances that
were never seen, so that a single slow one moves it a little and twenty decide (the normal-inverse-gamma conjugate:
A. Gelman et al., Bayesian Data Analysis, 3rd edition, 3.3). One freak cannot pull the rest along: what lies far
from the middle of what was seen is drawn in (winsorised). A task that was cancelled while it was worked on took at
least that long: it counts when this is longer than expected, and else says nothing.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from matching.blueprint import Days

PERCENTILE_95 = 1.6449
MEAN_COUNTS_AS = 2  # alliances that the template's likely days stand for
SPREAD_COUNTS_AS = 4  # and its low and high days
SHORTEST = 0.01  # days; what is shorter is a click, not work
FAR = 3.0  # spreads from the middle, where drawing in begins
LEAST_SPREAD = 0.2  # of logarithms, when judging what is far
ENOUGH = 5  # observations before anything is proposed
MATERIAL = 1.2  # times as long, or as short
MATERIAL_DAYS = 0.1


@dataclass(frozen=True)
class Seen:
    """How long a task took once; `is_censored`: it was cancelled after so many days of work."""

    days: float
    is_censored: bool = False


@dataclass(frozen=True)
class Estimate:
    """What the days of a task are now thought to be, and how often it was seen."""

    days: Days
    observations: int


@dataclass(frozen=True)
class Change:
    """A task whose days should differ in the template."""

    code: str
    old: Days
    new: Days
    observations: int


def estimate(prior: Days, seen: Iterable[Seen]) -> Estimate:
    """The days of one task after what was seen; without anything seen, those of the template."""
    middle = _log(prior.likely)
    logs = _drawn_in(_counted(seen, middle))
    if not logs:
        return Estimate(prior, 0)
    count = len(logs)
    centre = (MEAN_COUNTS_AS * middle + sum(logs)) / (MEAN_COUNTS_AS + count)
    below = _spread(middle - _log(prior.low), logs, centre)
    above = _spread(_log(prior.high) - middle, logs, centre)
    return Estimate(_days(centre, below, above), count)


def changes(
    current: Mapping[str, Days],
    prior: Mapping[str, Days],
    seen: Mapping[str, Sequence[Seen]],
    *,
    enough: int = ENOUGH,
) -> list[Change]:
    """The tasks whose current days should be others, with at least so many observations each.

    `prior` is what was thought before anything was seen: what was seen counts once, however often it is adopted.
    """
    found = []
    for code, old in current.items():
        new = estimate(prior.get(code, old), seen.get(code, ()))
        if new.observations >= enough and _is_material(old, new.days):
            found.append(Change(code, old, new.days, new.observations))
    return found


def _is_material(old: Days, new: Days) -> bool:
    """Whether a plan would notice: the likely or the high days differ by a fifth, and by hours."""
    return any(
        abs(after - before) >= MATERIAL_DAYS and not 1 / MATERIAL < after / max(before, SHORTEST) < MATERIAL
        for before, after in ((old.likely, new.likely), (old.high, new.high))
    )


def _counted(seen: Iterable[Seen], middle: float) -> list[float]:
    logs = [(_log(one.days), one.is_censored) for one in seen if one.days >= SHORTEST]
    full = [value for value, is_censored in logs if not is_censored]
    expected = (MEAN_COUNTS_AS * middle + sum(full)) / (MEAN_COUNTS_AS + len(full))
    return full + [value for value, is_censored in logs if is_censored and value > expected]


def _drawn_in(logs: list[float]) -> list[float]:
    if not logs:
        return []
    middle = median(logs)
    far = FAR * max(1.4826 * median(abs(value - middle) for value in logs), LEAST_SPREAD)
    return [min(max(value, middle - far), middle + far) for value in logs]


def _spread(of_template: float, logs: list[float], centre: float) -> float:
    """The 95th percentile's distance from the middle, in logarithms."""
    prior = (of_template / PERCENTILE_95) ** 2
    squares = sum((value - centre) ** 2 for value in logs)
    variance = (SPREAD_COUNTS_AS * prior + squares) / (SPREAD_COUNTS_AS + len(logs))
    return PERCENTILE_95 * math.sqrt(variance)


def _days(centre: float, below: float, above: float) -> Days:
    low, likely, high = (round(math.exp(value), 2) for value in (centre - below, centre, centre + above))
    likely = max(likely, SHORTEST)
    return Days(min(low, likely), likely, max(high, likely))


def _log(days: float) -> float:
    return math.log(max(days, SHORTEST))
