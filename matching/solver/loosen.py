"""When committed units cannot be met: the least that would have to give, each answer with an alliance that shows it."""

import copy
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from matching.solver.clock import WHOLE, Allowance
from matching.solver.columns import build
from matching.solver.exact import exact
from matching.solver.problem import Problem, Row, parse
from matching.solver.refine import Effort, refine
from matching.solver.report import body, empty
from matching.solver.search import pool, prepare
from matching.solver.search_state import Search
from matching.solver.team import Plan, Rounding, realise

POOL = (320, 240)
NODES = 100


@dataclass(frozen=True, slots=True)
class Knob:
    """One number of the problem that may give: from `start` in steps of `step`, at most `most` of them."""

    path: tuple[str, ...]
    start: int
    step: int
    most: int

    def at(self, steps: int) -> int:
        return self.start + self.step * steps


Setting = dict[Knob, int]


def loosen(problem: Problem, allowance: Allowance, few: int = 4) -> list[Row]:
    """Up to `few` relaxations; the first, giving up committed units, always exists."""
    commitments, *limits = families(problem)
    found = [answered(problem, commitments, allowance) or given_up(problem, commitments)]
    for knobs in limits:
        if len(found) < few and allowance.has_time(WHOLE) and (one := answered(problem, knobs, allowance)):
            found.append(one)
    return found


def answered(problem: Problem, knobs: list[Knob], allowance: Allowance) -> Row | None:
    """The least turn of the knobs with which an alliance exists; None when all the way does not suffice."""
    setting = {knob: knob.most for knob in knobs if knob.most > 0}
    plan = attempt(problem, setting, allowance) if setting else None
    if plan is None:
        return None
    return relaxation(problem, *tighten(problem, setting, plan, allowance))


def given_up(problem: Problem, knobs: list[Knob]) -> Row:
    """No commitment is kept and nobody works: what remains when time ran out."""
    return relaxation(problem, {knob: knob.most for knob in knobs}, empty(problem))


def families(problem: Problem) -> Iterator[list[Knob]]:
    """Groups of numbers that give together: commitments first, then each limit alone."""
    due = {i: m for i, m in problem.markets.items() if m["min_units"]}
    yield [Knob(("markets", i, "min_units"), m["min_units"], -1, m["min_units"]) for i, m in due.items()]
    limits, firms = problem.limits, len(problem.firms)
    for module, quota in limits["max_firms"].items():
        yield [Knob(("limits", "max_firms", module), quota, 1, max(0, firms - quota))]
    percent = max(1, math.ceil(limits["budget"] / 100))
    yield [Knob(("limits", "budget"), limits["budget"], percent, 1000)]
    for module, share in limits["max_share_bp"].items():
        yield [Knob(("limits", "max_share_bp", module), share, 1, max(0, 10000 - share))]
    yield [
        Knob(("markets", i, "deadline"), m["deadline"], 1, problem.horizon - 1 - m["deadline"])
        for i, m in due.items()
    ]
    yield [Knob(("limits", "min_trust"), limits["min_trust"], -1, limits["min_trust"])]
    yield [Knob(("markets", i, "min_reach"), m["min_reach"], -1, m["min_reach"]) for i, m in due.items()]


def tighten(problem: Problem, setting: Setting, plan: Plan, allowance: Allowance) -> tuple[Setting, Plan]:
    """Turns each knob back as far as an alliance still exists, one after the other."""
    for knob in list(setting):
        low, high = -1, setting[knob]
        while high - low > 1 and allowance.has_time(WHOLE):
            middle = 0 if low < 0 else (low + high) // 2
            closer = attempt(problem, {**setting, knob: middle}, allowance)
            if closer is None:
                low = middle
                continue
            plan, high = closer, min(middle, needed(problem, knob, closer))
        setting[knob] = high
    return {knob: steps for knob, steps in setting.items() if steps}, plan


def needed(problem: Problem, knob: Knob, plan: Plan) -> int:
    """Steps of a commitment that this alliance leaves open; no better knowledge for other knobs."""
    if knob.path[-1] != "min_units":
        return knob.most
    sold = int(problem.markets[knob.path[1]]["demand"]) - plan.measured.slack["demand:" + knob.path[1]]
    return max(0, knob.start - sold)


def attempt(problem: Problem, setting: Setting, allowance: Allowance) -> Plan | None:
    """Any alliance that meets the loosened problem in whole units; None when none exists or time ran out."""
    if not allowance.step(WHOLE):
        return None
    tables = build(parse(loosened(problem.raw, setting)))
    state = Search(tables, allowance)
    relaxed = prepare(state)
    if relaxed is None:
        return None
    program = exact(tables, *pool(state, relaxed, POOL, []), state.services.near(), whole=True)
    harvest = refine(tables, program, None, Effort(allowance, NODES, math.inf, WHOLE))
    plans = (
        realise(tables, one.team, one.bought, Rounding.BEST, allowance.wall(WHOLE))  # less for each
        for one in reversed(harvest.found)
    )
    return next((plan for plan in plans if plan is not None), None)


def loosened(raw: Row, setting: Setting) -> Row:
    """A copy of the problem with the knobs turned."""
    changed = copy.deepcopy(raw)
    for knob, steps in setting.items():
        place(changed, knob.path[:-1])[knob.path[-1]] = knob.at(steps)
    return changed


def place(raw: Row, path: tuple[str, ...]) -> Row:
    """The object that a path of names and ids leads to."""
    here: Any = raw
    for name in path:
        here = here[name] if isinstance(here, dict) else next(x for x in here if x["id"] == name)
    found: Row = here
    return found


def relaxation(problem: Problem, setting: Setting, plan: Plan) -> Row:
    """One relaxation as the plan file holds it."""
    changes = [
        {"path": list(knob.path), "from": knob.start, "to": knob.at(steps)} for knob, steps in setting.items()
    ]
    return {"changes": changes, "plan": body(problem, plan)}
