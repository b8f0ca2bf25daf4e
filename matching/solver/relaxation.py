"""The linear relaxation over all eligible offers, by column generation; its duals are the certificate's prices."""

from dataclasses import dataclass

import numpy as np

from matching.certificate import SCALE, Bound, Prices, market_fees, prove
from matching.solver.choice import Choice, choose, engage, quotas, synergies
from matching.solver.flows import Flow, flow
from matching.solver.program import INF, Answer, Program, answer, engine
from matching.solver.tables import Array, Tables


@dataclass(frozen=True, slots=True, eq=False)
class Relaxed:
    """One solved relaxation: chosen fractions of the pooled makers and lanes, the prices and what they prove."""

    makers: Array
    lanes: Array
    maker_part: Array
    lane_part: Array
    prices: Prices
    bound: Bound
    value: float


def relax(tables: Tables, makers: Array, lanes: Array) -> Relaxed | None:
    """Solves the relaxation of a pool; None when it has no point (min_units) or the engine gave up."""
    program = Program()
    moved = flow(program, tables, makers, lanes)
    choice = choose(program, tables, moved, whole=False)
    _fees(program, tables, choice)
    quotas(program, tables, choice.member)
    engaged = engage(program, tables, choice.member)
    near, first = synergies(program, tables, engaged)
    budget = budget_row(program, tables, moved.sale_column)
    highs = engine(presolve="off")
    highs.passModel(program.model())
    found = answer(highs)
    if found.x is None or not found.is_optimal:
        return None
    prices = _prices(tables, moved, choice, found, engaged, near, first, budget)
    return Relaxed(makers, lanes, found.x[choice.maker], found.x[choice.lane], prices, prove(tables, prices),
                   found.value)


def _fees(program: Program, tables: Tables, choice: Choice) -> None:
    for n, row in enumerate(tables.market_rows):
        fees = market_fees(tables, row, 1)
        if fees is None:
            program.put(program.rows(1, -INF, 0.0), choice.market[n], 1.0)
        program.charge(int(choice.market[n]), float(fees or 0))
    for n, column in enumerate(choice.inspect):
        fees = [tables.fee(q, 1) for q in tables.problem.eligible("quality") if q["origin"] == tables.origins[n]]
        if not fees:
            program.put(program.rows(1, -INF, 0.0), column, 1.0)
        program.charge(int(column), float(min(fees, default=0)))


def budget_row(program: Program, tables: Tables, sales: Array) -> int:
    """All costs together stay within the budget; call it when every cost is in the program."""
    cost = np.maximum(0.0, -program.cost)
    cost[sales] = 0.0
    row = program.rows(1, -INF, float(tables.problem.limits["budget"]))
    paid = np.flatnonzero(cost)
    program.put(row, paid, cost[paid])
    return int(row[0])


def _prices(tables: Tables, moved: Flow, choice: Choice, found: Answer, engaged: dict[int, int], near: Array,
            first: Array, budget: int) -> Prices:
    """Duals in 1/10000 of a minor unit; where nothing of the pool prices goods, what the lanes would pay."""
    dual = found.duals
    beta = max(0, round(float(dual[budget]) * SCALE))
    landed = np.rint(-dual[moved.landed_row] * SCALE)
    priced = moved.goods_row >= 0
    origin = np.where(priced, np.rint(-dual[moved.goods_row] * SCALE), 0)
    lane_rent = np.zeros(len(tables.lanes.rows))
    share: dict[str, dict[int, int]] = {}
    for module, (firms, rows) in choice.share_row.items():
        paid = np.maximum(0, np.rint(dual[rows] * SCALE)).astype(np.int64)
        share[module] = {int(f): int(v) for f, v in zip(firms, paid, strict=True) if v}
    origin = np.where(priced, origin, _offered(tables, landed, lane_rent, SCALE + beta))
    charge = np.zeros(len(tables.makers.rows), dtype=np.int64)
    if len(choice.inspect_row):
        charge[moved.makers] = np.maximum(0, np.rint(dual[choice.inspect_row] * SCALE))
    split = [0 if a in engaged else SCALE * bonus for a, _, bonus in tables.synergies]
    for k, row in zip(near, first, strict=True):
        split[k] = int(min(SCALE * tables.synergies[k][2], max(0, round(float(dual[row]) * SCALE))))
    return Prices(origin.astype(np.int64), landed.astype(np.int64), beta, share, charge, split)


def _offered(tables: Tables, landed: Array, rent: Array, weight: int) -> Array:
    """What the best lane would pay for goods in each ready bucket, at least 0."""
    lanes, horizon = tables.lanes, landed.shape[1]
    offered = np.zeros((len(tables.goods), horizon))
    arrival = np.minimum(np.arange(horizon) + lanes.transit[lanes.pair_lane][:, None], horizon - 1)
    pays = landed[lanes.market[lanes.pair_lane][:, None], arrival]
    pays = pays - (weight * lanes.unit + rent)[lanes.pair_lane][:, None]
    np.maximum.at(offered, lanes.pair_goods, np.where(lanes.open_at, pays, 0.0))
    return offered


def nothing(tables: Tables) -> tuple[Prices, Bound]:
    """Prices of 0 for everything, which prove a bound without solving anything."""
    size = (len(tables.goods), tables.problem.horizon), (len(tables.market_rows), tables.problem.horizon)
    prices = Prices(np.zeros(size[0], dtype=np.int64), np.zeros(size[1], dtype=np.int64), 0, {},
                    np.zeros(len(tables.makers.rows), dtype=np.int64), [0] * len(tables.synergies))
    return prices, prove(tables, prices)
