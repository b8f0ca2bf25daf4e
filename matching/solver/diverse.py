"""Alternatives whose firms truly differ from the best plan and from each other."""

from dataclasses import dataclass, replace

import numpy as np

from matching.solver.clock import WHOLE
from matching.solver.exact import exact
from matching.solver.refine import Effort, apart, refine
from matching.solver.search import first, keep, pool
from matching.solver.search_state import Search
from matching.solver.team import Plan, Rounding, realise

POOL = (40, 30)
NODES = 200
NEAR_ENOUGH = 0.02
TRIES = 12
MOST = 0.96
CORE = ("manufacturing", "logistics")


@dataclass(frozen=True, slots=True)
class Wanted:
    """How many alternatives, in how many firms any two must differ, and in how many makers and carriers."""

    count: int
    distance: int
    core: int = 0


def diversify(state: Search, main: Plan, wanted: Wanted, seed: int) -> list[Plan]:
    """Plans that earn and differ, the best first; fewer than wanted when no more exist or time ran out.

    Those with another maker or carrier come before those that differ in services only.
    """
    if main.objective <= 0 or not wanted.count:
        return []
    scatter(state, main, wanted, np.random.default_rng(seed))
    chosen = [main]
    for rule, size, part in (
        (replace(wanted, core=2), POOL, MOST),
        (wanted, (0, 0), WHOLE),
        (wanted, POOL, WHOLE),
        (wanted, (640, 480), WHOLE),
    ):
        while len(chosen) <= wanted.count and state.allowance.step(part):
            plan = another(state, chosen, rule, size)
            if plan is None:
                break
            chosen.append(plan)
        chosen += known(state, chosen, rule, wanted.count + 1 - len(chosen))
    return chosen[1:]


def fits(plan: Plan, chosen: list[Plan], wanted: Wanted) -> bool:
    """Whether a plan earns, not more than the main one, and keeps its distance.

    A better plan than the main one stays unused: else a short deadline might answer better than a long one.
    """
    firms = plan.measured.everyone
    return 0 < plan.objective <= chosen[0].objective and all(
        len(firms ^ other.measured.everyone) >= wanted.distance
        and len(core(plan) ^ core(other)) >= wanted.core
        for other in chosen
    )


def core(plan: Plan) -> frozenset[str]:
    """The plan's makers and carriers."""
    return frozenset(f for module in CORE for f in plan.measured.firms[module])


def known(state: Search, chosen: list[Plan], wanted: Wanted, count: int) -> list[Plan]:
    """Up to `count` plans met before that differ from the chosen ones and from each other."""
    more: list[Plan] = []
    for plan in sorted(state.archive, key=lambda p: -p.objective):
        if len(more) < count and fits(plan, [*chosen, *more], wanted):
            more.append(plan)
    return more


def scatter(state: Search, main: Plan, wanted: Wanted, chance: np.random.Generator) -> None:
    """Quick plans without some of the main plan's makers and carriers, in case time runs out."""
    leaving = sorted(state.tables.firm_number[f] for f in core(main))
    for _ in range(TRIES):
        enough = len(known(state, [main], replace(wanted, core=2), wanted.count)) == wanted.count
        if enough or not state.allowance.has_time(MOST):
            return
        barred = chance.permutation(leaving)[: max(1, min(wanted.distance, len(leaving) // 2))]
        first(state, frozenset(int(f) for f in barred))


def another(state: Search, chosen: list[Plan], wanted: Wanted, size: tuple[int, int]) -> Plan | None:
    """The best further plan of a pool that holds the chosen teams, or of what is known already."""
    best = next(iter(known(state, chosen, wanted, 1)), None)
    if state.relaxed is None:
        return best
    program = exact(state.tables, *pool(state, state.relaxed, size, chosen), state.services.near())
    apart(state.tables, program, [plan.measured.everyone for plan in chosen], wanted.distance)
    if wanted.core:
        apart(state.tables, program, [core(plan) for plan in chosen], wanted.core, CORE)
    harvest = refine(state.tables, program, best, Effort(state.allowance, NODES, NEAR_ENOUGH, WHOLE))
    keep(state, harvest.found)
    better = known(state, chosen, wanted, 1)
    if not better and harvest.found:
        last = max(harvest.found, key=lambda one: one.value)
        seconds = state.allowance.wall(WHOLE)
        state.archive += filter(None, [realise(state.tables, last.team, last.bought, Rounding.BEST, seconds)])
        better = known(state, chosen, wanted, 1)
    return next(iter(better), None)
