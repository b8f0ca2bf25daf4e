"""The proven upper bound: prices over all eligible offers, summed in exact integers (matching-problem.md, section 6).

Every amount is in 1/10000 of a minor unit. Any prices give a valid bound; the duals of the relaxation give a good one.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from matching.solver.tables import Lanes, Makers, Tables

Array = npt.NDArray[Any]
SCALE = 10000
SAFE = 2 ** 61


@dataclass(frozen=True, slots=True, eq=False)
class Prices:
    """Integer prices: of goods by ready bucket, of landed units by arrival, of budget, shares, quality, synergy."""

    origin: Array
    landed: Array
    budget_bp: int
    share: dict[str, dict[int, int]]
    charge: Array
    split: list[int]


@dataclass(frozen=True, slots=True, eq=False)
class Bound:
    """The bound in minor units, what each maker offer and lane is worth at the prices, and what each firm gains."""

    total: int
    maker_value: Array
    lane_value: Array
    firm_gain: dict[str, Array]


def prove(tables: Tables, prices: Prices) -> Bound:
    """Sums the bound exactly; falls back to unbounded integers where 64 bits could overflow."""
    weight = SCALE + prices.budget_bp
    exact = _number_type(tables, prices, weight)
    makers = maker_values(tables, prices, weight, exact)
    lanes = lane_values(tables, prices, weight, exact)
    gains = _gains(tables, prices, weight, makers, lanes, exact)
    total = prices.budget_bp * int(tables.problem.limits["budget"]) + _inspection(tables, prices, weight)
    for module, gain in gains.items():
        best = sorted((int(v) for v in gain[gain > 0]), reverse=True)
        total += sum(best[: tables.quota(module)])
    credit = _credit(tables, prices)
    for n in range(len(tables.market_rows)):
        total += _market(tables, prices, weight, credit, n)
    return Bound(total // SCALE, makers, lanes, gains)


def as_json(tables: Tables, prices: Prices) -> dict[str, Any]:
    """The certificate as the plan file holds it."""
    charge = {tables.makers.rows[n]["id"]: int(prices.charge[n]) for n in np.flatnonzero(prices.charge)}
    share = {module: {tables.firm_ids[f]: int(v) for f, v in table.items()} for module, table in prices.share.items()}
    return {"origin_price": {g: [int(v) for v in prices.origin[k]] for k, g in enumerate(tables.goods)},
            "landed_price": {m["id"]: [int(v) for v in prices.landed[k]]
                             for k, m in enumerate(tables.market_rows)},
            "budget_price_bp": prices.budget_bp, "share_price": share, "quality_charge": charge,
            "synergy_split": list(prices.split)}


def maker_values(tables: Tables, prices: Prices, weight: int, exact: type) -> Array:
    """Best fill of each maker offer between its minimum order and the share limit, less its fixed charges."""
    makers = tables.makers
    unit = weight * makers.unit.astype(exact) + _share(tables, prices, "manufacturing", exact)[makers.firm]
    price = prices.origin.astype(exact)
    filled = fill(price[makers.goods, 0] - unit, makers.stock.astype(exact),
                  price[makers.goods, makers.lead] - unit, makers.made.astype(exact),
                  makers.least.astype(exact), makers.most)
    return filled - weight * makers.fixed.astype(exact) - prices.charge.astype(exact)


def fill(first: Array, room: Array, second: Array, space: Array, low: Array, high: int) -> Array:
    """Largest profit of two pieces (profit per unit, units) with a total between low and high."""
    swap = second > first
    p, a = np.where(swap, second, first), np.where(swap, space, room)
    q, b = np.where(swap, first, second), np.where(swap, room, space)
    n = np.minimum(a, np.where(p > 0, high, low))
    rest = np.where(q > 0, high - n, np.maximum(0, low - n))
    return p * n + q * np.minimum(b, rest)


def lane_values(tables: Tables, prices: Prices, weight: int, exact: type) -> Array:
    """Best fill of each lane at its best ready bucket, less its fixed charge."""
    lanes = tables.lanes
    if not lanes.rows:
        return np.zeros(0, dtype=exact)
    margin = pair_margins(lanes, prices.origin.astype(exact), prices.landed.astype(exact))
    best = np.maximum.reduceat(margin, lanes.starts)
    profit = best - weight * lanes.unit.astype(exact) - _share(tables, prices, "logistics", exact)[lanes.firm]
    units = np.where(profit > 0, lanes.most, lanes.least).astype(exact)
    return profit * units - weight * lanes.fixed.astype(exact)


def pair_margins(lanes: Lanes, origin: Array, landed: Array) -> Array:
    """For each lane and goods the best landed price less origin price over the ready buckets that arrive in time."""
    buckets = np.arange(origin.shape[1])
    arrival = np.minimum(buckets[None, :] + lanes.transit[lanes.pair_lane][:, None], origin.shape[1] - 1)
    spread = landed[lanes.market[lanes.pair_lane][:, None], arrival] - origin[lanes.pair_goods]
    return np.where(lanes.open_at, spread, spread.min() - 1).max(axis=1)


def _number_type(tables: Tables, prices: Prices, weight: int) -> type:
    def top(values: Any) -> int:
        return max((abs(int(v)) for v in np.asarray(values).ravel()), default=0)

    unit = top(tables.makers.unit) + top(tables.lanes.unit)
    per_unit = top(prices.origin) + top(prices.landed) + weight * unit
    per_unit += sum(max(table.values(), default=0) for table in prices.share.values())
    units = max(tables.problem.total_demand, tables.makers.most, top(tables.makers.stock), top(tables.makers.made), 1)
    fixed = weight * (top(tables.makers.fixed) + top(tables.lanes.fixed) + top(tables.engagement))
    rows = len(tables.makers.rows) + len(tables.lanes.rows) + 2
    bonus = SCALE * sum(s for _, _, s in tables.synergies)
    return np.int64 if rows * (4 * per_unit * units + fixed + bonus + top(prices.charge)) < SAFE else object


def _share(tables: Tables, prices: Prices, module: str, exact: type) -> Array:
    table = np.zeros(len(tables.firm_ids), dtype=exact)
    for firm, price in prices.share.get(module, {}).items():
        table[firm] = price
    return table


def _gains(tables: Tables, prices: Prices, weight: int, makers: Array, lanes: Array, exact: type) -> dict[str, Array]:
    """Gain of each firm in each module; engagement is charged once, the synergy part in every module."""
    size = len(tables.firm_ids)
    bonus, member = _bonus(tables, prices, exact), {m: np.zeros(size, dtype=bool) for m in tables.problem.offers}
    gains = {module: np.zeros(size, dtype=exact) for module in tables.problem.offers}
    _gather(gains["manufacturing"], member["manufacturing"], tables.makers, makers)
    _gather(gains["logistics"], member["logistics"], tables.lanes, lanes)
    for module in ("marketing", "quality", "customs"):
        for row in tables.problem.eligible(module):
            member[module][tables.firm_number[row["firm"]]] = True
    for module, gain in gains.items():
        gain += bonus
        if module in ("manufacturing", "logistics"):
            gain -= weight * tables.engagement.astype(exact) * _pays_here(tables, module)
        gain[~member[module]] = 0
    return gains


def _bonus(tables: Tables, prices: Prices, exact: type) -> Array:
    bonus = np.zeros(len(tables.firm_ids), dtype=exact)
    for (a, b, amount), part in zip(tables.synergies, prices.split, strict=True):
        bonus[a] += part
        bonus[b] += SCALE * amount - part
    return bonus


def _gather(gain: Array, member: Array, offers: Makers | Lanes, values: Array) -> None:
    np.add.at(gain, offers.firm, np.maximum(values, 0))
    member[offers.firm] = True


def _pays_here(tables: Tables, module: str) -> Array:
    flags = np.zeros(len(tables.firm_ids), dtype=np.int64)
    for firm, modules in tables.modules_of.items():
        first = next((m for m in modules if m in ("manufacturing", "logistics")), None)
        flags[tables.firm_number[firm]] = first == module
    return flags


def _inspection(tables: Tables, prices: Prices, weight: int) -> int:
    collected: dict[str, int] = {}
    for n in np.flatnonzero(prices.charge):
        origin = tables.makers.rows[n]["origin"]
        collected[origin] = collected.get(origin, 0) + int(prices.charge[n])
    cheapest: dict[str, int] = {}
    for row in tables.problem.eligible("quality"):
        fee = tables.fee(row, weight)
        cheapest[row["origin"]] = min(fee, cheapest.get(row["origin"], fee))
    return sum(max(0, c - cheapest.get(origin, c)) for origin, c in collected.items())


def _credit(tables: Tables, prices: Prices) -> int:
    limits = tables.problem.limits["max_share_bp"]
    return sum(-(-sum(prices.share.get(module, {}).values()) * bp // SCALE) for module, bp in limits.items())


def _market(tables: Tables, prices: Prices, weight: int, credit: int, n: int) -> int:
    """Best sale of the market at the landed prices, less its cheapest fees; 0 when it does not pay or reach."""
    row, cut, h = tables.market_rows[n], int(tables.cut[n]), int(tables.holding[n]) * weight
    spend = market_fees(tables, row, weight)
    if spend is None:
        return 0
    sales, room, cheapest = [], int(row["demand"]), None
    for t in range(tables.problem.horizon):
        held = None if cheapest is None else cheapest + h
        here = int(prices.landed[n, t]) if t <= cut else held
        cheapest = here if held is None else min(x for x in (held, here) if x is not None)
        sales.append((SCALE * int(row["unit_value"][t]) + credit - int(cheapest or 0), int(tables.bucket_cap[n, t])))
    total = 0
    for profit, cap in sorted(sales, reverse=True):
        units = min(cap, room) if profit > 0 else 0
        total, room = total + profit * units, room - units
    return max(0, total - spend)


def market_fees(tables: Tables, market: dict[str, Any], weight: int) -> int | None:
    """Fractional cheapest cover of the reach and the cheapest broker; None when the reach cannot be had."""
    need, spend, goal = int(market["min_reach"]), 0, int(market["min_reach"])
    agencies = [x for x in tables.problem.eligible("marketing") if x["market"] == market["id"] and x["reach"]]
    for x in sorted(agencies, key=lambda x: Fraction(tables.fee(x, weight), min(x["reach"], goal or 1))):
        reach = min(int(x["reach"]), goal)
        part = min(need, reach)
        spend += tables.fee(x, weight) * part // max(1, reach)
        need -= part
    if need > 0:
        return None
    brokers = [tables.fee(x, weight) for x in tables.problem.eligible("customs") if x["market"] == market["id"]]
    return spend + (min(brokers, default=0) if market["customs_required"] else 0)
