"""Mondays, and units spread over the earliest free weeks."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firms.weeks import WEEK, allocate, in_reach, monday, mondays, total

days = st.dates(date(2000, 1, 1), date(2100, 1, 1))
free_weeks = st.dictionaries(days.map(monday), st.integers(-5, 50), max_size=12)


@settings(max_examples=50, deadline=None)
@given(days)
def test_a_monday_is_at_most_six_days_back(day: date) -> None:
    assert monday(day).weekday() == 0
    assert timedelta(0) <= day - monday(day) < WEEK
    assert mondays(day, 3) == [monday(day), monday(day) + WEEK, monday(day) + 2 * WEEK]


@settings(max_examples=100, deadline=None)
@given(free_weeks, st.integers(1, 300))
def test_units_go_to_the_earliest_weeks_or_nowhere(free: dict[date, int], units: int) -> None:
    parts = allocate(free, units)
    if parts is None:
        assert total(free.values()) < units
        return
    assert sum(parts.values()) == units
    assert all(0 < part <= free[week_on] for week_on, part in parts.items())
    last = max(parts)
    earlier = {week_on: room for week_on, room in free.items() if week_on < last and room > 0}
    assert earlier == {week_on: part for week_on, part in parts.items() if week_on < last}


def test_the_last_week_takes_only_the_rest() -> None:
    first, second, third = mondays(date(2026, 3, 4), 3)
    assert allocate({third: 9, first: 4, second: 0}, 6) == {first: 4, third: 2}


def test_nothing_cannot_be_allocated() -> None:
    with pytest.raises(ValueError, match="positive"):
        allocate({}, 0)


@pytest.mark.parametrize(
    ("week_on", "reached"),
    [
        (date(2026, 3, 2), True),  # the week of Wednesday the 4th
        (date(2026, 2, 23), False),
        (date(2026, 3, 9), True),  # Monday the 9th is still within
        (date(2026, 3, 16), False),
    ],
)
def test_a_week_is_in_reach_when_it_holds_a_day(week_on: date, reached: bool) -> None:
    assert in_reach(week_on, date(2026, 3, 4), date(2026, 3, 9)) is reached
