"""Columns from rows: reads the eligible offers of a problem into tables."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from matching.solver.problem import MODULES, Problem, Row
from matching.solver.tables import Array, Lanes, Makers, Tables


@dataclass(frozen=True, slots=True, eq=False)
class Names:
    """Numbers of firms, markets, origins and goods."""

    firm: dict[str, int]
    market: dict[str, int]
    origin: dict[str, int]
    goods: dict[str, int]


def build(problem: Problem) -> Tables:
    """Columns for the offers that pass the filters and could carry at least one unit."""
    names, markets = _names(problem), list(problem.markets.values())
    makers = _makers(problem, names)
    shape = (len(markets), problem.horizon)
    caps = [m["bucket_demand"] or [m["demand"]] * problem.horizon for m in markets]
    return Tables(
        problem=problem,
        firm_ids=list(names.firm),
        firm_number=names.firm,
        engagement=_column(list(problem.firms.values()), "engagement_cost"),
        goods=list(names.goods),
        origins=list(names.origin),
        market_rows=markets,
        value=_column(markets, "unit_value").reshape(shape),
        bucket_cap=ints(caps).reshape(shape),
        cut=np.minimum(_column(markets, "deadline"), problem.horizon - 1),
        holding=_column(markets, "holding_cost"),
        demand=_column(markets, "demand"),
        makers=makers,
        lanes=_lanes(problem, makers, names),
        modules_of=_modules(problem),
        synergies=[(names.firm[a], names.firm[b], int(bonus)) for a, b, bonus in problem.raw["synergies"]],
    )


def _names(problem: Problem) -> Names:
    eligible = problem.eligible("manufacturing")
    goods, origins = {problem.goods(row) for row in eligible}, {row["origin"] for row in eligible}
    return Names(
        *(_numbered(ids) for ids in (problem.firms, problem.markets, sorted(origins), sorted(goods)))
    )


def _numbered(ids: Any) -> dict[str, int]:
    return {name: n for n, name in enumerate(ids)}


def _modules(problem: Problem) -> dict[str, list[str]]:
    """For each firm the module of each of its eligible offers."""
    modules: dict[str, list[str]] = {}
    for module in MODULES:
        for row in problem.eligible(module):
            modules.setdefault(row["firm"], []).append(module)
    return modules


def ints(values: list[Any]) -> Array:
    """64-bit integers, or unbounded ones where they do not fit."""
    try:
        return np.array(values, dtype=np.int64)
    except OverflowError:
        return np.array(values, dtype=object)


def _column(rows: list[Row], name: str) -> Array:
    return ints([row[name] for row in rows])


def _numbers(rows: list[Row], name: str, numbers: dict[str, int]) -> Array:
    return ints([numbers[row[name]] for row in rows])


def _makers(problem: Problem, names: Names) -> Makers:
    rows, most = problem.eligible("manufacturing"), problem.share_cap("manufacturing")
    lead, stock = _column(rows, "lead_time"), _column(rows, "stock")
    made = np.where(lead < problem.horizon, _column(rows, "capacity"), 0)
    least = np.maximum(1, _column(rows, "moq"))
    live = np.flatnonzero(np.minimum(stock + made, most) >= least)
    kept = [rows[n] for n in live]
    return Makers(
        rows=kept,
        firm=_numbers(kept, "firm", names.firm),
        goods=ints([names.goods[problem.goods(row)] for row in kept]),
        origin=_numbers(kept, "origin", names.origin),
        unit=_column(kept, "unit_cost"),
        fixed=_column(kept, "fixed_cost"),
        least=least[live],
        stock=stock[live],
        made=made[live],
        lead=np.minimum(lead[live], problem.horizon - 1),
        most=most,
    )


def _ready(makers: Makers, goods: int, horizon: int) -> Array:
    ready = np.zeros((goods, horizon), dtype=bool)
    ready[makers.goods[makers.stock > 0], 0] = True
    made = makers.made > 0
    ready[makers.goods[made], makers.lead[made]] = True
    return ready


def _lanes(problem: Problem, makers: Makers, names: Names) -> Lanes:
    share = problem.share_cap("logistics")
    ready, at_origin = _ready(makers, len(names.goods), problem.horizon), _goods_by_origin(names)
    rows: list[Row] = []
    most: list[int] = []
    pairs: list[tuple[int, int]] = []
    masks: list[Array] = []
    for row in problem.eligible("logistics"):
        room = min(row["capacity"], problem.markets[row["market"]]["demand"], share)
        mine = _carried(problem, row, at_origin, ready) if room >= max(1, row["min_units"]) else []
        if mine:
            pairs += [(len(rows), k) for k, _ in mine]
            masks += [mask for _, mask in mine]
            rows.append(row)
            most.append(room)
    pair = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return Lanes(
        rows=rows,
        firm=_numbers(rows, "firm", names.firm),
        origin=_numbers(rows, "origin", names.origin),
        market=_numbers(rows, "market", names.market),
        unit=_column(rows, "unit_cost"),
        fixed=_column(rows, "fixed_cost"),
        least=np.maximum(1, _column(rows, "min_units")),
        most=ints(most),
        transit=ints([problem.transit(row) for row in rows]),
        pair_lane=pair[:, 0],
        pair_goods=pair[:, 1],
        open_at=np.array(masks, dtype=bool).reshape(-1, problem.horizon),
        starts=np.searchsorted(pair[:, 0], np.arange(len(rows))),
    )


Bound = frozenset[str] | None


def _carried(
    problem: Problem, row: Row, at_origin: dict[str, list[tuple[int, Bound]]], ready: Array
) -> list[tuple[int, Array]]:
    """Goods that a lane may carry, with the ready buckets from which it arrives in time."""
    latest = min(problem.markets[row["market"]]["deadline"], problem.horizon - 1)
    in_time = np.arange(problem.horizon) + problem.transit(row) <= latest
    masks = [
        (k, ready[k] & in_time)
        for k, only in at_origin.get(row["origin"], ())
        if only is None or row["firm"] in only
    ]
    return [(k, mask) for k, mask in masks if mask.any()]


def _goods_by_origin(names: Names) -> dict[str, list[tuple[int, Bound]]]:
    table: dict[str, list[tuple[int, Bound]]] = {}
    for name, k in names.goods.items():
        origin, bound, only = name.partition("|")
        table.setdefault(origin, []).append((k, frozenset(only.split(",")) if bound else None))
    return table
