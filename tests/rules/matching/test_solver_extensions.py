"""Two blocks beyond the specification: demand in scenarios, and a part of the team that is given."""

import copy
import random
from typing import Any

import pytest

from matching.solver import solve
from matching.solver.chances import margins, worth
from matching.solver.measure import Alliance, measure
from matching.solver.problem import ProblemError, parse
from tests.rules.matching.solver_judge import Judge
from tests.rules.matching.solver_world import small_problem

Row = dict[str, Any]
MANY = 12


def uncertain(seed: int) -> Row:
    """A market that may want anything between a little and thrice the mean, and whoever could serve all of it."""
    problem, chance = small_problem(seed, makers=7, lanes=6), random.Random(seed)
    for market in problem["markets"]:
        market.update(demand=3 * market["demand"], bucket_demand=None)
    for row in problem["manufacturing"] + problem["logistics"]:
        row["capacity"] *= 3
    wanted = [(m["id"], m["demand"] // 3) for m in problem["markets"]]
    problem["scenarios"] = [
        {
            "weight": 1,
            "markets": {
                i: {"demand": round(mean * chance.choice([0.2, 0.5, 1, 1, 2.3]))} for i, mean in wanted
            },
        }
        for _ in range(MANY)
    ]
    return problem


def on_the_mean(problem: Row) -> Row:
    """The same problem for one who plans as if exactly the mean were wanted."""
    certain = copy.deepcopy(problem)
    rows = certain.pop("scenarios")
    for market in certain["markets"]:
        market["demand"] = round(sum(row["markets"][market["id"]]["demand"] for row in rows) / len(rows))
    return certain


def expected(problem: Row, plan: Row) -> float:
    """What a plan earns on average over the problem's scenarios."""
    flows = {(f["offer"], f["source"], f["lane"], f["bucket"]): f["units"] for f in plan["flows"]}
    alliance = Alliance(flows, tuple(plan["marketing"]), tuple(plan["quality"]), tuple(plan["customs"]))
    read = parse(problem)
    return worth(read, alliance, measure(read, alliance))


def test_planning_for_scenarios_earns_more_than_planning_on_the_mean() -> None:
    gains = []
    for seed in range(4):
        problem = uncertain(seed)
        plan = solve(problem, steps=4, alternatives=0)
        assert Judge(problem).faults(plan) == []
        mean = expected(problem, plan)
        assert abs(plan["expected"]["mean"] - mean) <= 1
        assert mean <= plan["expected"]["bound"] + 1
        gains.append(mean - expected(problem, solve(on_the_mean(problem), steps=4, alternatives=0)))
    assert min(gains) >= -1
    assert sum(gain > 1 for gain in gains) >= 2


def test_what_is_told_of_the_scenarios_is_their_mean_and_quantiles() -> None:
    plan = next(p for p in (solve(uncertain(seed), steps=4) for seed in range(20)) if p["flows"])
    told = plan["expected"]
    assert told["p10"] <= told["p50"] <= told["p90"]
    assert told["p10"] <= told["mean"] <= told["p90"]


def test_a_margin_by_hand() -> None:
    """Ten units arrive; four are wanted, two a bucket; three bring what is left over."""
    problem = small_problem(1)
    market = problem["markets"][0]["id"]
    problem["markets"][0].update(holding_cost=5, demand=99, bucket_demand=None)
    told = {"demand": 4, "bucket_demand": [2] * 6, "unit_value": [100] * 6, "left_value": 3}
    problem["scenarios"] = [{"weight": 7, "markets": {m["id"]: dict(told) for m in problem["markets"]}}]
    read = parse(problem)
    lane = next(x for x in problem["logistics"] if x["market"] == market)
    maker = next(x for x in problem["manufacturing"] if x["origin"] == lane["origin"])
    alliance = Alliance({(maker["id"], "made", lane["id"], 5): 10})
    measured = measure(read, alliance)
    costs = sum(v for k, v in measured.breakdown.items() if k not in ("revenue", "synergy", "holding"))
    bonus = measured.breakdown["synergy"]
    sold, held, left = 4 * 100, 5 * 8, 3 * 6
    assert margins(read, alliance, measured) == [(1.0, sold - held + left - costs + bonus)]


@pytest.mark.parametrize(
    ("path", "block"),
    [
        ("scenarios", {}),
        ("scenarios[0]", [3]),
        ("scenarios[0].weight", [{"weight": 0}]),
        ("scenarios[0].markets", [{"weight": 1}]),
        ("scenarios[0].markets.US", [{"weight": 1, "markets": {}}]),
        ("scenarios[0].markets.US.demand", [{"weight": 1, "markets": {"US": {"demand": 1.5}}}]),
        (
            "scenarios[0].markets.US.unit_value",
            [{"weight": 1, "markets": {"US": {"demand": 1, "unit_value": [1]}}}],
        ),
        ("fixed", "M0"),
        ("fixed[1]", ["M0", "M-none"]),
    ],
)
def test_a_fault_of_a_block_is_named_by_its_path(path: str, block: Any) -> None:
    problem = small_problem(1)
    problem[path.partition("[")[0].partition(".")[0]] = block
    with pytest.raises(ProblemError) as refused:
        parse(problem)
    assert refused.value.path == path


def offers_of(plan: Row) -> set[str]:
    bought = {i for module in ("marketing", "quality", "customs") for i in plan[module]}
    return bought | {flow[key] for flow in plan["flows"] for key in ("offer", "lane")}


def test_the_given_part_of_a_team_stays_in_every_plan() -> None:
    kept = 0
    for seed in range(5):
        problem = small_problem(seed, makers=8, lanes=8)
        free = solve(problem, steps=4, alternatives=0)
        mine = offers_of(free)
        problem["fixed"] = [
            next(x["id"] for x in problem["manufacturing"] if x["id"] not in mine),
            *sorted(mine)[:1],
        ]
        plan = solve(problem, steps=4)
        assert [Judge(problem).faults(body) for body in (plan, *plan["alternatives"])] == [[]] * (
            1 + len(plan["alternatives"])
        )
        stays = set(problem["fixed"]) - set(plan["released"])
        assert all(stays <= offers_of(body) for body in (plan, *plan["alternatives"]) if stays)
        assert plan["objective"] <= free["objective"]
        kept += not plan["released"]
    assert kept >= 1


def test_a_part_that_nobody_can_work_with_is_released_by_name() -> None:
    problem = small_problem(5, makers=9, lanes=8)
    barred = next(x["id"] for x in problem["manufacturing"] if not parse(problem).failures[x["id"]])
    next(x for x in problem["manufacturing"] if x["id"] == barred)["competencies"] = ["000000"]
    problem["fixed"] = [barred]
    plan = solve(problem, steps=4)
    assert plan["released"] == [barred]
    assert Judge(problem).faults(plan) == []
