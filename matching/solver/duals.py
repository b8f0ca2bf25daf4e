"""Prices from the duals of a relaxation, completed for everything that its pool left out."""

from dataclasses import dataclass, replace

import numpy as np

from matching.certificate import SCALE, Priced, Prices, lane_values, maker_values
from matching.solver.choice import Choice
from matching.solver.flows import Flow
from matching.solver.tables import Array, Tables

LARGEST = 2.0**62


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Where the other prices stand: the priced synergies with their first firms' rows, and the budget's row."""

    near: Array
    first: Array
    budget: int


def read(
    tables: Tables, parts: tuple[Flow, Choice, Rows], dual: Array, floors: dict[str, float]
) -> tuple[Prices, set[int]]:
    """Duals in 1/10000 of a minor unit; where nothing of the pool prices goods, what the lanes would pay.

    Also returns the firms that the pool lacks to price the synergies well.
    """
    moved, choice, rows = parts
    beta = max(0, round(float(dual[rows.budget]) * SCALE))
    landed = _rounded(-(dual[moved.landed_row] + dual[moved.chance_row].sum(axis=0)) * SCALE)
    goods = _rounded(-dual[moved.goods_row] * SCALE)
    origin = np.where(moved.goods_row >= 0, goods, _offered(tables, landed, SCALE + beta))
    charge = np.zeros(len(tables.makers.rows), dtype=np.int64)
    if len(choice.inspect_row):
        charge[moved.makers] = np.maximum(0, _rounded(dual[choice.inspect_row] * SCALE))
    prices = Prices(
        _rounded(origin).astype(np.int64),
        landed.astype(np.int64),
        beta,
        _shares(choice, dual),
        charge,
        [0] * len(tables.synergies),
    )
    known = {int(k): float(dual[row]) * SCALE for k, row in zip(rows.near, rows.first, strict=True)}
    split, pressed = _split(tables, _room(tables, prices, floors), known)
    return replace(prices, split=split), pressed


def _rounded(prices: Array) -> Array:
    """Whole prices that 64 bits can hold: any price is a valid one."""
    whole: Array = np.clip(np.rint(np.nan_to_num(prices)), -LARGEST, LARGEST)
    return whole


def _shares(choice: Choice, dual: Array) -> dict[str, dict[int, int]]:
    shares: dict[str, dict[int, int]] = {}
    for module, (firms, rows) in choice.share_row.items():
        paid = np.maximum(0, _rounded(dual[rows] * SCALE)).astype(np.int64)
        shares[module] = {int(f): int(v) for f, v in zip(firms, paid, strict=True) if v}
    return shares


def _room(tables: Tables, prices: Prices, floors: dict[str, float]) -> Array:
    """How much bonus each firm takes without raising the bound."""
    at = Priced(tables, prices, SCALE + prices.budget_bp, np.float64)
    room = _silent(tables)
    for module, offers, values in (
        ("manufacturing", tables.makers, maker_values(at)),
        ("logistics", tables.lanes, lane_values(at)),
    ):
        spare = at.weight * tables.engagement[offers.firm].astype(float) + floors.get(module, 0.0)
        room[offers.firm] = np.minimum(room[offers.firm], spare)
        np.subtract.at(room, offers.firm, np.maximum(0, values))
    return room


def _split(tables: Tables, room: Array, known: dict[int, float]) -> tuple[list[int], set[int]]:
    """First firms' parts of the bonuses: by the duals, and for pairs outside the pool where a loss absorbs them.

    Also returns the firms of pairs whose losses do not suffice: these belong into the pool.
    """
    parts, pressed = [0] * len(tables.synergies), set[int]()
    for k in sorted(range(len(parts)), key=lambda k: k not in known):
        a, b, bonus = tables.synergies[k]
        whole = SCALE * bonus
        wanted = known[k] if k in known else max(min(whole, room[a]), whole - max(0.0, room[b]))
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


def _offered(tables: Tables, landed: Array, weight: int) -> Array:
    """What the best lane would pay for goods in each ready bucket, at least 0."""
    lanes, horizon = tables.lanes, landed.shape[1]
    offered = np.zeros((len(tables.goods), horizon))
    arrival = np.minimum(np.arange(horizon) + lanes.transit[lanes.pair_lane][:, None], horizon - 1)
    pays = landed[lanes.market[lanes.pair_lane][:, None], arrival]
    pays = pays - (weight * lanes.unit)[lanes.pair_lane][:, None]
    np.maximum.at(offered, lanes.pair_goods, np.where(lanes.open_at, pays, 0.0))
    return offered
