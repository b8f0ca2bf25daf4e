"""The search for the best alliance: greedy, then the relaxation's prices, then exact programs over growing pools."""

from dataclasses import dataclass, field

import numpy as np

from matching.solver.clock import Allowance
from matching.solver.exact import exact
from matching.solver.fees import market_charges, origin_charges
from matching.solver.greedy import Edges, Greedy, edges
from matching.solver.pricing import price
from matching.solver.refine import Effort, Found, refine
from matching.solver.relaxation import Relaxed
from matching.solver.services import Services
from matching.solver.tables import Array, Tables
from matching.solver.team import Plan, buy, realise, team_of

POOLS = ((16, 16), (32, 32), (64, 64), (128, 128), (256, 256), (10 ** 6, 10 ** 6))
NODES = (50, 200, 500, 1000, 2000, 10 ** 6)


@dataclass(slots=True)
class Search:
    """What is known about one problem: prices, the best plan, and every plan met on the way."""

    tables: Tables
    allowance: Allowance
    services: Services
    relaxed: Relaxed | None = None
    best: Plan | None = None
    archive: list[Plan] = field(default_factory=list)

    def offer(self, plan: Plan | None) -> bool:
        """Keeps a plan; true when it is the best so far."""
        if plan is None:
            return False
        self.archive.append(plan)
        if self.best is not None and plan.objective <= self.best.objective:
            return False
        self.best = plan
        return True


def search(tables: Tables, allowance: Allowance) -> Search:
    """Runs until the allowance is used or nothing better can exist."""
    state = Search(tables, allowance, Services(tables.problem))
    promising = edges(tables, everything(tables.makers.rows), everything(tables.lanes.rows))
    first(state, promising)
    state.relaxed = price(tables, promising, allowance)
    if state.relaxed is not None:
        climb(state, state.relaxed)
    return state


def everything(rows: list[dict[str, object]]) -> Array:
    return np.arange(len(rows))


def first(state: Search, promising: Edges) -> None:
    """A greedy plan, at once."""
    tables, services = state.tables, state.services
    team = Greedy(tables, promising, market_charges(tables, services), origin_charges(tables, services)).grow()
    bought = buy(tables, services, team)
    state.offer(bought and realise(tables, team, bought))


def climb(state: Search, relaxed: Relaxed) -> None:
    """Exact programs over the offers that are worth most at the prices, in growing pools."""
    tables = state.tables
    makers, lanes = ranked(relaxed.bound.maker_value), ranked(relaxed.bound.lane_value)
    for (wide, long), nodes in zip(POOLS, NODES, strict=True):
        if not state.allowance.step():
            return
        team = team_of(tables, state.best)
        pool = np.union1d(makers[:wide], team.makers).astype(int), np.union1d(lanes[:long], team.lanes).astype(int)
        program = exact(tables, *pool, state.services.near())
        harvest = refine(tables, program, state.best, Effort(state.allowance.left(), nodes))
        keep(state, harvest.found)
        if wide >= len(makers) and long >= len(lanes):
            return


def ranked(values: Array) -> Array:
    return np.argsort(-values.astype(float), kind="stable")


def keep(state: Search, found: list[Found]) -> None:
    """Realises what a program found, best first, while one could still be the best plan."""
    for one in sorted(found, key=lambda one: -one.value):
        if state.best is not None and one.value <= state.best.objective:
            return
        state.offer(realise(state.tables, one.team, one.bought))
