"""From a problem file to a plan file: the whole answer in one call."""

from dataclasses import replace

from matching.solver.clock import WHOLE, Allowance
from matching.solver.columns import build
from matching.solver.diverse import Wanted, diversify
from matching.solver.loosen import loosen
from matching.solver.problem import Problem, Row, digest, parse
from matching.solver.relaxation import nothing
from matching.solver.report import NEAREST, empty, refusal, report
from matching.solver.search import search
from matching.solver.search_state import Search
from matching.solver.tables import Tables
from matching.solver.team import Plan, Rounding, bought_by, realise, team_of

STEPS = 60


def solve(
    problem: Row,
    *,
    seconds: float | None = None,
    steps: int | None = None,
    seed: int = 0,
    alternatives: int | None = None,
    shown: int = NEAREST,
) -> Row:
    """Answers an alliance-problem/1 with an alliance-plan/1.

    `seconds` bounds the whole call; `steps` bounds the search instead and makes the answer repeatable for the same
    problem and seed. `alternatives` replaces the number of alternatives that the problem asks for, for the search only.
    `shown` is how many rejected offers are explained. Raises ProblemError, with the field's path, when the problem
    is malformed.
    """
    allowance = Allowance(seconds, steps if seconds is not None or steps is not None else STEPS)
    read = parse(problem)
    allowance.keep_for(len(read.module_of))
    state, main, released = settled(read, allowance)
    tables = state.tables
    prices, bound = (state.relaxed.prices, state.relaxed.bound) if state.relaxed else nothing(tables)
    if main is None:
        return refusal(tables, loosen(tables.problem, allowance), prices, bound)
    if allowance.has_time(WHOLE):
        main = polished(tables, main, allowance.wall(WHOLE))
    asked = tables.problem.raw["alternatives"]
    wanted = Wanted(asked["count"] if alternatives is None else alternatives, asked["min_distance"])
    others = sorted(diversify(state, main, wanted, seed), key=lambda plan: -plan.objective)
    return _extended(report(tables, main, others, prices, bound, shown), problem, state, released)


def _extended(answer: Row, problem: Row, state: Search, released: list[str]) -> Row:
    """The answer with what the two blocks beyond the specification ask for."""
    if state.tables.problem.scenarios:
        answer["expected"]["bound"] = mean_bound(state, answer)
    if not problem.get("fixed"):
        return answer
    return {**answer, "problem_digest": digest(problem), "released": released}


def mean_bound(state: Search, answer: Row) -> int:
    """No plan earns more than this on average over the scenarios, in minor units."""
    proven = state.relaxed.total if state.relaxed else int(answer["upper_bound"])
    return max(int(answer["expected"]["mean"]), proven)


def settled(problem: Problem, allowance: Allowance) -> tuple[Search, Plan | None, list[str]]:
    """The search with its best plan, and which fixed offers had to go so that there is one: one of them, or all."""
    fixed = sorted(problem.fixed)
    ways = [[], *([name] for name in fixed)] if len(fixed) > 1 else [[]]
    for released in ways if fixed else ():
        state = search(build(replace(problem, fixed=problem.fixed.difference(released))), allowance)
        if (main := winner(state)) is not None:
            return state, main, released
        if not allowance.has_time():
            break
    state = search(build(replace(problem, fixed=frozenset())), allowance)
    return state, winner(state), fixed


def winner(state: Search) -> Plan | None:
    """The best plan; nobody's when that is better and allowed; None when commitments stay unmet."""
    nobody = empty(state.tables.problem)
    if nobody.measured.broken or (state.best is not None and state.best.worth > 0):
        return state.best
    return nobody


def polished(tables: Tables, plan: Plan, seconds: float | None) -> Plan:
    """The same team with the best whole units."""
    if not plan.alliance.flows:
        return plan
    better = realise(tables, team_of(tables, plan), bought_by(tables, plan), Rounding.BEST, seconds)
    return better if better and better.worth > plan.worth else plan
