"""The linear relaxation over all eligible offers, by column generation; its duals are the certificate's prices."""

from dataclasses import dataclass, replace

import numpy as np

from matching.certificate import SCALE, Bound, Prices, lane_values, maker_values, market_fees, prove
from matching.solver.choice import Choice, choose, engage, quotas, synergies
from matching.solver.flows import Flow, flow
from matching.solver.program import INF, Answer, Program, answer, engine
from matching.solver.tables import Array, Tables


@dataclass(frozen=True, slots=True, eq=False)
class Relaxed:
    """One solved relaxation: chosen fractions of the pooled makers and lanes, the prices and what they prove.

    `floors` says by module what a firm must gain to displace another; `pressed` names firms that the pool lacks.
    """

    makers: Array
    lanes: Array
    maker_part: Array
    lane_part: Array
    prices: Prices
    bound: Bound
    value: float
    floors: dict[str, float]
    pressed: set[int]


def relax(tables: Tables, makers: Array, lanes: Array, seconds: float | None = None) -> Relaxed | None:
    """Solves the relaxation of a pool; None when it has no point (min_units) or time ran out."""
    program = Program()
    moved = flow(program, tables, makers, lanes)
    choice = choose(program, tables, moved, whole=False)
    _fees(program, tables, choice)
    quota_rows = quotas(program, tables, choice.member)
    engaged = engage(program, tables, choice.member)
    near, first = synergies(program, tables, engaged)
    budget = budget_row(program, tables, moved.sale_column)
    highs = engine(presolve="off", time_limit=INF if seconds is None else max(0.0, seconds))
    highs.passModel(program.model())
    found = answer(highs)
    if found.x is None or not found.is_optimal:
        return None
    floors = {module: max(0.0, float(found.duals[row]) * SCALE) for module, row in quota_rows.items()}
    prices, pressed = _prices(tables, moved, choice, found, near, first, budget, floors)
    return Relaxed(makers, lanes, found.x[choice.maker], found.x[choice.lane], prices, prove(tables, prices),
                   found.value, floors, pressed)


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


def _prices(tables: Tables, moved: Flow, choice: Choice, found: Answer, near: Array, first: Array,
            budget: int, floors: dict[str, float]) -> tuple[Prices, set[int]]:
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
    known = {int(k): float(dual[row]) for k, row in zip(near, first, strict=True)}
    prices = Prices(origin.astype(np.int64), landed.astype(np.int64), beta, share, charge, [0] * len(tables.synergies))
    parts, pressed = _split(tables, prices, known, floors)
    return replace(prices, split=parts), pressed


def _split(tables: Tables, prices: Prices, known: dict[int, float],
           floors: dict[str, float]) -> tuple[list[int], set[int]]:
    """First firms' parts of the bonuses: by the duals, and for pairs outside the pool where a loss absorbs them.

    Also returns the firms of pairs whose losses do not suffice: these belong into the pool.
    """
    weight = SCALE + prices.budget_bp
    room = _silent(tables)
    for offers, values, floor in (
            (tables.makers, maker_values(tables, prices, weight, np.float64), floors.get("manufacturing", 0.0)),
            (tables.lanes, lane_values(tables, prices, weight, np.float64), floors.get("logistics", 0.0))):
        spare = weight * tables.engagement[offers.firm].astype(float) + floor
        room[offers.firm] = np.minimum(room[offers.firm], spare)
        np.subtract.at(room, offers.firm, np.maximum(0, values))
    parts, pressed = [0] * len(tables.synergies), set[int]()
    for k in sorted(range(len(parts)), key=lambda k: k not in known):
        a, b, bonus = tables.synergies[k]
        whole = SCALE * bonus
        wanted = known[k] * SCALE if k in known else max(min(whole, room[a]), whole - max(0.0, room[b]))
        parts[k] = int(min(whole, max(0, round(wanted))))
        room[a] -= parts[k]
        room[b] -= whole - parts[k]
        if k not in known and min(room[a], room[b]) < -SCALE:
            pressed |= {a, b}
    return parts, pressed


def _silent(tables: Tables) -> Array:
    """Endless room for firms whose gain the bound never counts, none for those with service offers only."""
    room = np.full(len(tables.firm_ids), 1e30)
    for module in ("marketing", "quality", "customs"):
        room[[tables.firm_number[row["firm"]] for row in tables.problem.eligible(module)]] = 0.0
    return room


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
