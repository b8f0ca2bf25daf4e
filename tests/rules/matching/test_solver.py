"""Every answer of the matcher obeys every rule, proves its bound and explains itself, on many small problems."""

import copy
import itertools
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.solver import solve
from matching.solver.clock import Allowance
from matching.solver.columns import build
from matching.solver.problem import parse
from matching.solver.search import first
from matching.solver.search_state import Search
from tests.rules.matching.solver_judge import MODULES, Certificate, Judge
from tests.rules.matching.solver_world import small_problem

Row = dict[str, Any]
STEPS = 4


def firms(body: Row) -> set[str]:
    return {f for group in body["firms"].values() for f in group}


def assert_sound(problem: Row, plan: Row) -> None:
    """The whole answer, judged by the specification."""
    judge, bodies = Judge(problem), [plan, *plan["alternatives"]]
    assert [judge.faults(body) for body in bodies] == [[]] * len(bodies)
    assert plan["objective"] <= plan["upper_bound"]
    assert plan["upper_bound"] == max(plan["objective"], judge.bound(plan["bound_certificate"]))
    assert (plan["status"] == "optimal") == (plan["upper_bound"] == plan["objective"])
    worth = [body["objective"] for body in bodies]
    assert worth == sorted(worth, reverse=True)
    assert all(value > 0 for value in worth[1:])
    for one, other in itertools.combinations(bodies, 2):
        assert len(firms(one) ^ firms(other)) >= problem["alternatives"]["min_distance"]
    assert len(bodies) - 1 == problem["alternatives"]["count"] or plan["alternatives_exhausted"] is True


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10**6), markets=st.integers(1, 3), makers=st.integers(1, 9), lanes=st.integers(0, 7)
)
def test_every_plan_obeys_the_rules_and_proves_its_bound(
    seed: int, markets: int, makers: int, lanes: int
) -> None:
    problem = small_problem(seed, markets=markets, makers=makers, lanes=lanes)
    assert_sound(problem, solve(problem, steps=STEPS))


@pytest.mark.parametrize("seconds", [0.0, 0.01, 0.2])
def test_a_plan_is_sound_however_short_the_time(seconds: float) -> None:
    for seed in range(4):
        problem = small_problem(seed)
        assert_sound(problem, solve(problem, seconds=seconds))


def without(problem: Row, *kinds: str) -> None:
    problem.update({kind: [] for kind in kinds})


def in_markets(problem: Row, **fields: Any) -> None:
    for market in problem["markets"]:
        market.update(fields)


SERVICES, PAIRS = ("marketing", "quality", "customs"), ("conflicts", "exclusives", "synergies")
EXTREMES: dict[str, Callable[[Row], Any]] = {
    "no maker": lambda p: without(p, "manufacturing"),
    "no lane": lambda p: without(p, "logistics"),
    "no service": lambda p: without(p, *SERVICES),
    "no market": lambda p: without(p, "markets", "logistics", "marketing", "customs"),
    "nobody": lambda p: without(p, "firms", "manufacturing", "logistics", *SERVICES, *PAIRS),
    "no demand": lambda p: in_markets(p, demand=0, min_units=0),
    "no bucket sells": lambda p: in_markets(p, bucket_demand=[0] * p["horizon"]),
    "worth less than nothing": lambda p: in_markets(p, unit_value=[-7] * p["horizon"]),
    "worth very much": lambda p: in_markets(p, unit_value=[10**15] * p["horizon"]),
    "nobody is trusted": lambda p: p["limits"].update(min_trust=1001),
    "no money": lambda p: p["limits"].update(budget=0),
    "endless money": lambda p: p["limits"].update(budget=10**18),
    "no firm may join": lambda p: p["limits"].update(max_firms=dict.fromkeys(MODULES, 0)),
    "as many firms as like": lambda p: p["limits"].update(max_firms={}),
    "no share": lambda p: p["limits"].update(max_share_bp={"manufacturing": 0, "logistics": 0}),
    "everything in time": lambda p: [x.update(lead_time=0) for x in p["manufacturing"]],
    "nothing in time": lambda p: [x.update(lead_time=99) for x in p["manufacturing"]],
    "endless stock": lambda p: [x.update(stock=10**15, capacity=10**15) for x in p["manufacturing"]],
    "no minimum": lambda p: [x.update(moq=0, fixed_cost=0) for x in p["manufacturing"]],
    "at odds with itself": lambda p: p.update(conflicts=[["F0", "F0"], ["F1", "F1"], ["F1", "F1"]]),
    "in tune with itself": lambda p: p.update(synergies=[["F0", "F0", 10**6], ["F1", "F1", 10**6]]),
    "one bucket": lambda p: (
        p.update(horizon=1),
        [m.update(unit_value=m["unit_value"][:1], bucket_demand=None) for m in p["markets"]],
    ),
}


@pytest.mark.parametrize("kind", sorted(EXTREMES))
def test_extreme_problems_are_answered_well(kind: str) -> None:
    for seed in range(3):
        problem = small_problem(seed)
        EXTREMES[kind](problem)
        assert_sound(problem, solve(problem, seconds=0.25))


def test_no_deadline_gives_less_than_the_greedy_plan_and_a_longer_one_never_gives_less() -> None:
    for seed in range(6):
        problem = small_problem(seed, makers=9, lanes=8, markets=3)
        alone = Search(build(parse(problem)), Allowance(None, 1))
        first(alone)
        worth = [solve(problem, seconds=seconds)["objective"] for seconds in (0.2, 0.4)]
        assert sorted(worth) == worth
        assert worth[0] >= (alone.best.objective if alone.best else 0)


def tiny(seed: int) -> Row:
    """Three units of demand in one market: small enough to try everything."""
    problem = small_problem(seed, makers=3, lanes=2, agencies=2, markets=1)
    market = problem["markets"][0]
    market |= {"demand": 3, "bucket_demand": None, "holding_cost": 50}
    for x in problem["manufacturing"]:
        x |= {
            "moq": x["moq"] % 3,
            "fixed_cost": x["fixed_cost"] // 10,
            "stock": x["stock"] // 10,
            "capacity": 3,
        }
    for x in problem["logistics"]:
        x |= {"min_units": x["min_units"] % 3, "fixed_cost": x["fixed_cost"] // 20}
    for x in problem["firms"] + problem["marketing"] + problem["quality"] + problem["customs"]:
        x |= {key: x[key] // 20 for key in ("fee", "engagement_cost") if key in x}
    return problem


def all_flows(problem: Row) -> list[list[Row]]:
    """Every way to move up to three units; waiting never pays here."""
    ways = []
    for x, lane in itertools.product(problem["manufacturing"], problem["logistics"]):
        for source, ready in (("made", x["lead_time"]), ("stock", 0)):
            bucket = ready + lane["transit_" + problem["transit_basis"]]
            ways.append(
                {
                    "offer": x["id"],
                    "source": source,
                    "lane": lane["id"],
                    "market": lane["market"],
                    "arrival": bucket,
                    "bucket": bucket,
                }
            )
    picks = (c for n in (1, 2, 3) for c in itertools.combinations_with_replacement(range(len(ways)), n))
    return [[{**ways[k], "units": pick.count(k)} for k in sorted(set(pick))] for pick in picks]


def best_by_trying(problem: Row) -> int:
    judge, best = Judge(problem), 0
    offers = {m: [[], *([x["id"]] for x in problem[m])] for m in ("quality", "customs")}
    pairs = [[a["id"], b["id"]] for a, b in itertools.combinations(problem["quality"], 2)]
    agencies = [
        list(c) for n in range(3) for c in itertools.combinations([x["id"] for x in problem["marketing"]], n)
    ]
    for flows in all_flows(problem):
        if judge._flow_faults(flows):
            continue
        for agency, quality, broker in itertools.product(
            agencies, offers["quality"] + pairs, offers["customs"]
        ):
            chosen = {*agency, *quality, *broker, *(x[k] for x in flows for k in ("offer", "lane"))}
            rows = [judge.offer[i] for i in chosen]
            named = {m: sorted({x["firm"] for x in rows if x["module"] == m}) for m in MODULES}
            worth = judge._worth(flows, rows, {f for group in named.values() for f in group})[0]
            body = {
                "flows": flows,
                "marketing": agency,
                "quality": quality,
                "customs": broker,
                "firms": named,
                "objective": worth,
            }
            if worth > best and not judge.faults(body):
                best = worth
    return best


@pytest.mark.parametrize("seed", [1, 2, 5, 9, 11, 14, 17, 23])
def test_the_best_plan_is_found_where_everything_can_be_tried(seed: int) -> None:
    problem = tiny(seed)
    assert solve(problem, steps=9)["objective"] == best_by_trying(problem)


def test_no_alliance_pays_so_nobody_works() -> None:
    problem = small_problem(3)
    problem["synergies"] = []
    for market in problem["markets"]:
        market["unit_value"] = [0] * problem["horizon"]
    plan = solve(problem, steps=STEPS)
    assert (plan["status"], plan["objective"], plan["flows"], plan["upper_bound"]) == ("optimal", 0, [], 0)
    assert plan["alternatives_exhausted"] is True


def test_the_same_steps_and_seed_give_the_same_bytes() -> None:
    problem = small_problem(8, makers=9, lanes=8)
    first, second = (json.dumps(solve(copy.deepcopy(problem), steps=6, seed=5)) for _ in range(2))
    assert first == second


def test_more_steps_never_give_a_worse_plan() -> None:
    for seed in range(6):
        problem = small_problem(seed, makers=9, lanes=8, markets=3)
        worth = [solve(problem, steps=steps)["objective"] for steps in (0, 1, 3, 8)]
        assert worth == sorted(worth)


def test_the_number_of_alternatives_can_be_asked_for() -> None:
    problem = small_problem(5, makers=9, lanes=8)
    assert len(solve(problem, steps=9, alternatives=1)["alternatives"]) == 1
    assert solve(problem, steps=9, alternatives=0)["alternatives"] == []


def holds(said: Row, judge: Judge, cert: Certificate, plan: Row) -> bool:
    """Whether the reason of an explanation is true."""
    offer, reason = judge.offer[said["offer"]], said["reason"]
    if reason["kind"] == "requirement":
        return said["verdict"] == "chosen" and offer["module"] in MODULES[2:]
    if reason["kind"] == "filter":
        return said["verdict"] == "rejected" and not judge.passes(offer)
    if reason["kind"] == "conflict":
        pairs = [set(p) for p in judge.p["conflicts"]]
        return reason["with"] in firms(plan) and {offer["firm"], reason["with"]} in pairs
    return reason["amount"] == -(cert.values[offer["id"]] // 10000)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_every_explanation_can_be_recomputed(seed: int) -> None:
    problem = small_problem(seed)
    plan = solve(problem, steps=STEPS)
    judge = Judge(problem)
    cert = Certificate(judge, plan["bound_certificate"])
    cert.total()
    chosen = {x[k] for x in plan["flows"] for k in ("offer", "lane")}
    chosen |= {i for m in ("marketing", "quality", "customs") for i in plan[m]}
    for said in plan["explanations"]:
        assert said["verdict"] == ("chosen" if said["offer"] in chosen else "rejected")
        assert holds(said, judge, cert, plan), said
    assert chosen <= {said["offer"] for said in plan["explanations"]}


DAMAGES = {
    "objective": lambda p: p.update(objective=p["objective"] + 1),
    "arrival": lambda p: p["flows"][0].update(arrival=p["flows"][0]["arrival"] + 1),
    "bucket": lambda p: p["flows"][0].update(bucket=0, arrival=-1),
    "capacity": lambda p: [x.update(units=10**6) for x in p["flows"]],
    "firms": lambda p: p["firms"]["logistics"].clear(),
    "reach": lambda p: p.update(marketing=[]),
    "idle": lambda p: p.update(flows=[]),
}


@pytest.mark.parametrize("damage", sorted(DAMAGES))
def test_the_judge_of_these_tests_notices_damage(damage: str) -> None:
    problem = next(
        p
        for p in map(small_problem, range(50))
        if all(m["min_reach"] > 0 for m in p["markets"]) and solve(p, steps=1)["marketing"]
    )
    plan = solve(problem, steps=STEPS)
    DAMAGES[damage](plan)
    faults = Judge(problem).faults(plan)
    assert faults, damage
