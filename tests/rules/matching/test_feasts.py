"""Feasts of a market, and peaks that come with them although they move."""

from datetime import date, timedelta

import numpy as np
import pytest

from matching.spikes import Alarm, Observations, detect
from matching.spikes.feasts import RULES, easter, feasts, near, year_ago

DAY = timedelta(days=1)
FIRST = date(2024, 9, 1)
LUNAR = (date(2025, 1, 29), date(2026, 2, 17))
DAYS = (date(2026, 2, 20) - FIRST).days


@pytest.mark.parametrize(
    ("year", "on"), [(2024, "2024-03-31"), (2025, "2025-04-20"), (2026, "2026-04-05"), (2038, "2038-04-25")]
)
def test_easter_is_on_its_sunday(year: int, on: str):
    assert easter(year).isoformat() == on


@pytest.mark.parametrize(
    ("market", "code", "on"),
    [
        ("US", "thanksgiving", date(2026, 11, 26)),
        ("US", "black_friday", date(2026, 11, 27)),
        ("US", "memorial_day", date(2026, 5, 25)),
        ("CA", "thanksgiving", date(2026, 10, 12)),
        ("GB", "mothers_day", date(2026, 3, 15)),
        ("FR", "mothers_day", date(2026, 5, 31)),
        ("SG", "lunar_new_year", date(2026, 2, 17)),
        ("ID", "eid_al_fitr", date(2026, 3, 21)),
        ("CN", "mid_autumn", date(2026, 9, 25)),
    ],
)
def test_feasts_are_on_their_days(market: str, code: str, on: date):
    assert on in {feast.on for feast in feasts(market, on.year) if feast.code == code}


def test_every_year_and_market_has_its_feasts_in_order():
    for market in ("US", "CN", "BR", "XX", ""):
        for year in (1999, 2026, 2050):
            days = [feast.on for feast in feasts(market, year)]
            assert days == sorted(days)
            assert len(days) >= 2
    assert all(code == code.lower() for code, _, _ in RULES)


def test_people_buy_before_a_feast():
    assert near("US", date(2026, 10, 20))[0].code == "halloween"
    assert near("CN", date(2026, 8, 1)) == []
    assert near("US", date(2026, 12, 28))[0].code in {"christmas", "new_year"}


def test_a_feast_that_moves_is_looked_for_where_it_was():
    assert (LUNAR[1] - LUNAR[0]).days in set(year_ago("SG", LUNAR[1] - 10 * DAY))


def sold(again: bool, seed: int) -> Observations:
    """A product that sells before the Lunar New Year; or did so only in the second year. The year is resampled."""
    random = np.random.default_rng(seed)
    mean = np.full(DAYS, 4.0)
    for feast in LUNAR if again else LUNAR[1:]:
        at = (feast - FIRST).days
        mean[at - 18 : at - 4] *= 5
    units = random.poisson(mean)[None]
    return Observations(("cakes",), FIRST, units, units, units, ("SG",))


def codes(alarm: Alarm) -> set[str]:
    return {feast["code"] for feast in alarm.evidence["feasts"]}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_peak_before_a_feast_is_the_season_and_another_one_is_not(seed: int):
    for again, kind in ((True, "seasonal"), (False, "viral")):
        last = [alarm for alarm in detect(sold(again, seed)) if alarm.on > date(2026, 1, 25)]
        assert {alarm.evidence["season"]["kind"] for alarm in last} == {kind}
        assert all("lunar_new_year" in codes(alarm) for alarm in last)


def test_without_a_market_nothing_is_said_of_feasts():
    found = sold(True, 1)
    alarms = detect(Observations(found.series, FIRST, found.units, found.buyers, found.new_buyers))
    assert alarms
    assert not any(codes(alarm) for alarm in alarms)
