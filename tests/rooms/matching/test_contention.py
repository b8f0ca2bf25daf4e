"""Opportunities compete for the same weeks: it is said, and who comes too late is planned anew, with the reason."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import transaction
from django.test import Client

from alliances.models import Alliance
from config.rows import Refused
from firms import actions as firms_actions
from firms.actions import Wanted
from firms.models import CapacityWeek, User
from matching import actions, queries
from matching.models import Opportunity, Proposal, RiskReport
from matching.queries import contention
from tests.builders.alliances import FIGURES, SeatOf, needs, standing_proposal
from tests.builders.firms import Firms, publish, small_world
from tests.builders.matching import Market
from tests.rooms.matching.pages import words

MARGIN = {"p10": 10_000, "p50": 60_000, "p90": 130_000, "mean": 70_000, "p_loss": 0.08}


def take_all(proposal: Proposal, now: datetime) -> str:
    """Somebody else holds all that a line of the plan has; returns its firm's name."""
    seat = next(row for row in proposal.seats.all() if row.terms["capacity"])
    line = seat.terms["capacity"][0]["line"]
    with transaction.atomic():
        for number, week in enumerate(CapacityWeek.objects.filter(line_id=line)):
            if week.free_units:
                want = Wanted(line, week.week_on, week.week_on, week.free_units)
                firms_actions.hold(f"other/{number}", [want], now=now)
    return str(seat.firm)


def test_a_plan_whose_weeks_are_gone_is_not_approved_but_made_again_with_the_reason(
    market: Market, of: Callable[[User], Client]
) -> None:
    best = market.best()
    actions.open_report(market.operator, str(best.key), now=market.now)
    firm = take_all(best, market.now)
    browser = of(market.firms.operator)
    page = browser.post(f"/proposals/{best.key}/approve/", {}, follow=True).content.decode()
    assert f"The weeks of {firm} went to others" in page
    assert not Alliance.objects.exists()
    assert actions.replan_gone(market.now) == 1
    assert actions.replan_gone(market.now) == 0
    actions.propose_due(market.now)
    opportunity = Opportunity.objects.get()
    for made in opportunity.proposals.standing():
        assert made.round == best.round + 1
        assert any(f"The weeks of {firm} went" in queries.sentence(row) for row in made.reasons)
        assert not contention.gone(made)


def test_plans_with_all_their_weeks_are_left_alone(market: Market) -> None:
    market.propose()
    assert actions.replan_gone(market.now) == 0


@pytest.fixture
def firms(db: None, now: datetime) -> Firms:
    return small_world(now)


def two_that_compete(firms: Firms, now: datetime) -> tuple[Proposal, Proposal]:
    """The second earns twice as much, and the line has 150 units for the 200 that both want."""
    line = publish(firms.maker, "Shared line", 150, now, weeks=1)
    seats = [SeatOf("maker", [firms.maker], capacity=needs(line, 100, now))]
    small, large = (standing_proposal(firms, seats, now, units=units) for units in (100, 200))
    Opportunity.objects.filter(pk__in=[small.opportunity_id, large.opportunity_id]).update(
        state=Opportunity.State.PROPOSED
    )
    return small, large


def test_who_wants_the_same_weeks_is_said_and_what_earns_more_goes_first(firms: Firms, now: datetime) -> None:
    small, large = two_that_compete(firms, now)
    (rival,) = contention.rivals(small)
    assert (rival.proposal, rival.short, rival.goes_first) == (large, 50, True)
    (rival,) = contention.rivals(large)
    assert (rival.proposal, rival.goes_first) == (small, False)


def test_the_page_of_each_names_the_other_what_is_missing_and_who_is_decided_first(
    firms: Firms, of: Callable[[User], Client], now: datetime
) -> None:
    small, large = two_that_compete(firms, now)
    RiskReport.objects.update(figures=FIGURES | {"margin": MARGIN})
    browser = of(firms.operator)
    for one, other, margin, last in (
        (small, large, "2,600", "Decide on it first."),
        (large, small, "1,300", "Decide on this one first."),
    ):
        page = browser.get(f"/proposals/{one.key}/").content
        told = words(page[page.index(b'id="rivals"') : page.index(b'id="h-seats"')])
        assert f'href="/proposals/{other.key}/"'.encode() in page
        assert f"{other.opportunity.product} : {firms.maker.firm} lacks 50 units for both" in told
        assert f"it would leave €{margin}" in told
        assert last in told


def test_a_plan_that_nobody_competes_with_says_nothing_of_others(
    firms: Firms, of: Callable[[User], Client], now: datetime
) -> None:
    small, large = two_that_compete(firms, now)
    RiskReport.objects.update(figures=FIGURES | {"margin": MARGIN})
    Opportunity.objects.filter(pk=large.opportunity_id).update(state=Opportunity.State.OPEN)
    page = of(firms.operator).get(f"/proposals/{small.key}/").content
    assert b'id="seats"' in page
    assert b'id="rivals"' not in page


def test_who_comes_second_is_planned_anew_when_the_first_has_its_weeks(firms: Firms, now: datetime) -> None:
    small, large = two_that_compete(firms, now)
    need = large.seats.get().terms["capacity"][0]
    want = Wanted(need["line"], now.date(), now.date(), 100)
    with transaction.atomic():
        firms_actions.hold("first/maker-1", [want], now=now)
    with pytest.raises(Refused) as refused:
        actions.choose(firms.operator.actor, str(small.key), now=now)
    assert refused.value.code == "capacity_gone"
    assert actions.replan_gone(now) >= 1
    small.opportunity.refresh_from_db()
    assert small.opportunity.state == Opportunity.State.OPEN
