"""Plans read back: teams that differ, seats with stand-ins, terms that add up, graphs with the plan's own days."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.blueprint import Route
from matching.plan.answers import answers, differing, overbooked
from matching.plan.blocked import blocked_by
from matching.plan.draft import draft, risk_from_json, risk_to_json
from matching.plan.graph import from_json, to_json
from matching.plan.seats import seats
from matching.plan.terms import Frame
from matching.problem import Case, Registry
from matching.solver import solve
from tests.rules.matching.offers import MONDAY, carriage, case, making, registry, weeks


def found(known: Case | None = None):
    return answers(known or case(), solve, seconds=5)


@pytest.fixture(scope="module")
def usual():
    return found()


def drafts(told):
    return [
        draft(team, bound=told.bound, explanations=told.explanations[n]) for n, team in enumerate(told.teams)
    ]


def test_plans_differ_by_route_or_by_makers_and_carriers(usual):
    assert len(usual.teams) >= 3
    assert {team.route for team in usual.teams} >= {Route.A, Route.B}
    assert differing([*usual.teams, usual.teams[0]]) == list(usual.teams)


def test_the_best_comes_first_and_no_plan_beats_the_bound(usual):
    worths = [team.worth for team in usual.teams]
    assert worths == sorted(worths, reverse=True)
    assert worths[0] <= usual.bound


def test_the_draft_earns_what_the_solver_promised(usual):
    for team, row in zip(usual.teams, drafts(usual), strict=True):
        assert row.margin_minor == pytest.approx(team.worth, abs=team.units)


def test_cost_is_what_all_seats_are_paid(usual):
    for row in drafts(usual):
        assert row.cost_minor == sum(seat.first.cost_minor for seat in row.seats)


def test_a_firm_is_engaged_once_whatever_it_does():
    dear = tuple(replace(row, firm=replace(row.firm, engagement_minor=500)) for row in registry().supports)
    (best, *_) = drafts(found(case(registry(supports=dear))))
    paid = [(seat.first.firm.id, item["label"]) for seat in best.seats for item in seat.first.terms["items"]]
    engaged = [firm for firm, label in paid if label == "Engagement"]
    assert len(engaged) == len(set(engaged)) > 0


def test_units_are_made_carried_and_sold_alike(usual):
    for team in usual.teams:
        assert sum(lot.units for lot in team.lots) == team.units == sum(leg.units for leg in team.legs)


def test_stand_ins_cost_at_least_nothing_and_are_other_firms(usual):
    for row in drafts(usual):
        for seat in row.seats:
            assert seat.first.firm.id not in {bid.firm.id for bid in seat.rest}
            assert [bid.cost_minor for bid in seat.rest if seat.slot == "quality"] in (
                [],
                [12_000 + 10 * row.units],
            )


def test_a_firm_with_two_lanes_has_one_seat():
    lanes = (carriage(11), carriage(11, id="lane:11b", origin="CNYIU", line=111))
    makers = (making(1, stock=800), making(2, origin="CNYIU", stock=800))
    (best, *_) = found(case(registry(carriages=lanes, makings=makers))).teams
    forwarders = [seat for seat in seats(best, Frame("USD", MONDAY, MONDAY)) if seat.slot == "forwarder"]
    assert len(forwarders) == 1
    assert len(forwarders[0].first.terms["offers"]) == len(best.legs) == 2


def test_what_the_first_choice_does_within_its_fee_is_not_paid_twice(usual):
    (best, *_) = drafts(usual)
    fees = [
        item["amount_minor"]
        for seat in best.seats
        if seat.slot in {"listing", "creative", "creators", "ads"}
        for item in seat.first.terms["items"]
    ]
    assert sum(fees) == sum(row.fee_minor for row in usual.teams[0].marketing)


def test_graph_and_risk_survive_the_journey_through_json(usual):
    (best, *_) = drafts(usual)
    assert from_json(to_json(best.tasks)) == best.tasks
    assert risk_from_json(risk_to_json(best.risk)) == best.risk


def test_days_come_from_the_slowest_lane_and_maker():
    slow = registry(
        makings=(making(1, stock=0, lead_days=9),), carriages=(carriage(11, p50_days=5, p90_days=9),)
    )
    (only, *_) = drafts(found(case(slow)))
    days = {task.code: task.days for task in only.tasks}
    assert days["M6"].likely == 9
    assert (days["L4"].likely, days["L4"].high) == (5, 11)


def test_the_first_unit_is_promised_by_expected_days_and_before_the_end(usual):
    for row in drafts(usual):
        assert MONDAY < row.dispatchable_on < row.ends_on
        assert row.risk.promised_day == (row.dispatchable_on - MONDAY).days


@settings(max_examples=8, deadline=None)
@given(st.lists(st.integers(50, 1_500), min_size=3, max_size=3), st.integers(100, 3_000))
def test_no_line_is_asked_for_more_than_it_has(capacities: list[int], space: int):
    """Makers share a line by twos, and all lanes of a carrier share its space."""
    makers = tuple(
        making(number, line=number % 2, free=weeks(units), stock=0)
        for number, units in enumerate(capacities, 1)
    )
    makers = tuple(replace(row, free=makers[row.line].free) for row in makers)
    lanes = (carriage(11, line=7, free=weeks(space)), carriage(11, "sea", line=7, free=weeks(space)))
    for team in found(case(registry(makings=makers, carriages=lanes))).teams:
        assert not overbooked(team)


def told(offers: Registry) -> list[object]:
    return [reason["code"] for reason in blocked_by(case(offers))]


@pytest.mark.parametrize(
    ("offers", "code"),
    [
        (registry(makings=()), "no_maker"),
        (registry(carriages=()), "no_lane"),
        (registry(supports=tuple(r for r in registry().supports if r.role != "quality")), "no_service"),
        (registry(makings=(making(1, moq=50_000),)), "minimum"),
        (registry(makings=(making(1, moq=900, stock=0, free=()),)), "no_capacity"),
        (registry(carriages=(carriage(11, free=()),)), "no_space"),
        (registry(makings=(making(1, unit_minor=90_000),)), "unit_loss"),
        (registry(makings=(making(1, fixed_minor=10**9),)), "fixed_costs"),
        (registry(carriages=(carriage(11, p50_days=90, p90_days=99),)), "too_late"),
    ],
)
def test_what_binds_is_named(offers: Registry, code: str):
    assert told(offers) == [code]
    assert not found(case(offers)).teams
