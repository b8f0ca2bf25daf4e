"""Better first teams for large registries: take a few firms' offers out of a plan, and let the greedy grow it again."""

from dataclasses import fields

import numpy as np

from matching.solver.edges import Edges, edges
from matching.solver.greedy import Greedy
from matching.solver.search_state import PARTS, Search, ranked
from matching.solver.tables import Array, Tables
from matching.solver.team import Plan, Rounding, plan_of, team_of

ROUNDS = 120
WIDE, LONG = 300, 200
MOST_LEAVING = 3
BLURRED, HIDDEN = 0.5, 0.3
WARMTH = 0.01


def regrow(state: Search, values: tuple[Array, Array]) -> None:
    """Rounds of taking out and growing again, among the offers worth most; a little worse may do on the way.

    `values` are what makers and lanes are worth at the prices.
    """
    chance, near = np.random.default_rng(0), nearest(state.tables, values)
    current = state.best
    for _ in range(ROUNDS):
        if current is None or not state.allowance.has_time():
            return
        plan = _another(state, near, current, chance)
        if plan is not None:
            state.offer(plan)
            if plan.worth > current.worth - WARMTH * chance.random() * abs(current.worth):
                current = plan


def nearest(tables: Tables, values: tuple[Array, Array]) -> Edges:
    """All ways to sell between the makers and lanes that are worth most."""
    makers, lanes = ranked(values[0])[:WIDE], ranked(values[1])[:LONG]
    every = edges(tables, None)
    kept = np.isin(every.maker, makers) & np.isin(every.lane, lanes)
    return Edges(*(getattr(every, one.name)[kept] for one in fields(Edges)))


def _another(state: Search, near: Edges, plan: Plan, chance: np.random.Generator) -> Plan | None:
    """The plan without some of its offers, grown again; now and then some ways stay hidden, for variety."""
    tables, team = state.tables, team_of(state.tables, plan)
    greedy = Greedy(tables, near, state.fees, float(chance.choice(PARTS[:4])))
    leaving = chance.permutation(len(team.makers) + len(team.lanes))[: chance.integers(1, MOST_LEAVING + 1)]
    makers = [team.makers[n] for n in leaving if n < len(team.makers)]
    lanes = [team.lanes[n - len(team.makers)] for n in leaving if n >= len(team.makers)]
    gone = np.isin(near.maker, makers) | np.isin(near.lane, lanes)
    greedy.edge_room[gone] = 0
    _settle(greedy, tables, plan)
    if chance.random() < BLURRED:
        greedy.edge_room[chance.random(len(near.maker)) < HIDDEN] = 0
    return plan_of(tables, state.services, greedy.grow(), Rounding.QUICK)


def _settle(greedy: Greedy, tables: Tables, plan: Plan) -> None:
    """Takes what stays of a plan, the largest flows first."""
    maker = {row["id"]: n for n, row in enumerate(tables.makers.rows)}
    lane = {row["id"]: n for n, row in enumerate(tables.lanes.rows)}
    for (offer, _, road, bucket), units in sorted(plan.alliance.flows.items(), key=lambda row: -row[1]):
        mine = (greedy.edges.maker == maker[offer]) & (greedy.edges.lane == lane[road])
        fitting = np.flatnonzero(mine & (greedy.edges.bucket <= bucket) & (greedy.edge_room > 0))
        if len(fitting):
            greedy.take(int(fitting[0]), float(min(units, greedy.edge_room[fitting[0]])))
