"""From a problem file to a plan file: the whole answer in one call."""

from matching.solver.clock import WHOLE, Allowance
from matching.solver.columns import build
from matching.solver.diverse import Wanted, diversify
from matching.solver.loosen import loosen
from matching.solver.problem import Row, parse
from matching.solver.relaxation import nothing
from matching.solver.report import empty, refusal, report
from matching.solver.search import Search, search
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
) -> Row:
    """Answers an alliance-problem/1 with an alliance-plan/1.

    `seconds` bounds the whole call; `steps` bounds the search instead and makes the answer repeatable for the same
    problem and seed. `alternatives` replaces the number of alternatives that the problem asks for, for the search only.
    Raises ProblemError, with the field's path, when the problem is malformed.
    """
    allowance = Allowance(seconds, steps if seconds is not None or steps is not None else STEPS)
    tables = build(parse(problem))
    allowance.keep_for(len(tables.problem.module_of))
    state = search(tables, allowance)
    prices, bound = (state.relaxed.prices, state.relaxed.bound) if state.relaxed else nothing(tables)
    main = winner(state)
    if main is None:
        return refusal(tables, loosen(tables.problem, allowance), prices, bound)
    if allowance.has_time(WHOLE):
        main = polished(tables, main)
    asked = tables.problem.raw["alternatives"]
    wanted = Wanted(asked["count"] if alternatives is None else alternatives, asked["min_distance"])
    others = sorted(diversify(state, main, wanted, seed), key=lambda plan: -plan.objective)
    return report(tables, main, others, prices, bound)


def winner(state: Search) -> Plan | None:
    """The best plan; nobody's when that is better and allowed; None when commitments stay unmet."""
    nobody = empty(state.tables.problem)
    if nobody.measured.broken or (state.best is not None and state.best.objective > 0):
        return state.best
    return nobody


def polished(tables: Tables, plan: Plan) -> Plan:
    """The same team with the best whole units."""
    if not plan.alliance.flows:
        return plan
    better = realise(tables, team_of(tables, plan), bought_by(tables, plan), Rounding.BEST)
    return better if better and better.objective > plan.objective else plan
