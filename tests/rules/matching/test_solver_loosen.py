"""Commitments that cannot be met: the answer names the least that would have to give, and shows that it suffices."""

import copy
from typing import Any

import pytest

from matching.solver import solve
from tests.rules.matching.solver_judge import Judge
from tests.rules.matching.solver_world import small_problem

Row = dict[str, Any]


def changed(problem: Row, changes: list[Row]) -> Row:
    loosened = copy.deepcopy(problem)
    for change in changes:
        at: Any = loosened
        for name in change["path"][:-1]:
            at = at[name] if isinstance(at, dict) else next(x for x in at if x["id"] == name)
        assert at[change["path"][-1]] == change["from"]
        at[change["path"][-1]] = change["to"]
    return loosened


def committed(seed: int) -> Row:
    problem = small_problem(seed, markets=1, makers=4, lanes=3, commit=1.0)
    problem["markets"][0]["demand"] = problem["markets"][0]["min_units"] = 150
    return problem


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_each_relaxation_suffices_and_is_needed(seed: int) -> None:
    problem = committed(seed)
    plan = solve(problem, steps=200)
    assert plan["status"] == "infeasible"
    assert plan["relaxations"]
    for relaxation in plan["relaxations"]:
        loosened = changed(problem, relaxation["changes"])
        assert Judge(loosened).faults(relaxation["plan"]) == []
        assert Judge(problem).faults(relaxation["plan"]) != []


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_one_unit_more_of_the_commitment_could_not_be_kept(seed: int) -> None:
    problem = committed(seed)
    first = solve(problem, steps=200)["relaxations"][0]
    assert [c["path"][-1] for c in first["changes"]] == ["min_units"]
    first["changes"][0]["to"] += 1
    assert solve(changed(problem, first["changes"]), steps=20)["status"] == "infeasible"


def test_a_commitment_that_can_be_met_is_met_even_at_a_loss() -> None:
    problem = small_problem(5, markets=1, makers=8, lanes=6)
    market = problem["markets"][0]
    market |= {"unit_value": [0] * problem["horizon"], "min_units": 5, "bucket_demand": None}
    problem["limits"]["budget"] = 10**6
    plan = solve(problem, steps=4)
    assert plan["status"] == "feasible"
    assert plan["objective"] < 0
    assert Judge(problem).faults(plan) == []
    assert plan["slack"][f"min_units:{market['id']}"] >= 0
