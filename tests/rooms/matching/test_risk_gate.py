"""Nobody approves a plan without having opened the risk report of exactly this plan."""

from datetime import timedelta

import pytest
from django.conf import settings

from config.rows import Missing, Refused
from matching import actions
from matching.models import Opening, RiskReport
from tests.builders.firms import person
from tests.builders.matching import Market

HOUR = timedelta(hours=1)


@pytest.fixture
def best(market: Market):
    return market.best()


def refusal(market: Market, proposal, actor=None, now=None) -> str:
    with pytest.raises(Refused) as refused:
        actions.choose(actor or market.operator, str(proposal.key), now=now or market.now)
    return refused.value.code


def test_every_proposal_has_a_report_when_it_is_made(market: Market):
    for proposal in market.propose().proposals.standing():
        report = proposal.risk_reports.get()
        figures = report.figures
        assert report.inputs_hash == proposal.inputs_hash
        days = figures["dispatchable"]
        assert 0 < days["p50"] <= days["p80"] <= days["p95"] < figures["finish"]["p50"]
        assert figures["margin"]["p10"] <= figures["margin"]["p50"] <= figures["margin"]["p90"]
        assert 0 <= figures["p_trend_alive"] <= 1


def test_a_report_that_nobody_opened_does_not_count(market: Market, best):
    assert refusal(market, best) == "risk_not_opened"


def test_what_another_operator_opened_does_not_count(market: Market, best):
    colleague = person("colleague", is_operator=True)
    actions.open_report(colleague.actor, str(best.key), now=market.now)
    assert refusal(market, best) == "risk_not_opened"


def test_the_report_of_another_proposal_does_not_count(market: Market, best):
    other = best.opportunity.proposals.standing()[1]
    actions.open_report(market.operator, str(other.key), now=market.now)
    assert refusal(market, best) == "risk_not_opened"


def test_opening_is_kept_once_a_person(market: Market, best):
    for _ in range(2):
        actions.open_report(market.operator, str(best.key), now=market.now)
    assert Opening.objects.filter(report__proposal=best).count() == 1


def test_an_opened_report_lets_the_person_choose(market: Market, best):
    report = actions.open_report(market.operator, str(best.key), now=market.now)
    assert actions.choose(market.operator, str(best.key), now=market.now).report_id == report.pk


def test_a_report_that_is_too_old_has_to_be_opened_afresh(market: Market, best):
    actions.open_report(market.operator, str(best.key), now=market.now)
    later = market.now + settings.RISK_REPORT_MAX_AGE + HOUR
    assert refusal(market, best, now=later) == "risk_not_opened"
    fresh = actions.open_report(market.operator, str(best.key), now=later)
    assert RiskReport.objects.filter(proposal=best).count() == 2
    assert fresh.figures["dispatchable"]["p50"] == pytest.approx(
        best.risk_reports.order_by("pk").first().figures["dispatchable"]["p50"], rel=0.05
    )
    assert actions.choose(market.operator, str(best.key), now=later).report_id == fresh.pk


def test_a_changed_plan_needs_another_report(market: Market, best):
    actions.open_report(market.operator, str(best.key), now=market.now)
    best.inputs_hash = "0" * 64
    best.save()
    assert refusal(market, best) == "risk_not_opened"


def test_members_open_no_report(market: Market, best):
    with pytest.raises(Missing):
        actions.open_report(market.firms.maker.owner.actor, str(best.key), now=market.now)
