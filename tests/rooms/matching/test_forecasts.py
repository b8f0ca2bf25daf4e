"""What is foretold is renewed with every day, held against what came, and alarms are judged afterwards."""

from datetime import timedelta

import pytest

from config.rows import CLOCK
from matching import actions
from matching.models import Foretold, OpportunityMarket, Spike
from matching.queries import evidence
from tests.builders.firms import NOW
from tests.builders.matching import MARKET, PRODUCT, SURGE, Market, days, surge

DAY = timedelta(days=1)
pytestmark = pytest.mark.django_db


def go_on(units: list[int], first_after: int = 0) -> None:
    """Further days after the surge."""
    last = NOW.date() - DAY + timedelta(days=first_after + len(units))
    actions.take_in(CLOCK, days(units, last), now=NOW + timedelta(days=60))


def test_what_a_market_wants_is_kept_by_probability_and_horizon(market: Market):
    market.propose()
    row = OpportunityMarket.objects.get(market=MARKET)
    told = row.units_by_probability(28)
    assert list(told) == [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95]
    assert list(told.values()) == sorted(told.values())
    assert row.units_by_probability(75)[0.5] == row.units_p50
    assert row.survival[0] == 1.0
    assert row.units_by_probability(3) == {}


def test_figures_by_hand_have_quantiles_too(market: Market):
    units = {"market": MARKET, "units_p10": 100, "units_p50": 400, "units_p90": 900}
    actions.raise_opportunity(
        market.operator, PRODUCT, markets=[units], half_life_days=14, reason="a fair", now=NOW
    )
    told = OpportunityMarket.objects.get().units_by_probability(75)
    assert (told[0.1], told[0.5], told[0.9]) == (100, 400, 900)
    assert actions.renew_forecasts(NOW) == 0


def test_a_further_day_renews_the_forecast_once(market: Market):
    market.propose()
    assert actions.renew_forecasts(NOW) == 1
    assert actions.renew_forecasts(NOW) == 0
    before = OpportunityMarket.objects.get().quantiles
    go_on([120])
    actions.notice(NOW + DAY)
    assert actions.renew_forecasts(NOW + DAY) == 1
    row = OpportunityMarket.objects.get()
    assert row.quantiles["28"][3] > before["28"][3]
    assert row.forecast_on == NOW.date()


def test_what_came_is_written_beside_what_was_foretold_and_widens_after_a_miss(market: Market):
    market.propose()
    actions.renew_forecasts(NOW)
    assert evidence.widening() == 1.0
    go_on([900] * 15)
    later = NOW + 15 * DAY
    actions.notice(later)
    assert actions.learn_from_forecasts(later) == 1
    row = Foretold.objects.get(made_on=NOW.date() - DAY)
    assert row.came == pytest.approx(14 * 900, rel=0.01)
    assert not row.low <= row.came <= row.high
    assert evidence.widening() > 1.0
    assert evidence.cover() == (0, 1)


def test_alarms_are_judged_after_two_weeks(market: Market):
    surge()
    actions.notice(NOW)
    assert actions.judge_alarms(NOW) == 0
    assert evidence.track_record() == []
    go_on([*SURGE, *SURGE])
    later = NOW + 14 * DAY
    actions.notice(later)
    actions.look_back(later)
    spike = Spike.objects.get()
    assert spike.is_real
    assert 0 <= (spike.days_late or 0) <= 4
    assert [(row.judged, row.real) for row in evidence.track_record()] == [(1, 1)]


def test_an_alarm_that_a_person_set_aside_was_none(market: Market):
    surge()
    actions.notice(NOW)
    actions.dismiss_spike(market.operator, Spike.objects.get().pk, reason="a data error", now=NOW)
    assert Spike.objects.get().is_real is False


def test_of_several_kinds_the_orders_tell_the_units(market: Market):
    surge(source="social")
    surge()
    actions.notice(NOW)
    orders, social = (Spike.objects.get(source=kind) for kind in ("orders", "social"))
    assert evidence.told_by(social) == orders
    assert list(evidence.agreeing(orders)) == ["orders", "social"]
    alone = evidence.sureness({"orders": orders.level})
    assert evidence.sureness({"orders": orders.level, "social": social.level}) > alone
