"""The proven upper bound: prices over all eligible offers, summed in exact integers.

Source: matching-problem.md, section 6. Every amount is in 1/10000 of a minor unit. Any prices give a valid
bound; the duals of the relaxation give a good one.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from matching.solver.tables import Lanes, Tables

Array: TypeAlias = npt.NDArray[Any]
SCALE = 10000
SAFE = 2**61


@dataclass(frozen=True, slots=True, eq=False)
class Prices:
    """Integer prices: goods by ready bucket, landed units by arrival, budget, shares, quality, synergy."""

    origin: Array
    landed: Array
    budget_bp: int
    share: dict[str, dict[int, int]]
    charge: Array
    split: list[int]


@dataclass(frozen=True, slots=True, eq=False)
class Bound:
    """The bound in minor units; what each maker offer and lane is worth at the prices, what each firm gains."""

    total: int
    maker_value: Array
    lane_value: Array
    firm_gain: dict[str, Array]


@dataclass(frozen=True, slots=True, eq=False)
class Priced:
    """Tables at prices. `weight` is what a minor unit of cost counts, `kind` the number type that cannot overflow."""

    tables: Tables
    prices: Prices
    weight: int
    kind: type

    def share(self, module: str) -> Array:
        """Price of a unit of each firm's share."""
        table: Array = np.zeros(len(self.tables.firm_ids), dtype=self.kind)
        for firm, price in self.prices.share.get(module, {}).items():
            table[firm] = price
        return table


def prove(tables: Tables, prices: Prices) -> Bound:
    """Sums the bound exactly; falls back to unbounded integers where 64 bits could overflow."""
    at = Priced(tables, prices, SCALE + prices.budget_bp, number_type(tables, prices))
    makers, lanes = maker_values(at), lane_values(at)
    gains = _gains(at, makers, lanes)
    total = prices.budget_bp * int(tables.problem.limits["budget"]) + _inspection(at)
    for module, gain in gains.items():
        best = sorted((int(v) for v in gain[gain > 0]), reverse=True)
        total += sum(best[: tables.quota(module)])
    total += sum(_market(at, n) for n in range(len(tables.market_rows)))
    return Bound(total // SCALE, makers, lanes, gains)


def maker_values(at: Priced) -> Array:
    """Best fill of each maker offer between its minimum order and the share limit, less its fixed charges."""
    makers, kind = at.tables.makers, at.kind
    unit: Array = at.weight * makers.unit.astype(kind) + at.share("manufacturing")[makers.firm]
    price: Array = at.prices.origin.astype(kind)
    stock = Piece(price[makers.goods, 0] - unit, makers.stock.astype(kind))
    made = Piece(price[makers.goods, makers.lead] - unit, makers.made.astype(kind))
    filled = fill(stock, made, makers.least.astype(kind), makers.most)
    values: Array = filled - at.weight * makers.fixed.astype(kind) - at.prices.charge.astype(kind)
    return values


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """Units that can be had at a profit each, by offer."""

    profit: Array
    units: Array


def fill(one: Piece, two: Piece, low: Array, high: int) -> Array:
    """Largest profit of two pieces with a total between low and high."""
    swap = two.profit > one.profit
    p, a = np.where(swap, two.profit, one.profit), np.where(swap, two.units, one.units)
    q, b = np.where(swap, one.profit, two.profit), np.where(swap, one.units, two.units)
    n = np.minimum(a, np.where(p > 0, high, low))
    rest = np.where(q > 0, high - n, np.maximum(0, low - n))
    total: Array = p * n + q * np.minimum(b, rest)
    return total


def lane_values(at: Priced) -> Array:
    """Best fill of each lane at its best ready bucket, less its fixed charge."""
    lanes, kind = at.tables.lanes, at.kind
    if not lanes.rows:
        return np.zeros(0, dtype=kind)
    margin = pair_margins(lanes, at.prices.origin.astype(kind), at.prices.landed.astype(kind))
    best = np.maximum.reduceat(margin, lanes.starts)
    profit = best - at.weight * lanes.unit.astype(kind) - at.share("logistics")[lanes.firm]
    units: Array = np.where(profit > 0, lanes.most, lanes.least).astype(kind)
    values: Array = profit * units - at.weight * lanes.fixed.astype(kind)
    return values


def pair_margins(lanes: Lanes, origin: Array, landed: Array) -> Array:
    """By lane and goods the best landed price less origin price over the ready buckets that arrive in time."""
    buckets = np.arange(origin.shape[1])
    arrival = np.minimum(buckets[None, :] + lanes.transit[lanes.pair_lane][:, None], origin.shape[1] - 1)
    spread = landed[lanes.market[lanes.pair_lane][:, None], arrival] - origin[lanes.pair_goods]
    margins: Array = np.where(lanes.open_at, spread, spread.min() - 1).max(axis=1)
    return margins


def _top(values: Any) -> int:
    return max((abs(int(v)) for v in np.asarray(values).ravel()), default=0)


def number_type(tables: Tables, prices: Prices) -> type:
    """64-bit integers where no sum of the bound can overflow them, else unbounded ones."""
    makers, lanes, weight = tables.makers, tables.lanes, SCALE + prices.budget_bp
    per_unit = _top(prices.origin) + _top(prices.landed) + weight * (_top(makers.unit) + _top(lanes.unit))
    per_unit += sum(max(table.values(), default=0) for table in prices.share.values())
    units = max(tables.problem.total_demand, makers.most, _top(makers.stock), _top(makers.made), 1)
    fixed = weight * (_top(makers.fixed) + _top(lanes.fixed) + _top(tables.engagement))
    once = fixed + SCALE * sum(s for _, _, s in tables.synergies) + _top(prices.charge)
    rows = len(makers.rows) + len(lanes.rows) + 2
    return np.int64 if rows * (4 * per_unit * units + once) < SAFE else object


def _gains(at: Priced, makers: Array, lanes: Array) -> dict[str, Array]:
    """Gain of each firm in each module; engagement is charged once, the synergy part in every module."""
    tables, bonus = at.tables, _bonus(at)
    own = {"manufacturing": (tables.makers.firm, makers), "logistics": (tables.lanes.firm, lanes)}
    gains: dict[str, Array] = {}
    for module in tables.problem.offers:
        gain: Array = bonus.copy()
        firms = np.array([tables.firm_number[x["firm"]] for x in tables.problem.eligible(module)], dtype=int)
        if module in own:
            firms, values = own[module]
            np.add.at(gain, firms, np.maximum(values, 0))
            gain -= at.weight * tables.engagement.astype(at.kind) * _pays_here(tables, module)
        outside = np.ones(len(gain), dtype=bool)
        outside[firms] = False
        gain[outside] = 0
        gains[module] = gain
    return gains


def _bonus(at: Priced) -> Array:
    bonus: Array = np.zeros(len(at.tables.firm_ids), dtype=at.kind)
    for (a, b, amount), part in zip(at.tables.synergies, at.prices.split, strict=True):
        bonus[a] += part
        bonus[b] += SCALE * amount - part
    return bonus


def _pays_here(tables: Tables, module: str) -> Array:
    flags = np.zeros(len(tables.firm_ids), dtype=np.int64)
    for firm, modules in tables.modules_of.items():
        first = next((m for m in modules if m in ("manufacturing", "logistics")), None)
        flags[tables.firm_number[firm]] = first == module
    return flags


def _inspection(at: Priced) -> int:
    collected: dict[str, int] = {}
    for n in np.flatnonzero(at.prices.charge):
        origin = at.tables.makers.rows[n]["origin"]
        collected[origin] = collected.get(origin, 0) + int(at.prices.charge[n])
    cheapest: dict[str, int] = {}
    for row in at.tables.problem.eligible("quality"):
        fee = at.tables.fee(row, at.weight)
        cheapest[row["origin"]] = min(fee, cheapest.get(row["origin"], fee))
    return sum(max(0, c - cheapest.get(origin, c)) for origin, c in collected.items())


def credit(tables: Tables, prices: Prices) -> int:
    """What a unit of the plan adds to the room of all shares, at their prices."""
    limits = tables.problem.limits["max_share_bp"]
    return sum(-(-sum(prices.share.get(module, {}).values()) * bp // SCALE) for module, bp in limits.items())


def _market(at: Priced, n: int) -> int:
    """Best sale of the market at the landed prices, less its fees; 0 when it does not pay or reach."""
    spend = market_fees(at.tables, at.tables.market_rows[n], at.weight)
    return 0 if spend is None else max(0, best_sale(at, n) - spend)


def best_sale(at: Priced, n: int) -> int:
    """What a market's best sale brings at the landed prices, fees apart."""
    total, room = 0, int(at.tables.market_rows[n]["demand"])
    for profit, cap in sorted(_sales(at, n), reverse=True):
        units = min(cap, room) if profit > 0 else 0
        total, room = total + profit * units, room - units
    return total


def _sales(at: Priced, n: int) -> list[tuple[int, int]]:
    """Profit per unit and room of each bucket, from the cheapest arrival until then."""
    row, cut = at.tables.market_rows[n], int(at.tables.cut[n])
    keep, more = int(at.tables.holding[n]) * at.weight, credit(at.tables, at.prices)
    sales, cheapest = [], int(at.prices.landed[n, 0])
    for t in range(at.tables.problem.horizon):
        held = cheapest + (keep if t else 0)
        cheapest = min(held, int(at.prices.landed[n, t])) if t <= cut else held
        sales.append((SCALE * int(row["unit_value"][t]) + more - cheapest, int(at.tables.bucket_cap[n, t])))
    return sales


def market_fees(tables: Tables, market: dict[str, Any], weight: int) -> int | None:
    """Fractional cheapest cover of the reach and the cheapest broker; None when the reach cannot be had."""
    spend = _cover(tables, market, weight)
    if spend is None or not market["customs_required"]:
        return spend
    brokers = (x for x in tables.problem.eligible("customs") if x["market"] == market["id"])
    return spend + min((tables.fee(x, weight) for x in brokers), default=0)


def _cover(tables: Tables, market: dict[str, Any], weight: int) -> int | None:
    need, spend, goal = int(market["min_reach"]), 0, int(market["min_reach"])
    agencies = [x for x in tables.problem.eligible("marketing") if x["market"] == market["id"] and x["reach"]]
    for x in sorted(agencies, key=lambda x: Fraction(tables.fee(x, weight), min(x["reach"], goal or 1))):
        reach = min(int(x["reach"]), goal)
        part = min(need, reach)
        spend += tables.fee(x, weight) * part // max(1, reach)
        need -= part
    return spend if need <= 0 else None
