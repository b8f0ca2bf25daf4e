"""From a problem file to a plan file: the whole answer in one call."""

from matching.solver.clock import Allowance
from matching.solver.columns import build
from matching.solver.diverse import Wanted, diversify
from matching.solver.loosen import loosen
from matching.solver.problem import Row, parse
from matching.solver.relaxation import nothing
from matching.solver.report import empty, refusal, report
from matching.solver.search import search
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
    state = search(tables, allowance)
    prices, bound = (state.relaxed.prices, state.relaxed.bound) if state.relaxed else nothing(tables)
    none = empty(tables.problem)
    main = max(
        (p for p in (state.best, none) if p and not p.measured.broken),
        key=lambda p: p.objective,
        default=None,
    )
    if main is None:
        return refusal(tables, loosen(tables.problem, allowance), prices, bound)
    asked = tables.problem.raw["alternatives"]
    wanted = Wanted(asked["count"] if alternatives is None else alternatives, asked["min_distance"])
    main = polished(tables, main)
    others = diversify(state, main, wanted, seed)
    others.sort(key=lambda p: -p.objective)
    return report(tables, main, others, prices, bound)


def polished(tables: Tables, plan: Plan) -> Plan:
    """The same team with the best whole units."""
    if not plan.alliance.flows:
        return plan
    better = realise(tables, team_of(tables, plan), bought_by(tables, plan), Rounding.BEST)
    return better if better and better.objective > plan.objective else plan
