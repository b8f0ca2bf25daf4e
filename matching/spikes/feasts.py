"""Public holidays and shopping days of a market: a peak before one of them comes every year, if not on the same day.

An own small table: the `holidays` package knows more countries, but takes 0.3 s to import and 0.3 s a country, and
knows no shopping days. Tables run from 2015 to 2036; outside of them a feast that follows the moon is not known.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

Rule = Callable[[int], date | None]
MON, THU, FRI, SUN = 0, 3, 4, 6
FIRST_YEAR = 2015
AHEAD, BEHIND = timedelta(days=35), timedelta(days=7)
"""People buy for a feast so long before it, and so long after it the wave may still run."""


@dataclass(frozen=True, slots=True)
class Feast:
    """A feast of a market: a code that has words, and its day."""

    code: str
    on: date


def _fixed(month: int, day: int) -> Rule:
    return lambda year: date(year, month, day)


def _nth(month: int, weekday: int, nth: int, plus: int = 0) -> Rule:
    """The nth weekday of a month (-1 is the last), and so many days after it."""

    def rule(year: int) -> date:
        if nth < 0:
            end = date(year, month + 1, 1) - timedelta(days=1)
            return end - timedelta(days=(end.weekday() - weekday) % 7)
        first = date(year, month, 1)
        return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1) + plus)

    return rule


def easter(year: int) -> date:
    """Easter Sunday of the western churches (Meeus, Jones, Butcher)."""
    golden, century, rest = year % 19, year // 100, year % 100
    leaps, corrected = century // 4, (century - (century + 8) // 25 + 1) // 3
    moon = (19 * golden + century - leaps - corrected + 15) % 30
    week = (32 + 2 * (century % 4) + 2 * (rest // 4) - moon - rest % 4) % 7
    late = (golden + 11 * moon + 22 * week) // 451
    month, day = divmod(moon + week - 7 * late + 114, 31)
    return date(year, month, day + 1)


def _easter(plus: int) -> Rule:
    return lambda year: easter(year) + timedelta(days=plus)


def _table(days: str) -> Rule:
    """Month and day of each year from 2015 on."""
    written = [tuple(map(int, day.split("-"))) for day in days.split()]

    def rule(year: int) -> date | None:
        at = year - FIRST_YEAR
        return date(year, *written[at]) if 0 <= at < len(written) else None

    return rule


_LUNAR = _table(
    "02-19 02-08 01-28 02-16 02-05 01-25 02-12 02-01 01-22 02-10 01-29 "
    "02-17 02-06 01-26 02-13 02-03 01-23 02-11 01-31 02-19 02-08 01-28"
)
_MIDAUTUMN = _table(
    "09-27 09-15 10-04 09-24 09-13 10-01 09-21 09-10 09-29 09-17 10-06 "
    "09-25 09-15 10-03 09-22 09-12 10-01 09-19 09-08 09-27 09-16 10-04"
)
_EID = _table(
    "07-17 07-06 06-25 06-15 06-05 05-24 05-13 05-03 04-22 04-10 03-31 "
    "03-21 03-10 02-27 02-15 02-04 01-25 01-14 01-03 12-12 12-01 11-19"
)
_DIWALI = _table(
    "11-10 10-29 10-18 11-06 10-27 11-14 11-04 10-24 11-12 10-31 10-20 "
    "11-08 10-28 11-15 11-05 10-26 11-14 11-02 10-22 11-10 10-30 11-17"
)
_WEST = "AT AU BR CA DE ES FR GB IT MX NL PH PL PT SE US IE NZ BE CH DK NO FI CZ"
RULES: tuple[tuple[str, str, Rule], ...] = (
    ("new_year", "", _fixed(1, 1)),
    ("valentines_day", "", _fixed(2, 14)),
    ("lunar_new_year", "CN HK TW SG MY VN ID PH KR", _LUNAR),
    ("carnival", "BR DE IT ES PT NL AT", _easter(-49)),
    ("easter", _WEST, easter),
    ("golden_week", "JP", _fixed(4, 29)),
    ("songkran", "TH", _fixed(4, 13)),
    ("kings_day", "NL", _fixed(4, 27)),
    ("mothers_day", "US CA AU DE AT IT JP BR NL BE CH SG MY PH CN NZ", _nth(5, SUN, 2)),
    ("mothers_day", "GB IE", _easter(-21)),
    ("mothers_day", "ES PT", _nth(5, SUN, 1)),
    ("mothers_day", "FR SE", _nth(5, SUN, -1)),
    ("mothers_day", "MX", _fixed(5, 10)),
    ("mothers_day", "PL", _fixed(5, 26)),
    ("mothers_day", "TH", _fixed(8, 12)),
    ("childrens_day", "JP KR", _fixed(5, 5)),
    ("memorial_day", "US", _nth(5, MON, -1)),
    ("mid_year_sale", "CN", _fixed(6, 18)),
    ("fathers_day", "US GB CA FR NL JP MX SG MY PH IE CN", _nth(6, SUN, 3)),
    ("independence_day", "US", _fixed(7, 4)),
    ("national_day", "CA", _fixed(7, 1)),
    ("national_day", "FR", _fixed(7, 14)),
    ("national_day", "SG", _fixed(8, 9)),
    ("national_day", "ID", _fixed(8, 17)),
    ("national_day", "MY", _fixed(8, 31)),
    ("national_day", "VN", _fixed(9, 2)),
    ("national_day", "MX", _fixed(9, 16)),
    ("national_day", "CN", _fixed(10, 1)),
    ("national_day", "DE", _fixed(10, 3)),
    ("labor_day", "US CA", _nth(9, MON, 1)),
    ("mid_autumn", "CN HK TW SG MY VN KR", _MIDAUTUMN),
    ("eid_al_fitr", "ID MY SG PH AE SA TR EG", _EID),
    ("diwali", "IN SG MY", _DIWALI),
    ("childrens_day", "BR", _fixed(10, 12)),
    ("thanksgiving", "CA", _nth(10, MON, 2)),
    ("halloween", "US CA GB IE AU DE MX", _fixed(10, 31)),
    ("day_of_the_dead", "MX", _fixed(11, 2)),
    ("singles_day", "CN HK TW SG MY TH VN ID PH", _fixed(11, 11)),
    ("thanksgiving", "US", _nth(11, THU, 4)),
    ("black_friday", _WEST, _nth(11, THU, 4, plus=1)),
    ("saint_nicholas", "DE NL BE AT PL", _fixed(12, 6)),
    ("christmas", _WEST + " JP KR SG MY ID VN TH HK", _fixed(12, 25)),
    ("epiphany", "ES IT", _fixed(1, 6)),
)


@lru_cache(maxsize=256)
def feasts(market: str, year: int) -> tuple[Feast, ...]:
    """The feasts of a market (ISO 3166-1 alpha-2) in a year, by day. For a market without a row those of all."""
    found = (Feast(code, on) for code, markets, rule in RULES if not markets or market in markets.split()
             if (on := rule(year)))  # fmt: skip
    return tuple(sorted(found, key=lambda feast: feast.on))


def near(market: str, on: date) -> list[Feast]:
    """Feasts for which people buy on this day: those of the next five weeks and the last week, the nearest first."""
    found = [feast for year in (on.year - 1, on.year, on.year + 1) for feast in feasts(market, year)
             if feast.on - AHEAD <= on <= feast.on + BEHIND]  # fmt: skip
    return sorted(found, key=lambda feast: abs(feast.on - on))


def year_ago(market: str, on: date) -> Iterator[int]:
    """Days from the same time before each near feast of a year ago to this day; 364 where nothing moved."""
    for feast in near(market, on):
        before = [other.on for other in feasts(market, feast.on.year - 1) if other.code == feast.code]
        yield from ((feast.on - day).days for day in before)
