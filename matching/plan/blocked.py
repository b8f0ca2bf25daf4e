"""Why no plan is possible, or none pays: what binds, in the order in which one would look. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from matching.problem import Case, Market, Reason, Variant, build, most

Row = dict[str, Any]


def blocked_by(case: Case) -> list[Reason]:
    """The first things that are in the way of a case with at least one market."""
    makings = case.registry.makings
    if not makings:
        return [{"code": "no_maker", "hs6": case.hs6}]
    found = [reason for market in case.markets for reason in _in_market(case, market)]
    return found or [{"code": "fixed_costs"}]


def _in_market(case: Case, market: Market) -> list[Reason]:
    registry = case.registry
    origins = sorted({row.origin for row in registry.makings})
    lanes = [row for row in registry.carriages if row.market == market.code]
    if not lanes:
        return [{"code": "no_lane", "origins": origins, "market": market.code}]
    reached = sorted({row.origin for row in lanes}.intersection(origins))
    for role, place in (("quality", reached), ("export_broker", reached), ("import_broker", [market.code])):
        if not any(registry.support(role, where, 1) for where in place):
            return [{"code": "no_service", "role": role, "place": ", ".join(place)}]
    return _in_numbers(case, market)


def _in_numbers(case: Case, market: Market) -> list[Reason]:
    raw = build(case, Variant.ANY).raw
    makers = raw["manufacturing"]
    lanes = [row for row in raw["logistics"] if row["market"] == market.code and _has_room(row)]
    if not makers or min(row["moq"] for row in makers) > most(market.demand):
        return [_too_few(case, market)]
    if not lanes:
        return [{"code": "no_space", "market": market.code}]
    return [_loss(case, market, _best_way(raw, lanes, market.code))]


def _best_way(raw: Row, lanes: Sequence[Row], market: str) -> "Way | None":
    values = next(row["unit_value"] for row in raw["markets"] if row["id"] == market)
    pairs = product(raw["manufacturing"], lanes)
    met = [(maker, lane) for maker, lane in pairs if maker["origin"] == lane["origin"]]
    ways = [_way(maker, lane, values, raw["bucket_days"]) for maker, lane in met]
    return max(ways, key=_worth, default=None)


def _has_room(lane: Row) -> bool:
    return bool(lane["capacity"] >= lane["min_units"])


@dataclass(frozen=True, slots=True)
class Way:
    """A unit from one maker by one lane: its worth on arrival (None: too late), its cost, and the day."""

    value: int | None
    cost: int
    day: int


def _way(maker: Row, lane: Row, values: Sequence[int], days: int) -> Way:
    arrival = lane["transit_p50"] + (0 if maker["stock"] else maker["lead_time"])
    value = values[arrival] if arrival < len(values) else None
    return Way(value, maker["unit_cost"] + lane["unit_cost"], arrival * days)


def _worth(way: Way) -> tuple[bool, int]:
    return way.value is not None, (way.value or 0) - way.cost


def _loss(case: Case, market: Market, best: Way | None) -> Reason:
    code = market.code
    if best is None:
        return {"code": "no_lane", "origins": [], "market": code}
    if best.value is None:
        return {"code": "too_late", "market": code, "day": best.day, "days": len(case.survival)}
    if best.value > best.cost:
        return {"code": "fixed_costs", "market": code, "units": most(market.demand)}
    figures = {"value_minor": best.value, "cost_minor": best.cost, "currency": case.currency}
    return {"code": "unit_loss", "market": code, "day": best.day, **figures}


def _too_few(case: Case, market: Market) -> Reason:
    least = min(row.moq for row in case.registry.makings)
    if least > most(market.demand):
        return {"code": "minimum", "market": market.code, "moq": least, "units": most(market.demand)}
    return {"code": "no_capacity", "market": market.code, "moq": least}
