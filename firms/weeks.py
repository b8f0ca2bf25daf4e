"""Which weeks take the units? Weeks begin on Mondays; the earliest free week is filled first."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

WEEK = timedelta(days=7)


def monday(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def mondays(from_on: date, count: int) -> list[date]:
    """Return the Mondays of `count` weeks, the first being the week of `from_on`."""
    return [monday(from_on) + WEEK * number for number in range(count)]


def in_reach(week_on: date, from_on: date, until_on: date) -> bool:
    """Tell whether a week may be used for work between two days: it holds a day of them, both included."""
    return monday(from_on) <= week_on <= until_on


def allocate(free: Mapping[date, int], units: int) -> dict[date, int] | None:
    """Spread units over weeks, the earliest first; none when they do not fit. Unused weeks are left out."""
    if units <= 0:
        raise ValueError("Only a positive number of units can be allocated.")
    taken: dict[date, int] = {}
    left = units
    for week_on in sorted(free):
        part = min(left, max(free[week_on], 0))
        if part:
            taken[week_on] = part
            left -= part
    return None if left else taken


def total(free: Iterable[int]) -> int:
    """Sum what is free; a week that is over-used counts as none."""
    return sum(max(units, 0) for units in free)


def level(units: int, most: int) -> int:
    """How full a week is beside the fullest one: 0 for none, 1 to 4 in quarters."""
    return -(-4 * units // most) if units > 0 and most > 0 else 0
