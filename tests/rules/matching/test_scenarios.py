"""Proposals are sized for demand as it may turn out, not for its middle."""

import copy
from typing import Any

import pytest

from matching.plan.answers import answers
from matching.problem import Demand, Variant, build, most
from matching.problem.scenarios import MANY, left, wanted
from matching.solver import solve
from matching.solver.chances import worth
from matching.solver.measure import Alliance, measure
from matching.solver.problem import parse
from tests.rules.matching.offers import MARKET, carriage, case, making, registry

Raw = dict[str, Any]


def mean_margin(raw: Raw, plan: Raw) -> float:
    flows = {(f["offer"], f["source"], f["lane"], f["bucket"]): f["units"] for f in plan["flows"]}
    alliance = Alliance(flows, tuple(plan["marketing"]), tuple(plan["quality"]), tuple(plan["customs"]))
    problem = parse(raw)
    return worth(problem, alliance, measure(problem, alliance))


def on_the_middle(raw: Raw) -> Raw:
    """The same problem for one who plans as if the mean of demand were sure."""
    sure = copy.deepcopy(raw)
    rows = sure.pop("scenarios")
    for market in sure["markets"]:
        mean = sum(row["markets"][market["id"]]["demand"] for row in rows) // len(rows)
        caps = [max(1, cap * mean // market["demand"]) for cap in market["bucket_demand"]]
        market.update(demand=mean, bucket_demand=caps)
    return sure


def test_scenarios_lie_on_the_quantiles() -> None:
    rows = wanted(Demand(MARKET, 1_000, 3_000, 9_000))
    assert len(rows) == MANY
    assert rows == sorted(rows)
    assert sum(units < 1_000 for units in rows) == 1
    assert sum(units < 3_000 for units in rows) == MANY // 2
    assert most(Demand(MARKET, 1_000, 3_000, 9_000)) == rows[-1]


def test_what_is_left_over_never_pays_for_itself() -> None:
    known = case()
    cheapest = min(row.unit_minor for row in known.registry.makings)
    assert left(known, known.markets[0]) <= cheapest


def test_units_are_fewer_when_what_is_left_over_costs_much() -> None:
    """The surer the demand, the nearer is the plan to its middle; dear goods are bought with more care."""
    dear = case(registry(makings=(making(1, unit_minor=900, stock=0),), carriages=(carriage(11),)))
    cheap = case(registry(makings=(making(1, unit_minor=200, stock=0),), carriages=(carriage(11),)))
    few, many = (answers(known, solve, seconds=5).teams[0].units for known in (dear, cheap))
    assert few < many


@pytest.mark.parametrize("spread", [2, 4])
def test_planning_on_scenarios_earns_more_than_planning_on_the_mean(spread: int) -> None:
    demands = [Demand(MARKET, 3_000 // spread, 3_000, 3_000 * spread)]
    dear = (making(1, unit_minor=900, stock=0), making(2, unit_minor=950, stock=0))
    raw = build(case(registry(makings=dear), demands=demands), Variant.AIR).raw
    hedged, sure = solve(raw, steps=6, alternatives=0), solve(on_the_middle(raw), steps=6, alternatives=0)
    gain = mean_margin(raw, hedged) - mean_margin(raw, sure)
    assert gain > 0.02 * mean_margin(raw, sure)
    assert hedged["expected"]["mean"] == pytest.approx(mean_margin(raw, hedged), abs=1)


def test_no_plan_beats_the_bound_on_the_mean() -> None:
    raw = build(case(), Variant.ANY).raw
    plans = [solve(raw, steps=steps, alternatives=3) for steps in (1, 6)]
    bound = min(plan["expected"]["bound"] for plan in plans)
    others = [other for plan in plans for other in (plan, *plan["alternatives"])]
    assert max(mean_margin(raw, plan) for plan in others) <= bound + 1
    assert bound <= 1.15 * max(plan["expected"]["mean"] for plan in plans)
