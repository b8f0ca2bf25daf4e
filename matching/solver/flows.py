"""Units from makers over lanes into sales, as columns and balance rows of a program."""

from dataclasses import dataclass

import numpy as np

from matching.solver.chances import Sales
from matching.solver.program import INF, Program
from matching.solver.tables import Array, Tables

TRIFLE = 1e-6  # of its money, by which a plan's own sales are put in order when scenarios decide


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    """Columns of the flow: maker pieces, lane loads and sales; and the rows whose duals are the prices."""

    makers: Array
    lanes: Array
    piece_maker: Array
    piece_stock: Array
    piece_column: Array
    load_lane: Array
    load_goods: Array
    load_ready: Array
    load_column: Array
    sale_market: Array
    sale_bucket: Array
    sale_column: Array
    carry_column: Array
    goods_row: Array
    landed_row: Array
    total_column: int
    chance_column: Array  # what scenarios sell, hold and leave: no cost of the plan
    chance_row: Array  # rows of what is landed, by scenario, market and arrival; empty without scenarios


def flow(program: Program, tables: Tables, makers: Array, lanes: Array, sales: Sales | None = None) -> Flow:
    """Adds the flow of the given offers.

    `makers` and `lanes` are sorted offer numbers; piece_maker and load_lane are positions in them. With scenario
    `sales` a unit earns what it brings on average, and the plan's own sales only say where it may go.
    """
    m = tables.makers
    piece_maker, is_stock, pieces = _pieces(program, tables, makers)
    offer = makers[piece_maker]
    bucket = np.where(is_stock, 0, m.lead[offer])
    ready = np.zeros((len(tables.goods), tables.problem.horizon), dtype=bool)
    ready[m.goods[offer], bucket] = True
    goods_row = np.full(ready.shape, -1)
    goods_row[ready] = program.rows(int(ready.sum()), 0.0, 0.0)
    program.put(goods_row[m.goods[offer], bucket], pieces, 1.0)
    lane, goods, at, loads = _loads(program, tables, lanes, ready, goods_row)
    landed = program.rows(tables.value.size, 0.0, 0.0).reshape(tables.value.shape)
    member = lanes[lane]
    program.put(landed[tables.lanes.market[member], at + tables.lanes.transit[member]], loads, 1.0)
    sold = _sales(program, tables, landed, 1.0 if sales is None else TRIFLE)
    first, rows = program.width, np.zeros((0, *landed.shape), dtype=int)
    if sales is not None:
        rows = uncertain(program, tables, sales, (member, at, loads))
    chances = np.arange(first, program.width)
    total = _total(program, sold[2])
    return Flow(
        makers,
        lanes,
        piece_maker,
        is_stock,
        pieces,
        lane,
        goods,
        at,
        loads,
        *sold,
        goods_row,
        landed,
        total,
        chances,
        rows,
    )


def _pieces(program: Program, tables: Tables, makers: Array) -> tuple[Array, Array, Array]:
    """What each maker gives from stock and what it makes: position of the maker, whether from stock, column."""
    m = tables.makers
    stock, made = np.flatnonzero(m.stock[makers] > 0), np.flatnonzero(m.made[makers] > 0)
    piece_maker = np.concatenate([stock, made])
    is_stock = np.arange(len(piece_maker)) < len(stock)
    offer = makers[piece_maker]
    room = np.where(is_stock, m.stock[offer], m.made[offer])
    return piece_maker, is_stock, program.columns(-m.unit[offer].astype(float), room)


def _loads(
    program: Program, tables: Tables, lanes: Array, ready: Array, goods_row: Array
) -> tuple[Array, Array, Array, Array]:
    pairs = np.flatnonzero(np.isin(tables.lanes.pair_lane, lanes))
    pick, at = np.nonzero(tables.lanes.open_at[pairs] & ready[tables.lanes.pair_goods[pairs]])
    pair = pairs[pick]
    lane, goods = np.searchsorted(lanes, tables.lanes.pair_lane[pair]), tables.lanes.pair_goods[pair]
    loads = program.columns(-tables.lanes.unit[lanes[lane]].astype(float), np.inf)
    program.put(goods_row[goods, at], loads, -1.0)
    return lane, goods, at, loads


def waits(tables: Tables) -> Array:
    """Markets where a unit may earn more in a later bucket than in the one it arrives in."""
    capped = np.array([m["bucket_demand"] is not None for m in tables.market_rows], dtype=bool)
    rises = (np.diff(tables.value, axis=1) > tables.holding[:, None]).any(axis=1)
    return np.asarray(capped | rises.astype(bool))


def _sales(
    program: Program, tables: Tables, landed: Array, counts: float
) -> tuple[Array, Array, Array, Array]:
    """Sales by bucket; where waiting can pay, goods wait along a chain. Money counts as much as is said."""
    market, bucket = np.nonzero(np.ones_like(landed, dtype=bool))
    room = np.minimum(tables.bucket_cap, tables.demand[:, None]).ravel().astype(float)
    sale = program.columns(counts * tables.value.ravel().astype(float), room)
    program.put(landed.ravel(), sale, -1.0)
    chained = np.flatnonzero(waits(tables)[market] & (bucket + 1 < landed.shape[1]))
    carry = program.columns(-counts * tables.holding[market[chained]].astype(float), np.inf)
    program.put(landed.ravel()[chained], carry, -1.0)
    program.put(landed.ravel()[chained + 1], carry, 1.0)
    return market, bucket, sale, carry


def uncertain(program: Program, tables: Tables, sales: Sales, loaded: tuple[Array, Array, Array]) -> Array:
    """The sales of every scenario: what the loads land is sold while somebody wants it, waits, or is left.

    Returns the rows of what is landed.
    """
    lane, at, loads = loaded
    many, (wide, horizon) = len(sales.weight), tables.value.shape
    landed = program.rows(many * wide * horizon, 0.0, 0.0).reshape(many, wide, horizon)
    arrives = at + tables.lanes.transit[lane]
    program.put(landed[:, tables.lanes.market[lane], arrives], loads[None, :], 1.0)
    weight = sales.weight[:, None, None]
    sale = program.columns((weight * sales.value).ravel(), sales.caps.ravel()).reshape(landed.shape)
    program.put(landed, sale, -1.0)
    wanted = program.rows(many * wide, -INF, sales.demand.ravel()).reshape(many, wide)
    program.put(np.broadcast_to(wanted[:, :, None], sale.shape), sale, 1.0)
    held = np.broadcast_to(-weight * tables.holding.astype(float)[None, :, None], landed.shape)[:, :, 1:]
    carry = program.columns(held.ravel(), INF).reshape(many, wide, horizon - 1)
    program.put(landed[:, :, :-1], carry, -1.0)
    program.put(landed[:, :, 1:], carry, 1.0)
    left = program.columns((sales.weight[:, None] * sales.left).ravel(), INF).reshape(many, wide)
    program.put(landed[:, :, -1], left, -1.0)
    return landed


def _total(program: Program, sales: Array) -> int:
    total = program.columns([0.0], np.inf)
    row = program.rows(1, 0.0, 0.0)
    program.put(row, sales, 1.0)
    program.put(row, total, -1.0)
    return int(total[0])
