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

STAGES = ((80, 60, 300), (160, 120, 300), (320, 240, 300), (640, 480, 1000))
KEPT = 8


@dataclass(slots=True)
class Search:
    """What is known about one problem: prices, the best plan, and every plan met on the way."""

    tables: Tables
    allowance: Allowance
    services: Services = field(init=False)
    relaxed: Relaxed | None = None
    best: Plan | None = None
    promising: Edges | None = None
    archive: list[Plan] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.services = Services(self.tables.problem)

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
    state = Search(tables, allowance)
    state.promising = promising = edges(tables, everything(tables.makers.rows), everything(tables.lanes.rows))
    first(state, promising)
    if relaxed := prepare(state):
        climb(state, relaxed)
    return state


def prepare(state: Search) -> Relaxed | None:
    """Prices over all offers."""
    tables = state.tables
    if state.promising is None:
        state.promising = edges(tables, everything(tables.makers.rows), everything(tables.lanes.rows))
    state.relaxed = price(tables, state.promising, state.allowance)
    return state.relaxed


def everything(rows: list[dict[str, object]]) -> Array:
    return np.arange(len(rows))


def first(state: Search, promising: Edges, barred: frozenset[int] = frozenset()) -> Plan | None:
    """A greedy plan without the barred firms, at once."""
    tables, services = state.tables, state.services
    greedy = Greedy(tables, promising, market_charges(tables, services), origin_charges(tables, services))
    greedy.barred[list(barred)] = True
    team = greedy.grow()
    bought = buy(tables, services, team)
    plan = realise(tables, team, bought) if bought and team.lanes else None
    state.offer(plan)
    return plan


def climb(state: Search, relaxed: Relaxed) -> None:
    """Exact programs over the offers that are worth most at the prices, in growing pools."""
    for wide, long, nodes in STAGES:
        if not state.allowance.step():
            return
        makers, lanes = pool(state, relaxed, wide, long, *([state.best] if state.best else []))
        program = exact(state.tables, makers, lanes, state.services.near())
        harvest = refine(state.tables, program, state.best, Effort(state.allowance, nodes))
        keep(state, harvest.found)
        if len(makers) == len(state.tables.makers.rows) and len(lanes) == len(state.tables.lanes.rows):
            return


def pool(state: Search, relaxed: Relaxed, wide: int, long: int, *plans: Plan) -> tuple[Array, Array]:
    """The makers and lanes that are worth most at the prices, and those of the given plans."""
    teams = [team_of(state.tables, plan) for plan in plans]
    return (
        np.unique(
            [*ranked(relaxed.bound.maker_value)[:wide], *(i for team in teams for i in team.makers)]
        ).astype(int),
        np.unique(
            [*ranked(relaxed.bound.lane_value)[:long], *(j for team in teams for j in team.lanes)]
        ).astype(int),
    )


def ranked(values: Array) -> Array:
    return np.argsort(-values.astype(float), kind="stable")


def keep(state: Search, found: list[Found]) -> None:
    """Realises what a program found; lesser plans may serve as alternatives."""
    for one in sorted(found, key=lambda one: -one.value)[:KEPT]:
        state.offer(realise(state.tables, one.team, one.bought))
