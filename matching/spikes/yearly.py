"""Does a surge come every year? Then it is the season, and nothing went viral."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Kind = Literal["viral", "seasonal", "unknown"]
YEAR, SHIFT, WINDOW, BEFORE = 364, 10, 8, 56
"""Days: a year of whole weeks, how far a season may move, a surge, and what came before it."""
MOVED_SHIFT = 4
"""Days that a peak may move against its feast."""
LEAST_MULTIPLE, LEAST_SHARE, CHANCE = 1.5, 0.5, 1.5


@dataclass(frozen=True, slots=True)
class Season:
    """What kind of surge it is, and its multiple of the weeks before, now and at its best a year ago."""

    kind: Kind
    multiple: float
    year_ago: float | None

    def as_evidence(self) -> dict[str, Any]:
        """For the evidence of an alarm."""
        return asdict(self)


def season(counts: NDArray[np.int64], moved: Iterable[int] = ()) -> Season:
    """Judge a surge on the last of these days, all days of the series up to it.

    Seasonal: within ten days of the same time a year ago it was half as high again as the eight weeks before,
    and at least half as many times as high as it is now. Unknown until there was such a time a year ago.
    `moved`: days since the same time before a feast of last year, where feasts are near that move.
    """
    now, today = _multiple(counts, len(counts)), len(counts)
    if today - YEAR - SHIFT < WINDOW + BEFORE:
        return Season("unknown", round(now, 2), None)
    ends = {today - YEAR + shift for shift in range(-SHIFT, SHIFT + 1)}
    ends |= {today - days + shift for days in moved for shift in range(-MOVED_SHIFT, MOVED_SHIFT + 1)}
    then = max(_multiple(counts, end) for end in ends if end >= WINDOW + BEFORE)
    is_season = then >= max(LEAST_MULTIPLE, LEAST_SHARE * now)
    return Season("seasonal" if is_season else "viral", round(now, 2), round(then, 2))


def _multiple(counts: NDArray[np.int64], end: int) -> float:
    """The days until `end` as a multiple of the weeks before; 0 when it may be chance."""
    window = counts[max(0, end - WINDOW) : end]
    before = counts[max(0, end - WINDOW - BEFORE) : max(0, end - WINDOW)]
    if len(before) == 0:
        return 0.0
    usual = max(float(before.mean()), 1 / BEFORE)
    beyond_chance = WINDOW * usual + CHANCE * (WINDOW * usual + 1) ** 0.5
    return float(window.mean()) / usual if window.sum() >= beyond_chance else 0.0
