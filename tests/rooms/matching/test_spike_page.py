"""The page of a surge: its chart with what was foretold, why now, evidence by source, its likes and its calibration."""

from datetime import timedelta

import pytest
from django.test import Client

from config.rows import CLOCK, Missing, Refused
from matching import actions
from matching.actions.noticing import LOST_EVIDENCE
from matching.models import Opportunity, Product, Promotion, Signal, Spike
from tests.builders.firms import NOW, person
from tests.builders.matching import MARKET, PRODUCT, SURGE, Market, days, row, surge

DAY = timedelta(days=1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(market: Market, of) -> Client:
    return of(market.firms.operator)


def page(operator: Client, spike: Spike, language: str = "en") -> str:
    return operator.get(
        f"/console/spikes/{spike.pk}/", headers={"accept-language": language}
    ).content.decode()


def test_a_running_surge_tells_why_and_what_is_still_wanted(operator: Client):
    surge()
    actions.notice(NOW)
    shown = page(operator, Spike.objects.get())
    assert 'class="fan"' in shown
    assert 'id="foretold"' in shown
    assert "times as many as usual" in shown
    assert "no year of history" in shown
    assert 'id="single"' in shown
    assert "No alarm is old enough" in shown
    assert "No past surge has been judged" in shown


def test_a_second_kind_of_source_makes_it_surer_and_takes_the_mark_away(operator: Client):
    surge()
    surge(source="social", external_id=None)
    actions.notice(NOW)
    shown = page(operator, Spike.objects.get(source="orders"))
    assert 'id="single"' not in shown
    assert "2 independent kinds" in shown
    assert "Nothing is observed" in shown  # customs


def test_later_the_page_tells_how_it_turned_out(operator: Client):
    surge()
    actions.take_in(CLOCK, days([*SURGE, *SURGE], NOW.date() + 13 * DAY), now=NOW + 30 * DAY)
    later = NOW + 14 * DAY
    actions.notice(later)
    actions.judge_alarms(later)
    shown = page(operator, Spike.objects.get())
    assert 'id="verdict"' in shown
    assert "It was real." in shown
    assert 'id="record"' in shown


def test_a_surge_whose_observations_were_taken_back_still_has_its_page(operator: Client):
    surge()
    actions.notice(NOW)
    Signal.objects.update(superseded_at=NOW)
    spike = Spike.objects.get()
    for language in ("en", "zh-hans"):
        shown = page(operator, spike, language)
        assert '<svg class="chart"' not in shown
        assert 'class="empty"' in shown


def test_a_promotion_of_these_days_is_told(operator: Client, market: Market):
    surge()
    actions.notice(NOW)
    span = {"from_on": NOW.date() - 9 * DAY, "until_on": NOW.date()}
    told = {"market": MARKET, "product": PRODUCT, "name": "Trouser Week", **span}
    answer = operator.post("/console/promotions/", {key: str(value) for key, value in told.items()})
    assert answer.status_code == 302
    assert "Trouser Week" in page(operator, Spike.objects.get())
    promotion = Promotion.objects.get()
    operator.post(f"/console/promotions/{promotion.pk}/withdraw/")
    assert "Trouser Week" not in page(operator, Spike.objects.get())
    with pytest.raises(Missing):
        actions.withdraw_promotion(market.operator, promotion.pk, now=NOW)
    with pytest.raises(Missing):
        actions.announce_promotion(person("worker").actor, **told, now=NOW)  # type: ignore[arg-type]


def test_a_promotion_ends_after_it_begins(operator: Client):
    sent = {"name": "x", "market": MARKET, "from_on": "2026-03-04", "until_on": "2026-03-03"}
    assert "lies before the first" in operator.post("/console/promotions/", sent).content.decode()
    assert not Promotion.objects.exists()


def test_an_operator_need_not_wait_for_the_confirmation(operator: Client):
    surge()
    actions.notice(NOW)
    spike = Spike.objects.get()
    assert f"?spike={spike.pk}" in page(operator, spike)
    form = operator.get(f"/console/opportunities/raise/?spike={spike.pk}").content.decode()
    assert f'<option value="{MARKET}" selected>' in form
    assert f'<option value="{PRODUCT}" selected>' in form
    for nonsense in ("999999", "x", "9" * 40):
        assert operator.get(f"/console/opportunities/raise/?spike={nonsense}").status_code == 200


def test_products_that_nobody_can_place_wait_to_be_mapped(operator: Client, market: Market):
    surge(product="gadget", title="Gadget", hs6="")
    actions.notice(NOW)
    actions.answer_spikes(NOW)
    actions.propose_due(NOW)
    blocked = Opportunity.objects.get()
    assert next(reason["code"] for reason in blocked.blocked_by) == "no_heading"
    assert 'action="/console/products/gadget/map/"' in operator.get("/console/signals/").content.decode()
    with pytest.raises(Refused):
        actions.map_product(market.operator, "gadget", "12ab56", now=NOW)
    with pytest.raises(Missing):
        actions.map_product(person("worker").actor, "gadget", "620462", now=NOW)
    operator.post("/console/products/gadget/map/", {"hs6": "620462"})
    assert Product.objects.get(key="gadget").hs6 == "620462"
    assert Opportunity.objects.get().state == Opportunity.State.OPEN
    assert "/console/products/gadget/map/" not in operator.get("/console/signals/").content.decode()
    with pytest.raises(Refused):
        actions.map_product(market.operator, "gadget", "620463", now=NOW)


def test_late_observations_are_seen_by_operators(operator: Client):
    surge()
    actions.notice(NOW)
    assert 'id="late"' not in operator.get("/console/signals/").content.decode()
    late = row(NOW.date() - 20 * DAY, 3, external_id="found in a drawer")
    actions.take_in(CLOCK, [late], now=NOW)
    assert 'id="late"' in operator.get("/console/signals/").content.decode()


def test_what_was_set_aside_says_why(operator: Client):
    surge()
    actions.notice(NOW)
    Spike.objects.update(dismissed_at=NOW, dismissal_reason=LOST_EVIDENCE)
    assert "took its evidence away" in page(operator, Spike.objects.get())
