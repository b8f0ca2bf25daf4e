"""Alternatives whose firms truly differ from the best plan and from each other."""

import numpy as np

from matching.solver.exact import exact
from matching.solver.refine import Effort, apart, refine
from matching.solver.search import Search, ranked
from matching.solver.tables import Array
from matching.solver.team import Plan, realise

POOLS = (24, 48, 10 ** 6)


def diversify(state: Search, main: Plan, count: int, distance: int) -> tuple[list[Plan], bool]:
    """Up to `count` plans that earn, each `distance` firms from the others; whether more were proven impossible."""
    chosen = [main]
    for plan in sorted(state.archive, key=lambda p: -p.objective):
        if len(chosen) <= count and fits(plan, chosen, distance):
            chosen.append(plan)
    for width in POOLS:
        while len(chosen) <= count and state.allowance.may_write():
            plan, proven = _another(state, chosen, distance, width)
            if plan is None:
                if proven:
                    return chosen[1:], True
                break
            chosen.append(plan)
    return chosen[1:], False


def fits(plan: Plan, chosen: list[Plan], distance: int) -> bool:
    """Whether a plan earns and keeps its distance."""
    firms = plan.measured.everyone
    return plan.objective > 0 and all(len(firms ^ other.measured.everyone) >= distance for other in chosen)


def _another(state: Search, chosen: list[Plan], distance: int, width: int) -> tuple[Plan | None, bool]:
    """The best further plan of a pool; true when the whole registry was searched to the end."""
    tables, relaxed = state.tables, state.relaxed
    if relaxed is None:
        return None, False
    makers, lanes = _pool(relaxed.bound.maker_value, width), _pool(relaxed.bound.lane_value, width)
    program = exact(tables, makers, lanes, state.services.near())
    apart(tables, program, [plan.measured.everyone for plan in chosen], distance)
    harvest = refine(tables, program, None, Effort(state.allowance.to_write(), 300, 0.02))
    for one in sorted(harvest.found, key=lambda one: -one.value):
        plan = realise(tables, one.team, one.bought)
        if plan is not None and fits(plan, chosen, distance):
            return plan, False
    whole = len(makers) == len(tables.makers.rows) and len(lanes) == len(tables.lanes.rows)
    return None, whole and harvest.is_optimal


def _pool(values: Array, width: int) -> Array:
    return np.sort(ranked(values)[:width])
