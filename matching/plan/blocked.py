"""Why no plan is possible, or none pays: what binds, in the order in which one would look. Pure."""

from collections.abc import Sequence

from matching.problem import Case, Market, Reason, Variant, build

Rows = Sequence[dict[str, int]]


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
    lanes = [
        row
        for row in raw["logistics"]
        if row["market"] == market.code and row["capacity"] >= row["min_units"]
    ]
    if not makers or min(row["moq"] for row in makers) > market.demand.p50:
        return [_too_few(case, market)]
    if not lanes:
        return [{"code": "no_space", "market": market.code}]
    values = next(row["unit_value"] for row in raw["markets"] if row["id"] == market.code)
    best = None
    for maker in makers:
        for lane in lanes:
            if maker["origin"] == lane["origin"]:
                arrival = lane["transit_p50"] + (0 if maker["stock"] else maker["lead_time"])
                value = values[arrival] if arrival < len(values) else None
                cost = maker["unit_cost"] + lane["unit_cost"]
                best = _better(best, value, cost, arrival * raw["bucket_days"])
    return [_loss(case, market, best)]


Best = tuple[int | None, int, int]  # value, cost, day


def _better(best: Best | None, value: int | None, cost: int, day: int) -> Best:
    def worth(row: Best) -> tuple[bool, int]:
        return row[0] is not None, (row[0] or 0) - row[1]

    return max((row for row in (best, (value, cost, day)) if row), key=worth)


def _loss(case: Case, market: Market, best: Best | None) -> Reason:
    if best is None:
        return {"code": "no_lane", "origins": [], "market": market.code}
    value, cost, day = best
    if value is None:
        return {"code": "too_late", "market": market.code, "day": day, "days": len(case.survival)}
    if value > cost:
        return {"code": "fixed_costs", "market": market.code, "units": market.demand.p50}
    return {
        "code": "unit_loss",
        "market": market.code,
        "day": day,
        "value_minor": value,
        "cost_minor": cost,
        "currency": case.currency,
    }


def _too_few(case: Case, market: Market) -> Reason:
    least = min(row.moq for row in case.registry.makings)
    if least > market.demand.p50:
        return {"code": "minimum", "market": market.code, "moq": least, "units": market.demand.p50}
    return {"code": "no_capacity", "market": market.code, "moq": least}
