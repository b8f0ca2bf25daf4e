"""From a surge to proposals that differ, each with seats, reasons, dates and a risk report."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connections

from config.rows import Missing, Refused
from firms.models import CapacityWeek, Competency, Lane, PriceTier
from matching import actions, queries
from matching.actions import proposals
from matching.models import Opportunity, Proposal
from tests.builders.matching import MARKET, PRODUCT, Market, market_world, sheet, surge

MANDATORY = {
    "maker", "quality", "forwarder", "export_broker", "import_broker", "last_mile", "listing", "creative",
    "creators", "ads", "seller", "importer", "eu_responsible",
}  # fmt: skip


def plan_of(proposal: Proposal) -> tuple[str, frozenset[int]]:
    movers = proposal.seats.filter(slot__in=["maker", "forwarder"]).values_list("firm_id", flat=True)
    return proposal.route, frozenset(movers)


def test_at_least_three_proposals_that_differ_by_route_or_by_who_makes_and_carries(market: Market):
    opportunity = market.propose()
    standing = list(opportunity.proposals.standing())
    assert opportunity.state == Opportunity.State.PROPOSED
    assert len(standing) >= 3
    assert len({plan_of(row) for row in standing}) == len(standing)
    assert len({row.route for row in standing}) >= 2


def test_proposals_come_best_first_and_none_beats_the_bound(market: Market):
    standing = list(market.propose().proposals.standing())
    assert [row.rank for row in standing] == list(range(1, len(standing) + 1))
    assert all(0 < row.margin_minor <= row.bound_minor for row in standing)
    assert standing[0].margin_minor == max(row.margin_minor for row in standing)


def test_cost_is_the_sum_of_what_the_seats_are_paid(market: Market):
    best = market.best()
    paid = [
        item.get("total_minor", item.get("amount_minor", 0))
        for seat in best.seats.all()
        for item in seat.terms["items"]
    ]
    assert sum(paid) == best.cost_minor
    assert best.revenue_minor - best.cost_minor == best.margin_minor


def test_every_mandatory_slot_has_a_firm_and_the_inspector_is_no_maker(market: Market):
    for proposal in market.propose().proposals.standing():
        held = {seat.slot: seat.firm_id for seat in proposal.seats.all()}
        assert set(held) >= MANDATORY
        assert held["quality"] not in {seat.firm_id for seat in proposal.seats.filter(slot="maker")}


def test_what_is_asked_of_a_line_is_free_there(market: Market):
    for proposal in market.propose().proposals.standing():
        for seat in proposal.seats.all():
            for asked in seat.terms["capacity"]:
                weeks = CapacityWeek.objects.filter(line=asked["line"], week_on__lte=asked["until_on"])
                assert asked["units"] <= sum(week.free_units for week in weeks)


def test_stand_ins_bring_the_same_units_and_are_not_the_first_choice(market: Market):
    seats = [
        seat for plan in market.propose().proposals.standing() for seat in plan.seats.filter(slot="forwarder")
    ]
    replaceable = [seat for seat in seats if seat.candidates]
    assert replaceable
    for seat in replaceable:
        for row in seat.candidates:
            assert row["firm"] != seat.firm_id
            assert units_in(row["terms"]) == units_in(seat.terms)


def units_in(terms: dict[str, Any]) -> int:
    return sum(item["units"] for item in terms["items"] if item["kind"] == "per_unit")


def test_reasons_are_sentences(market: Market):
    best = market.best()
    said = [queries.sentence(reason) for reason in best.reasons]
    assert all(" " in sentence and "%(" not in sentence for sentence in said)
    assert any("No other team could earn more" in sentence for sentence in said)


def test_without_a_sheet_there_is_no_proposal_and_the_missing_lines_are_named(db):
    market = market_world(has_sheet=False)
    actions.edit_economics(
        market.operator, PRODUCT, MARKET, sheet(without=["ads", "returns"]), now=market.now
    )
    opportunity = market.propose()
    assert opportunity.state == Opportunity.State.BLOCKED
    assert not opportunity.proposals.exists()
    said = " ".join(queries.sentence(reason) for reason in opportunity.blocked_by)
    assert "Advertising" in said
    assert "Returns" in said


def test_filling_in_the_sheet_makes_proposals(db):
    market = market_world(has_sheet=False)
    opportunity = market.propose()
    assert opportunity.state == Opportunity.State.BLOCKED
    actions.edit_economics(market.operator, PRODUCT, MARKET, sheet(), now=market.now)
    actions.propose_due(market.now)
    opportunity.refresh_from_db()
    assert opportunity.state == Opportunity.State.PROPOSED


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda: Competency.objects.update(hs6="950300"), "no_maker"),
        (lambda: Lane.objects.update(market="US"), "no_lane"),
        (lambda: Lane.objects.update(transit_p50_days=80, transit_p90_days=90), "too_late"),
        (lambda: Competency.objects.update(moq_units=10_000_000), "minimum"),
        (
            lambda: [rows.objects.update(unit_cost_minor=9_000) for rows in (Competency, PriceTier)],
            "unit_loss",
        ),
        (lambda: Competency.objects.update(fixed_cost_minor=10**9), "fixed_costs"),
        (lambda: CapacityWeek.objects.update(published_units=0), "no_space"),
    ],
)
def test_without_a_plan_it_says_what_binds(market: Market, change, code: str):
    change()
    opportunity = market.propose()
    assert opportunity.state == Opportunity.State.BLOCKED
    assert [reason["code"] for reason in opportunity.blocked_by] == [code]
    assert " " in queries.sentence(opportunity.blocked_by[0])


def test_a_firm_that_does_not_verify_is_not_planned_with(market: Market):
    market.rival.firm.__class__.objects.filter(pk=market.rival.id).update(state="suspended")
    for proposal in market.propose().proposals.standing():
        assert not proposal.seats.filter(firm_id=market.rival.id).exists()


def test_new_proposals_replace_the_standing_ones_in_a_new_round(market: Market):
    opportunity = market.propose()
    first = set(opportunity.proposals.standing().values_list("pk", flat=True))
    actions.try_again(market.operator, str(opportunity.key), now=market.now)
    actions.propose_due(market.now)
    standing = opportunity.proposals.standing()
    assert not first.intersection(standing.values_list("pk", flat=True))
    assert {row.round for row in standing} == {2}
    assert set(Proposal.objects.filter(pk__in=first).values_list("state", flat=True)) == {"replaced"}


def test_an_opportunity_that_moved_on_while_it_was_solved_is_left_alone(market: Market, monkeypatch):
    opportunity = market.propose()
    actions.try_again(market.operator, str(opportunity.key), now=market.now)
    solve = proposals.search

    def slow(*given: object) -> object:
        actions.dismiss_opportunity(market.operator, str(opportunity.key), reason="too late", now=market.now)
        return solve(*given)

    monkeypatch.setattr(proposals, "search", slow)
    assert actions.propose(opportunity.pk, now=market.now) is False
    opportunity.refresh_from_db()
    assert opportunity.state == Opportunity.State.DISMISSED
    assert not opportunity.proposals.standing().exists()


def test_one_that_can_not_be_solved_does_not_hold_up_the_others(market: Market, monkeypatch):
    surge()
    surge(product="jackets", title="Jackets")
    actions.notice(market.now)
    actions.answer_spikes(market.now)
    first, second = Opportunity.objects.order_by("propose_at", "pk")
    cases = proposals.case_of

    def broken(opportunity_id: int, now: datetime) -> object:
        if opportunity_id == first.pk:
            raise ZeroDivisionError
        return cases(opportunity_id, now)

    monkeypatch.setattr(proposals, "case_of", broken)
    assert actions.propose_due(market.now) == 1
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state == "open") == ("open", False)
    assert first.propose_at > market.now


def test_two_processes_do_not_make_the_same_proposals(real_database):
    market = market_world()
    surge()
    actions.notice(market.now)
    actions.answer_spikes(market.now)
    opportunity = Opportunity.objects.get()

    def propose(_number: int) -> bool:
        try:
            return actions.propose(opportunity.pk, now=market.now)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as workers:
        assert sum(workers.map(propose, range(4))) == 1
    assert {row.round for row in opportunity.proposals.all()} == {1}


def test_the_chosen_plan_holds_all_that_an_alliance_needs(market: Market):
    best = market.best()
    actions.open_report(market.operator, str(best.key), now=market.now)
    plan = actions.choose(market.operator, str(best.key), now=market.now)
    assert (plan.units, plan.route, plan.markets) == (best.units, best.route, (MARKET,))
    assert plan.starts_on < plan.dispatchable_on < plan.ends_on
    assert {"S1", "S2", "S3"} <= {task.code for task in plan.tasks}
    assert plan.prices_minor == {MARKET: 4_990}
    assert {seat.slot for seat in plan.seats} >= MANDATORY
    best.refresh_from_db()
    assert (best.state, best.opportunity.state) == ("chosen", "approved")


def test_a_replaced_proposal_can_not_be_chosen(market: Market):
    best = market.best()
    actions.open_report(market.operator, str(best.key), now=market.now)
    actions.try_again(market.operator, str(best.opportunity.key), now=market.now)
    actions.propose_due(market.now)
    with pytest.raises(Refused) as refused:
        actions.choose(market.operator, str(best.key), now=market.now)
    assert refused.value.code == "not_standing"


def test_members_do_not_choose(market: Market):
    best = market.best()
    with pytest.raises(Missing):
        actions.choose(market.firms.maker.owner.actor, str(best.key), now=market.now)


def test_after_the_alliance_fell_through_the_opportunity_is_planned_again(market: Market):
    best = market.best()
    actions.open_report(market.operator, str(best.key), now=market.now)
    plan = actions.choose(market.operator, str(best.key), now=market.now)
    later = market.now + timedelta(days=1)
    actions.replan(plan.opportunity_id, "nobody is left to ask", now=later)
    actions.propose_due(later)
    opportunity = Opportunity.objects.get(pk=plan.opportunity_id)
    assert opportunity.state == Opportunity.State.PROPOSED
    assert opportunity.proposals.standing().exists()


def test_rejecting_every_proposal_blocks_the_opportunity(market: Market):
    opportunity = market.propose()
    for proposal in opportunity.proposals.standing():
        actions.reject(market.operator, str(proposal.key), reason="too dear", now=market.now)
    opportunity.refresh_from_db()
    assert opportunity.state == Opportunity.State.BLOCKED
    assert opportunity.blocked_by == [{"code": "all_rejected"}]
