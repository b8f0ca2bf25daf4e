"""Surges become opportunities, once each; operators raise and dismiss them; time ends them."""

from datetime import timedelta

import pytest

from config.rows import CLOCK, Missing, Refused
from matching import actions, queries
from matching.models import Opportunity, Spike
from tests.builders.firms import NOW, person
from tests.builders.matching import MARKET, PRODUCT, days, surge, surge_units

WANTED = [{"market": MARKET, "units_p10": 100, "units_p50": 300, "units_p90": 900}]


@pytest.fixture
def operator(db: None):
    return person("operator", is_operator=True).actor


def answered(now=NOW) -> Opportunity:
    surge()
    actions.notice(now)
    actions.answer_spikes(now)
    return Opportunity.objects.get()


def raised(actor, **changes) -> str:
    told = {"markets": WANTED, "half_life_days": 10.0, "reason": "a fair next month", "now": NOW, **changes}
    return actions.raise_opportunity(actor, PRODUCT, **told)


def test_a_confirmed_surge_becomes_one_opportunity(db):
    opportunity = answered()
    market = opportunity.markets.get()
    assert 0 <= market.units_p10 <= market.units_p50 <= market.units_p90
    assert market.units_p50 > 0
    assert opportunity.survival[0] == 1
    assert opportunity.until_at > NOW
    assert actions.answer_spikes(NOW) == 0
    assert Opportunity.objects.count() == 1


def test_what_is_wanted_is_beyond_the_usual_and_scaled_by_the_panel(db, settings):
    settings.PANEL_SCALE = 1
    small = answered().markets.get().units_p50
    Opportunity.objects.all().delete()
    Spike.objects.update(answered_at=None)
    settings.PANEL_SCALE = 10
    actions.answer_spikes(NOW)
    assert Opportunity.objects.get().markets.get().units_p50 == pytest.approx(10 * small, abs=10)


def test_a_watch_waits(db):
    surge()
    actions.notice(NOW)
    Spike.objects.update(level="watch")
    assert actions.answer_spikes(NOW) == 0


def test_a_surge_in_another_market_joins_the_open_opportunity(db):
    opportunity = answered()
    opportunity.propose_at = NOW + timedelta(days=1)
    opportunity.save()
    surge(market="FR")
    actions.notice(NOW)
    actions.answer_spikes(NOW)
    opportunity = Opportunity.objects.get()
    assert {str(row.market) for row in opportunity.markets.all()} == {"DE", "FR"}
    assert opportunity.propose_at == NOW


def test_a_surge_that_is_over_is_not_answered(db):
    units = [*surge_units(), *([2] * 20)]
    actions.take_in(CLOCK, days(units, NOW.date() - timedelta(days=1)), now=NOW)
    actions.notice(NOW)
    assert actions.answer_spikes(NOW) == 0
    assert Spike.objects.get().dismissed_at == NOW


def test_an_operator_raises_one_by_hand_with_a_reason(operator):
    surge()
    opportunity = Opportunity.objects.get(key=raised(operator))
    assert (opportunity.raised_by_id, opportunity.reason) == (operator.user_id, "a fair next month")
    assert opportunity.survival[10] == pytest.approx(0.5)


@pytest.mark.parametrize(("change", "code"), [({"reason": " "}, "no_reason"), ({"markets": []}, "no_market")])
def test_what_is_missing_is_told(operator, change, code):
    surge()
    with pytest.raises(Refused) as refused:
        raised(operator, **change)
    assert refused.value.code == code


def test_a_product_has_one_open_opportunity(operator):
    surge()
    key = raised(operator)
    with pytest.raises(Refused) as refused:
        raised(operator)
    assert refused.value.code == "already_open"
    actions.dismiss_opportunity(operator, key, reason="called off", now=NOW)
    assert raised(operator) != key


def test_members_raise_and_dismiss_nothing(operator):
    surge()
    member = person("worker").actor
    with pytest.raises(Missing):
        raised(member)
    with pytest.raises(Missing):
        actions.dismiss_opportunity(member, raised(operator), reason="no", now=NOW)


def test_a_dismissed_opportunity_is_not_dismissed_again(operator):
    surge()
    key = raised(operator)
    actions.dismiss_opportunity(operator, key, reason="called off", now=NOW)
    with pytest.raises(Refused):
        actions.dismiss_opportunity(operator, key, reason="again", now=NOW)


def test_an_opportunity_ends_when_its_time_has_passed(operator):
    surge()
    raised(operator)
    until = Opportunity.objects.get().until_at
    assert actions.expire_opportunities(until - timedelta(seconds=1)) == 0
    assert actions.expire_opportunities(until) == 1
    assert Opportunity.objects.get().state == Opportunity.State.EXPIRED


def test_a_trend_lives_while_its_surge_goes_on_and_dies_with_it(db):
    opportunity = answered()
    assert queries.trend_alive(opportunity.pk, NOW)
    later = NOW + timedelta(days=12)
    actions.take_in(CLOCK, days([2] * 12, later.date() - timedelta(days=1)), now=later)
    assert not queries.trend_alive(opportunity.pk, later)


def test_a_trend_raised_by_hand_lives_until_its_time_has_passed(operator):
    surge()
    raised(operator)
    opportunity = Opportunity.objects.get()
    assert queries.trend_alive(opportunity.pk, NOW)
    assert not queries.trend_alive(opportunity.pk, opportunity.until_at)
