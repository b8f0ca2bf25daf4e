"""Was an alarm real, and how late did it come? Judged two weeks later, from what was counted since. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

RIPE_DAYS = 14
"""So many days after an alarm it may be judged."""
BEFORE, AFTER, WEEKS_BEFORE = 2, 7, 56
LEAST_MULTIPLE, LEAST_SOLD_DAYS, LONGEST_RISE = 2.0, 3, 21
HALF_A_UNIT = 0.5


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether demand really stayed up, and days from its doubling to the alarm (None for what was no surge)."""

    is_real: bool
    days_late: int | None


def judge(counts: Sequence[int], first_on: date, onset_on: date, alarm_on: date) -> Verdict:
    """Judge an alarm by the count that it rests on, day by day from `first_on`.

    Real: over the nine days around the alarm at least twice what the eight weeks before sold, on three of these
    days or more (the rule for natural surges of the public benchmark). Its start: the first day of the rise
    on which the count was twice the usual.
    """
    alarm, onset = (alarm_on - first_on).days, (onset_on - first_on).days
    around = counts[max(alarm - BEFORE, 0) : alarm + AFTER]
    usual = _mean(counts[max(onset - WEEKS_BEFORE, 0) : onset])
    lasting = _mean(around) >= LEAST_MULTIPLE * usual and sum(n > 0 for n in around) >= LEAST_SOLD_DAYS
    if not lasting:
        return Verdict(False, None)
    least = max(LEAST_MULTIPLE * usual, HALF_A_UNIT)
    rise = range(max(onset, alarm - LONGEST_RISE), alarm)
    return Verdict(True, alarm - next((day for day in rise if counts[day] >= least), alarm))


def _mean(values: Sequence[int]) -> float:
    return sum(values) / len(values) if values else 0.0
