"""The eligible offers of a problem as columns of numbers, made once and read by every later step."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.solver.problem import Problem, Row

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Makers:
    """Maker offers that could be chosen. `stock` units are ready in bucket 0, `made` units in bucket `lead`."""

    rows: list[Row]
    firm: Array
    goods: Array
    origin: Array
    unit: Array
    fixed: Array
    least: Array
    stock: Array
    made: Array
    lead: Array
    most: int


@dataclass(frozen=True, slots=True, eq=False)
class Lanes:
    """Lane offers that could be chosen. Pair p says that lane `pair_lane[p]` may carry goods `pair_goods[p]`.

    `open_at[p, r]` is true when goods ready in bucket r arrive in time; `starts` bounds the pairs of each lane.
    """

    rows: list[Row]
    firm: Array
    origin: Array
    market: Array
    unit: Array
    fixed: Array
    least: Array
    most: Array
    transit: Array
    pair_lane: Array
    pair_goods: Array
    open_at: Array
    starts: Array


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """All columns of a problem; firms, goods, markets and origins are numbered by the four lists."""

    problem: Problem
    firm_ids: list[str]
    firm_number: dict[str, int]
    engagement: Array
    goods: list[str]
    origins: list[str]
    market_rows: list[Row]
    value: Array
    bucket_cap: Array
    cut: Array
    holding: Array
    demand: Array
    makers: Makers
    lanes: Lanes
    modules_of: dict[str, list[str]]
    synergies: list[tuple[int, int, int]]

    def quota(self, module: str) -> int:
        """The most firms that the module may have."""
        return int(self.problem.limits["max_firms"].get(module, 10 ** 9))

    def fee(self, offer: Row, weight: int = 1) -> int:
        """Fee of a marketing, quality or customs offer with its part of the engagement, as the bound counts it."""
        mods = self.modules_of[offer["firm"]]
        if "manufacturing" in mods or "logistics" in mods:
            return weight * int(offer["fee"])
        engagement = self.problem.firms[offer["firm"]]["engagement_cost"]
        return weight * int(offer["fee"]) + int(weight * engagement // len(mods))


def build(problem: Problem) -> Tables:
    """Columns for the offers that pass the filters and could carry at least one unit."""
    firm_ids = list(problem.firms)
    number = {firm: n for n, firm in enumerate(firm_ids)}
    markets = list(problem.markets.values())
    eligible = problem.eligible("manufacturing")
    goods_of = {row["id"]: problem.goods(row) for row in eligible}
    goods = sorted(set(goods_of.values()))
    origins = sorted({row["origin"] for row in eligible})
    makers = _makers(problem, eligible, [goods_of[row["id"]] for row in eligible], goods, origins, number)
    modules_of: dict[str, list[str]] = {}
    for module in problem.offers:
        for row in problem.eligible(module):
            modules_of.setdefault(row["firm"], []).append(module)
    cut = _ints([min(m["deadline"], problem.horizon - 1) for m in markets])
    return Tables(
        problem, firm_ids, number, _ints([f["engagement_cost"] for f in problem.firms.values()]), goods, origins,
        markets, _ints([m["unit_value"] for m in markets]).reshape(len(markets), problem.horizon),
        _ints([m["bucket_demand"] or [m["demand"]] * problem.horizon for m in markets]), cut,
        _ints([m["holding_cost"] for m in markets]), _ints([m["demand"] for m in markets]), makers,
        _lanes(problem, makers, goods, origins, cut, number), modules_of,
        [(number[a], number[b], int(bonus)) for a, b, bonus in problem.raw["synergies"]])


def _ints(values: list[Any]) -> Array:
    try:
        return np.array(values, dtype=np.int64)
    except OverflowError:
        return np.array(values, dtype=object)


def _column(rows: list[Row], name: str) -> Array:
    return _ints([row[name] for row in rows])


def _makers(problem: Problem, rows: list[Row], goods_of: list[str], goods: list[str], origins: list[str],
            number: dict[str, int]) -> Makers:
    most = problem.share_cap("manufacturing")
    goods_at, origin_at = {g: n for n, g in enumerate(goods)}, {o: n for n, o in enumerate(origins)}
    lead, stock = _column(rows, "lead_time"), _column(rows, "stock")
    made = np.where(lead < problem.horizon, _column(rows, "capacity"), 0)
    least = np.maximum(1, _column(rows, "moq"))
    live = np.flatnonzero(np.minimum(stock + made, most) >= least)
    kept = [rows[n] for n in live]
    return Makers(
        kept, _ints([number[row["firm"]] for row in kept]), _ints([goods_at[goods_of[n]] for n in live]),
        _ints([origin_at[row["origin"]] for row in kept]), _column(kept, "unit_cost"), _column(kept, "fixed_cost"),
        least[live], stock[live], made[live], np.minimum(lead[live], problem.horizon - 1), most)


def _ready(makers: Makers, goods: int, horizon: int) -> Array:
    ready = np.zeros((goods, horizon), dtype=bool)
    ready[makers.goods[makers.stock > 0], 0] = True
    made = makers.made > 0
    ready[makers.goods[made], makers.lead[made]] = True
    return ready


def _lanes(problem: Problem, makers: Makers, goods: list[str], origins: list[str], cut: Array,
           number: dict[str, int]) -> Lanes:
    rows = problem.eligible("logistics")
    market_at = {m: n for n, m in enumerate(problem.markets)}
    share, demand = problem.share_cap("logistics"), {i: m["demand"] for i, m in problem.markets.items()}
    most = [min(row["capacity"], demand[row["market"]], share) for row in rows]
    ready, horizon = _ready(makers, len(goods), problem.horizon), problem.horizon
    keys_at = _goods_by_origin(goods)
    pairs, masks, kept = [], [], []
    buckets = np.arange(horizon)
    for n, row in enumerate(rows):
        if most[n] < max(1, row["min_units"]):
            continue
        in_time = buckets + problem.transit(row) <= cut[market_at[row["market"]]]
        mine = [(k, ready[k] & in_time) for k, only in keys_at.get(row["origin"], ())
                if only is None or row["firm"] in only]
        mine = [(k, mask) for k, mask in mine if mask.any()]
        pairs += [(len(kept), k) for k, _ in mine]
        masks += [mask for _, mask in mine]
        if mine:
            kept.append(n)
    live = [rows[n] for n in kept]
    origin_at = {o: n for n, o in enumerate(origins)}
    pair = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return Lanes(
        live, _ints([number[r["firm"]] for r in live]), _ints([origin_at[r["origin"]] for r in live]),
        _ints([market_at[r["market"]] for r in live]), _column(live, "unit_cost"), _column(live, "fixed_cost"),
        np.maximum(1, _column(live, "min_units")), _ints([most[n] for n in kept]),
        _ints([problem.transit(r) for r in live]), pair[:, 0], pair[:, 1],
        np.array(masks, dtype=bool).reshape(-1, horizon), np.searchsorted(pair[:, 0], np.arange(len(live))))


def _goods_by_origin(goods: list[str]) -> dict[str, list[tuple[int, frozenset[str] | None]]]:
    table: dict[str, list[tuple[int, frozenset[str] | None]]] = {}
    for k, name in enumerate(goods):
        origin, bound, only = name.partition("|")
        table.setdefault(origin, []).append((k, frozenset(only.split(",")) if bound else None))
    return table
