"""The rows of a matching problem, one function for each kind. Pure."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

from matching.blueprint import MODES, Route
from matching.blueprint.routes import SURFACE_MODES
from matching.problem.case import BUCKET_DAYS, PEOPLE_A_UNIT, Case, Market, values
from matching.problem.offers import Carriage, Firm, Making, Marketing, Support, free_units
from matching.problem.scenarios import most
from matching.problem.spans import Span, Variant
from matching.problem.timing import overheads

MIN_TRUST = 300
MAX_FIRMS = {"manufacturing": 3, "logistics": 2, "marketing": 4, "quality": 2, "customs": 3}
AHEAD = sorted(code for code, mode in MODES.items() if mode.sends_ahead)
Raw = dict[str, Any]


def needs_warehouse(row: Carriage) -> bool:
    """Does the lane's supervision mode bring the goods into an overseas warehouse?"""
    mode = MODES.get(row.supervision)
    return mode is not None and mode.needs_warehouse


def warehouse_of(case: Case, row: Carriage) -> Support | None:
    """The cheapest warehouse of a lane's market."""
    found = case.registry.support("warehouse", row.market, case.units(row.market))
    return found[0] if found else None


def _buckets(days: float) -> int:
    return math.ceil(days / BUCKET_DAYS)


def making_rows(case: Case, variant: Variant, row: Making, span: Span, caps: Mapping[str, int]) -> list[Raw]:
    """An offer at the best price that it could reach here; a smaller lot's is seen when it is read back."""
    room = 0 if variant is Variant.STOCK else free_units(row.free, span.from_on, span.until_on)
    capacity = min(room, caps.get(row.id, room))
    lead = (
        overheads(Route.B, case.learned).before_departure
        - overheads(Route.A, case.learned).before_departure
        + row.lead_days
    )
    if capacity + row.stock < row.moq:
        return []
    return [
        {
            "id": row.id,
            "firm": str(row.firm.id),
            "origin": row.origin,
            "competencies": [case.hs6],
            "incoterm": "FCA",
            "unit_cost": row.unit_cost(most_units(case, capacity + row.stock)) + handling(case, row.origin),
            "fixed_cost": row.fixed_minor,
            "moq": row.moq,
            "capacity": capacity,
            "lead_time": max(1, _buckets(lead)),
            "stock": row.stock,
        }
    ]


def most_units(case: Case, room: int) -> int:
    """The largest lot that one maker could give: the whole demand, if it has the room."""
    return min(room, sum(most(market.demand) for market in case.markets))


def lane_row(case: Case, row: Carriage, span: Span, caps: Mapping[str, int]) -> Raw:
    """A lane; a warehouse that its supervision mode needs comes with it."""
    warehouse = warehouse_of(case, row) if needs_warehouse(row) else None
    spent = (
        overheads(Route.A, case.learned).before_departure
        + overheads(Route.B, case.learned, has_warehouse=bool(warehouse)).after_arrival
    )
    if row.mode in SURFACE_MODES:
        spent += (
            overheads(Route.C, case.learned).before_departure
            - overheads(Route.B, case.learned).before_departure
        )
    capacity = free_units(row.free, span.from_on, span.until_on)
    return {
        "id": row.id,
        "firm": str(row.firm.id),
        "origin": row.origin,
        "market": row.market,
        "mode": row.mode,
        "unit_cost": row.unit_minor
        + clearing(case, row.market)
        + (warehouse.per_unit_minor if warehouse else 0),
        "fixed_cost": row.fixed_minor + (warehouse.fee_minor if warehouse else 0),
        "min_units": row.min_units,
        "capacity": min(capacity, caps.get(row.id, capacity)),
        "transit_p50": max(1, _buckets(spent + row.p50_days)),
        "transit_p90": max(1, _buckets(spent + row.p90_days)),
        "supervision_mode": row.supervision,
    }


def market_row(case: Case, market: Market) -> Raw:
    """A market: the most that may be sent, what it takes in each bucket while the trend lives, what a unit is worth."""
    reach = [row.people for row in case.registry.marketing if row.market == market.code]
    a_day = most(market.demand) / sum(case.survival)
    return {
        "id": market.code,
        "unlocode": market.code,
        "languages": list(market.languages),
        "demand": most(market.demand),
        "bucket_demand": [max(1, math.ceil(a_day * BUCKET_DAYS))] * case.horizon,
        "unit_value": values(market, case),
        "holding_cost": 0,
        "min_units": 0,
        "min_reach": max(1, min(PEOPLE_A_UNIT * market.demand.p50, max(*reach, sum(reach) // 3))),
        "deadline": case.horizon - 1,
        "supervision_modes": AHEAD,
        "customs_required": True,
    }


def marketing_row(row: Marketing) -> Raw:
    """Reach in a market."""
    return {
        "id": row.id,
        "firm": str(row.firm.id),
        "market": row.market,
        "language": row.language,
        "channel": row.channel,
        "reach": row.people,
        "fee": row.fee_minor,
    }


def handling(case: Case, origin: str) -> int:
    """What the export broker and the cheapest inspector at a place take for each unit."""
    return _least(_inspectors(case, origin)) + sum(row.per_unit_minor for row in _exporters(case, origin)[:1])


def clearing(case: Case, market: str) -> int:
    """What the cheapest import broker takes for each unit."""
    return _least(case.registry.support("import_broker", market, case.units(market)))


def _least(rows: Iterable[Support]) -> int:
    return min((row.per_unit_minor for row in rows), default=0)


def _total(case: Case) -> int:
    return min(sum(market.demand.p50 for market in case.markets), case.registry.supply)


def _inspectors(case: Case, origin: str) -> list[Support]:
    return case.registry.support("quality", origin, _total(case))


def _exporters(case: Case, origin: str) -> list[Support]:
    return case.registry.support("export_broker", origin, _total(case))


def quality_rows(case: Case, origins: Iterable[str]) -> list[Raw]:
    """Inspection at each origin; the export broker's fee comes with it: each used origin needs both.

    What a firm takes for a unit beyond the cheapest counts as part of its fee, for all units that could flow.
    """
    rows = []
    for origin in origins:
        brokers, inspectors = _exporters(case, origin), _inspectors(case, origin)
        for row in inspectors if brokers else []:
            fee = row.fee_minor + (row.per_unit_minor - _least(inspectors)) * _total(case)
            more = {"origin": origin, "fee": fee + brokers[0].fee_minor}
            rows.append({"id": f"{row.id}@{origin}", "firm": str(row.firm.id), **more})
    return rows


def customs_rows(case: Case) -> list[Raw]:
    """Import brokers; what the market's other helpers take once comes with them: each market needs all."""
    rows = []
    for market in case.markets:
        brokers = case.registry.support("import_broker", market.code, case.units(market.code))
        for row in brokers:
            beyond = (row.per_unit_minor - _least(brokers)) * case.units(market.code)
            more = {"market": market.code, "fee": row.fee_minor + beyond + market.fees_minor}
            rows.append({"id": f"{row.id}@{market.code}", "firm": str(row.firm.id), **more})
    return rows


def limits(case: Case) -> Raw:
    """Never spend more than all the units wanted could bring in the best case."""
    ceiling = sum(max(market.left_for_goods, 0) * most(market.demand) for market in case.markets)
    return {
        "max_firms": MAX_FIRMS,
        "max_share_bp": {"manufacturing": 10_000, "logistics": 10_000},
        "budget": ceiling,
        "min_trust": MIN_TRUST,
        "excluded_jurisdictions": [],
    }


def firm_rows(case: Case, lanes: Iterable[Carriage], makings: Iterable[Making]) -> list[Raw]:
    """Everybody who offers anything."""
    everyone: dict[int, Firm] = {}
    for firm in (
        *(row.firm for row in makings),
        *(row.firm for row in lanes),
        *(row.firm for row in case.registry.marketing),
        *(row.firm for row in case.registry.supports),
    ):
        everyone.setdefault(firm.id, firm)
    return [
        {
            "id": str(firm.id),
            "legal_person": firm.legal_person,
            "jurisdiction": firm.country,
            "trust": firm.trust,
            "engagement_cost": firm.engagement_minor,
        }
        for _, firm in sorted(everyone.items())
    ]
