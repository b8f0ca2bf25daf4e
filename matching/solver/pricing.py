"""Prices over all eligible offers by column generation: solve a pool, price the rest, add what would earn."""

import numpy as np

from matching.certificate import SCALE
from matching.solver.clock import Allowance
from matching.solver.edges import Edges
from matching.solver.relaxation import Relaxed, relax
from matching.solver.tables import Array, Tables

MAKERS, LANES = 240, 120
ADDED = 160
ROUNDS = 40
CLOSE = 2e-5


def price(tables: Tables, promising: Edges, allowance: Allowance) -> Relaxed | None:
    """The tightest bound that the time allows; None when even the first pool has no point."""
    makers = _first(len(tables.makers.rows), promising.maker, MAKERS)
    lanes = _first(len(tables.lanes.rows), promising.lane, LANES)
    best: Relaxed | None = None
    for _ in range(ROUNDS):
        found = relax(tables, makers, lanes, allowance.wall())
        if found is None:
            break
        if best is None or found.total <= best.total:
            best = found
        more_makers = _earning(tables, found, makers, "manufacturing")
        more_lanes = _earning(tables, found, lanes, "logistics")
        done = found.total <= found.value * (1 + CLOSE) + 1
        if done or not len(more_makers) + len(more_lanes):
            break
        makers, lanes = np.union1d(makers, more_makers), np.union1d(lanes, more_lanes)
    return best


def _first(size: int, ranked: Array, count: int) -> Array:
    """The offers that appear first in a ranking; all of them when there are not many more."""
    if size <= 2 * count:
        return np.arange(size)
    offers, at = np.unique(ranked, return_index=True)
    return np.sort(offers[np.argsort(at, kind="stable")[:count]])


def _earning(tables: Tables, found: Relaxed, pool: Array, module: str) -> Array:
    """Offers outside the pool whose firm would gain at the prices, the best first."""
    offers = tables.makers if module == "manufacturing" else tables.lanes
    gain = found.bound.firm_gain[module].astype(float)
    worth = np.maximum(0, gain - found.floors.get(module, 0.0))[offers.firm]
    worth[np.isin(offers.firm, list(found.pressed))] += 1e30
    worth[pool] = 0
    best = np.argsort(-worth, kind="stable")[:ADDED]
    return best[worth[best] > SCALE]
