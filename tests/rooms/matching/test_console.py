"""The operators' pages: who may see them, what they show, and what their forms do."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from matching import actions
from matching.models import EconomicsLine, Opening, Opportunity, Spike
from tests.builders.matching import MARKET, PRODUCT, Market, surge


@pytest.fixture
def decided(market: Market) -> Opportunity:
    return market.propose()


def addresses(opportunity: Opportunity) -> list[str]:
    proposal = opportunity.proposals.standing()[0]
    return [
        "/console/",
        "/console/signals/",
        "/console/spikes/",
        f"/console/spikes/{opportunity.spike_id}/",
        "/console/opportunities/",
        "/console/opportunities/raise/",
        f"/opportunities/{opportunity.key}/",
        f"/opportunities/{opportunity.key}/economics/{MARKET}/",
        f"/proposals/{proposal.key}/",
        f"/proposals/{proposal.key}/risk/",
    ]


def test_operators_see_every_page_in_both_languages(market: Market, decided, of):
    browser = of(market.firms.operator)
    for address in addresses(decided):
        for language in ("en", "zh-hans"):
            answer = browser.get(address, headers={"accept-language": language})
            assert answer.status_code == 200, address
            assert "%(" not in answer.content.decode(), address


def test_for_everybody_else_there_is_nothing(market: Market, decided, of):
    for user in (market.firms.maker.owner, market.firms.outsider.worker):
        browser = of(user)
        assert {browser.get(address).status_code for address in addresses(decided)} == {404}
    assert {Client().get(address).status_code for address in addresses(decided)} == {302}
    assert not Opening.objects.exists()


def test_what_does_not_exist_is_a_404(market: Market, decided, of):
    browser = of(market.firms.operator)
    nothing = "00000000-0000-4000-8000-000000000000"
    for address in (
        f"/opportunities/{nothing}/",
        f"/proposals/{nothing}/",
        f"/proposals/{nothing}/risk/",
        "/console/spikes/999999/",
        f"/opportunities/{decided.key}/economics/US/",
    ):
        assert browser.get(address).status_code == 404, address


def test_pages_take_the_same_number_of_queries_however_much_there_is(market: Market, decided, of):
    browser = of(market.firms.operator)
    browser.get("/console/signals/")
    with CaptureQueriesContext(connection) as few:
        browser.get("/console/signals/")
        browser.get("/console/spikes/")
    for number in range(6):
        surge(product=f"socks-{number}", title=f"Socks {number}")
    actions.notice(market.now)
    with CaptureQueriesContext(connection) as many:
        browser.get("/console/signals/")
        browser.get("/console/spikes/")
    assert len(many) == len(few)


def test_approving_is_offered_after_the_risk_report_was_opened(market: Market, decided, of):
    browser = of(market.firms.operator)
    proposal = decided.proposals.standing()[0]
    page = f"/opportunities/{decided.key}/"
    before = browser.get(page).content.decode()
    assert before.count("disabled aria-describedby") == decided.proposals.standing().count()
    browser.get(f"/proposals/{proposal.key}/risk/")
    after = browser.get(page).content.decode()
    assert after.count("disabled aria-describedby") == decided.proposals.standing().count() - 1
    assert Opening.objects.get().user == market.firms.operator


def test_proposals_stand_side_by_side_with_their_risk(market: Market, decided, of):
    shown = of(market.firms.operator).get(f"/opportunities/{decided.key}/").content.decode()
    for proposal in decided.proposals.standing():
        assert f'data-key="{proposal.key}"' in shown
    assert "What differs" in shown
    assert "Before the trend is gone" in shown


def test_a_surge_is_set_aside_with_a_reason(market: Market, of):
    surge()
    actions.notice(market.now)
    spike = Spike.objects.get()
    browser = of(market.firms.operator)
    browser.post(f"/console/spikes/{spike.pk}/dismiss/", {"reason": ""})
    assert Spike.objects.get().dismissed_at is None
    browser.post(f"/console/spikes/{spike.pk}/dismiss/", {"reason": "a data error"})
    assert Spike.objects.get().dismissal_reason == "a data error"


def test_a_refusal_is_told_to_programs_as_409(market: Market, of):
    surge()
    actions.notice(market.now)
    address = f"/console/spikes/{Spike.objects.get().pk}/dismiss/"
    answer = of(market.firms.operator).post(address, {}, headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (409, "no_reason")


def raised(**changes: object) -> dict[str, object]:
    return {
        "product": PRODUCT,
        "reason": "a fair next month",
        "half_life_days": "12",
        "market_1": "DE",
        "low_1": "2000",
        "likely_1": "4000",
        "high_1": "9000",
        **changes,
    }


def test_an_opportunity_is_raised_by_hand(market: Market, of):
    answer = of(market.firms.operator).post("/console/opportunities/raise/", raised())
    opportunity = Opportunity.objects.get()
    assert answer.headers["location"] == f"/opportunities/{opportunity.key}/"
    actions.propose_due(market.now)
    opportunity.refresh_from_db()
    assert opportunity.state == Opportunity.State.PROPOSED


@pytest.mark.parametrize(
    "change",
    [
        {"reason": ""},
        {"product": "nothing"},
        {"market_1": ""},
        {"low_1": "5000"},
        {"likely_1": ""},
        {"half_life_days": "0"},
        {"market_2": "DE", "low_2": "1", "likely_2": "2", "high_2": "3"},
    ],
)
def test_what_is_wrong_in_the_form_is_told_beside_it(market: Market, of, change):
    answer = of(market.firms.operator).post("/console/opportunities/raise/", raised(**change))
    assert answer.status_code == 200
    assert 'aria-invalid="true"' in answer.content.decode() or 'class="problems' in answer.content.decode()
    assert not Opportunity.objects.exists()


def test_the_sheet_is_edited_with_amounts_and_rates(market: Market, decided, of):
    browser = of(market.firms.operator)
    address = f"/opportunities/{decided.key}/economics/{MARKET}/"
    form = {
        f"{line.kind}_{name}": value
        for line in EconomicsLine.objects.all()
        for name, value in (
            (
                "value",
                f"{line.rate_bp / 100}%" if line.rate_bp is not None else f"{line.amount_minor / 100:.2f}",
            ),
            ("source", line.source),
            ("on", line.as_of_on.isoformat()),
        )
    }
    answer = browser.post(address, {**form, "price_value": "59.90", "ads_value": "12.5%"})
    assert answer.status_code == 302
    lines = {line.kind: line for line in EconomicsLine.objects.all()}
    assert lines["price"].amount_minor == 5_990
    assert lines["ads"].rate_bp == 1_250
    assert lines["price"].edited_by == market.firms.operator
    decided.refresh_from_db()
    assert decided.state == Opportunity.State.OPEN


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"price_value": "15%"}, "not a rate"),
        ({"price_value": "much"}, "Write an amount"),
        ({"price_value": ""}, "required"),
        ({"price_source": ""}, "Name the source"),
        ({"price_on": ""}, "as of which day"),
        ({"price_value": "1.234"}, "too fine"),
    ],
)
def test_a_line_needs_a_value_a_source_and_a_day(market: Market, decided, of, change, said):
    full = {"price_value": "59.90", "price_source": "study", "price_on": "2026-01-01"}
    address = f"/opportunities/{decided.key}/economics/{MARKET}/"
    with translation.override("en"):
        shown = of(market.firms.operator).post(address, {**full, **change}).content.decode()
    assert said in shown
    assert EconomicsLine.objects.get(kind="price").amount_minor == 4_990


def test_an_opportunity_is_set_aside_and_proposed_again_by_people(market: Market, decided, of):
    browser = of(market.firms.operator)
    browser.post(f"/opportunities/{decided.key}/propose/")
    decided.refresh_from_db()
    assert decided.state == Opportunity.State.OPEN
    browser.post(f"/opportunities/{decided.key}/dismiss/", {"reason": "called off"})
    decided.refresh_from_db()
    assert decided.state == Opportunity.State.DISMISSED
    later = browser.get(f"/opportunities/{decided.key}/").content.decode()
    assert "called off" in later
