"""Whole units: the best ones near the fractions, and some where flooring finds none."""

import pytest

from matching.solver import whole
from matching.solver.clock import Allowance
from matching.solver.columns import build
from matching.solver.problem import parse
from matching.solver.program import answer, engine
from matching.solver.search import search
from matching.solver.tables import Tables
from matching.solver.team import Plan, Rounding, bought_by, charges, realise, team_of, team_program
from tests.rules.matching.solver_world import small_problem


def found(seed: int, share_bp: int = 10_000) -> tuple[Tables, Plan | None]:
    """A small problem's tables and the best plan that twenty steps find; no maker firm makes more than the share."""
    problem = small_problem(seed)
    problem["limits"]["max_share_bp"]["manufacturing"] = share_bp
    state = search(build(parse(problem)), Allowance(None, 20))
    return state.tables, state.best


def test_whole_units_near_the_fractions_are_the_best_of_all() -> None:
    plans = [(tables, plan) for tables, plan in map(found, range(20)) if plan and plan.alliance.flows]
    assert len(plans) > 5
    for tables, plan in plans:
        team, bought = team_of(tables, plan), bought_by(tables, plan)
        fixed = charges(tables, team, bought)
        anywhere = engine(mip_rel_gap=0.0)
        anywhere.passModel(team_program(tables, team, fixed, whole=True)[0].model())
        best = realise(tables, team, bought, Rounding.BEST)
        assert best is not None
        assert best.objective - best.measured.breakdown["synergy"] + fixed == round(answer(anywhere).value)


def test_where_none_are_near_they_are_looked_for_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole, "BOX", -1)  # nothing lies in it
    plans = [(tables, plan) for tables, plan in map(found, range(20)) if plan and plan.alliance.flows]
    assert len(plans) > 5
    for tables, plan in plans:
        best = realise(tables, team_of(tables, plan), bought_by(tables, plan), Rounding.BEST)
        assert best is not None
        assert best.objective >= plan.objective


def test_no_time_finds_nothing() -> None:
    tables, plan = next((tables, plan) for tables, plan in map(found, range(20)) if plan)
    assert realise(tables, team_of(tables, plan), bought_by(tables, plan), Rounding.BEST, 0.0) is None


def test_two_makers_of_exactly_half_each_are_found_by_searching_only() -> None:
    halves = 0
    for seed in range(40):
        tables, plan = found(seed, 5_000)
        if plan is None or len({*plan.measured.firms["manufacturing"]}) != 2:
            continue
        team, bought = team_of(tables, plan), bought_by(tables, plan)
        assert realise(tables, team, bought, Rounding.QUICK) is None
        best = realise(tables, team, bought, Rounding.BEST)
        assert best is not None
        assert best.objective == plan.objective
        halves += 1
    assert halves
