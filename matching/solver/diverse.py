"""Alternatives whose firms truly differ from the best plan and from each other."""

from dataclasses import dataclass

import numpy as np

from matching.solver.exact import exact
from matching.solver.refine import Effort, apart, refine
from matching.solver.search import Search, first, pool
from matching.solver.team import Plan, realise

POOLS = ((40, 30), (640, 480))
NODES = 200
NEAR_ENOUGH = 0.02
TRIES = 12
WHOLE = 1.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """How many alternatives, and in how many firms any two must differ."""

    count: int
    distance: int


def diversify(state: Search, main: Plan, wanted: Wanted, seed: int) -> list[Plan]:
    """Plans that earn and differ, the best first; fewer than wanted when no more exist or time ran out."""
    if main.objective <= 0:
        return []
    scatter(state, main, wanted, np.random.default_rng(seed))
    chosen = [main]
    for wide, long in POOLS:
        while len(chosen) <= wanted.count and state.allowance.step(WHOLE):
            plan = another(state, chosen, wanted, (wide, long))
            if plan is None:
                break
            chosen.append(plan)
    for plan in sorted(state.archive, key=lambda p: -p.objective):
        if len(chosen) <= wanted.count and fits(plan, chosen, wanted.distance):
            chosen.append(plan)
    return chosen[1:]


def fits(plan: Plan, chosen: list[Plan], distance: int) -> bool:
    """Whether a plan earns and keeps its distance."""
    firms = plan.measured.everyone
    return plan.objective > 0 and all(len(firms ^ other.measured.everyone) >= distance for other in chosen)


def scatter(state: Search, main: Plan, wanted: Wanted, chance: np.random.Generator) -> None:
    """Quick plans without some of the main plan's makers and carriers, in case time runs out."""
    core = [state.tables.firm_number[f] for m in ("manufacturing", "logistics") for f in main.measured.firms[m]]
    for _ in range(TRIES if state.promising else 0):
        chosen = [main]
        for plan in sorted(state.archive, key=lambda p: -p.objective):
            if fits(plan, chosen, wanted.distance):
                chosen.append(plan)
        if len(chosen) > wanted.count or not state.allowance.has_time(WHOLE):
            return
        barred = chance.permutation(core)[: max(1, min(wanted.distance, len(core) // 2))]
        first(state, state.promising, frozenset(int(f) for f in barred))


def another(state: Search, chosen: list[Plan], wanted: Wanted, size: tuple[int, int]) -> Plan | None:
    """The best further plan of a pool, or of what is known already."""
    known = max((p for p in state.archive if fits(p, chosen, wanted.distance)), key=lambda p: p.objective, default=None)
    if state.relaxed is None:
        return known
    program = exact(state.tables, *pool(state, state.relaxed, *size), state.services.near())
    apart(state.tables, program, [plan.measured.everyone for plan in chosen], wanted.distance)
    harvest = refine(state.tables, program, known, Effort(state.allowance, NODES, NEAR_ENOUGH, WHOLE))
    for one in sorted(harvest.found, key=lambda one: -one.value):
        plan = realise(state.tables, one.team, one.bought)
        if plan is not None and fits(plan, chosen, wanted.distance):
            return plan if known is None or plan.objective > known.objective else known
    return known
