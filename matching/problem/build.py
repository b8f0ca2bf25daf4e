"""The matching problem (format alliance-problem/1) of a case, free or bound to one route. Pure."""

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from matching.blueprint import MODES, Route
from matching.blueprint.routes import SURFACE_MODES
from matching.problem.case import BUCKET_DAYS, PEOPLE_A_UNIT, Case, Market, values
from matching.problem.offers import Carriage, Firm, Making, Marketing, Support, free_units
from matching.problem.spans import Span, Variant, allows, lane_span, making_span
from matching.problem.timing import overheads

MIN_TRUST = 300
MAX_FIRMS = {"manufacturing": 3, "logistics": 2, "marketing": 4, "quality": 2, "customs": 3}
AHEAD = sorted(code for code, mode in MODES.items() if mode.sends_ahead)
Raw = dict[str, Any]


@dataclass(frozen=True)
class Built:
    """A problem, and what is needed to read a plan of it back."""

    case: Case
    variant: Variant
    raw: Raw
    spans: Mapping[str, Span]  # by offer id
    offers: Mapping[str, Making | Carriage] = field(default_factory=dict)  # by offer id; tiers by theirs

    @property
    def makings(self) -> list[Making]:
        return [row for row in self.offers.values() if isinstance(row, Making)]


def build(
    case: Case,
    variant: Variant,
    *,
    caps: Mapping[str, int] | None = None,
    without: Collection[int] = (),
    alternatives: int = 0,
) -> Built:
    """The problem of a case; `caps` lowers capacities where offers share a line, `without` leaves firms out."""
    caps = caps or {}
    able = [row for row in case.registry.carriages if row.firm.id not in without]
    lanes = [row for row in able if allows(variant, row) and _is_served(case, row)]
    origins = sorted({row.origin for row in lanes})
    makings = [row for row in case.registry.makings if row.origin in origins and row.firm.id not in without]
    spans = {row.id: making_span(case, variant, row) for row in makings}
    spans |= {row.id: lane_span(case, variant, row, makings) for row in lanes}
    manufacturing = [
        raw for row in makings for raw in _manufacturing(case, variant, row, spans[row.id], caps)
    ]
    raw = {
        "format": "alliance-problem/1",
        "id": f"{case.hs6}-{case.start_on.isoformat()}-{variant}",
        "currency": case.currency,
        "minor_unit": 2,
        "bucket_days": BUCKET_DAYS,
        "horizon": case.horizon,
        "transit_basis": "p50",
        "product": {"hs6": case.hs6, "quality_required": True},
        "markets": [_market(case, market) for market in case.markets],
        "firms": _firms(case, lanes, makings),
        "manufacturing": manufacturing,
        "logistics": [_lane(case, row, spans[row.id], caps) for row in lanes],
        "marketing": [_marketing(row) for row in case.registry.marketing if _serves(case, row.market)],
        "quality": _quality(case, origins),
        "customs": _customs(case),
        "conflicts": [],
        "exclusives": [],
        "synergies": [],
        "limits": _limits(case),
        "alternatives": {"count": alternatives, "min_distance": 2},
    }
    return Built(case, variant, raw, spans, {row.id: row for row in (*makings, *lanes)})


def _serves(case: Case, code: str) -> bool:
    return any(market.code == code for market in case.markets)


def _is_served(case: Case, row: Carriage) -> bool:
    """A lane into an overseas warehouse needs one."""
    if not _serves(case, row.market):
        return False
    return not needs_warehouse(row) or bool(warehouse_of(case, row))


def needs_warehouse(row: Carriage) -> bool:
    """Does the lane's supervision mode bring the goods into an overseas warehouse?"""
    mode = MODES.get(row.supervision)
    return mode is not None and mode.needs_warehouse


def warehouse_of(case: Case, row: Carriage) -> Support | None:
    """The cheapest warehouse of a lane's market."""
    found = case.registry.support("warehouse", row.market, case.market(row.market).demand.p50)
    return found[0] if found else None


def _buckets(days: float) -> int:
    return math.ceil(days / BUCKET_DAYS)


def _manufacturing(
    case: Case, variant: Variant, row: Making, span: Span, caps: Mapping[str, int]
) -> list[Raw]:
    """An offer; and one more for each price tier, which has the tier as its minimum and no stock."""
    capacity = 0 if variant is Variant.STOCK else free_units(row.free, span.from_on, span.until_on)
    capacity = min(capacity, caps.get(row.id, capacity))
    stock = 0 if variant is Variant.AIR else row.stock
    steps = [(row.id, row.moq, row.unit_minor, stock)]
    steps += [(f"{row.id}@{least}", max(least, row.moq), cost, 0) for least, cost in row.tiers]
    lead = overheads(Route.B).before_departure - overheads(Route.A).before_departure + row.lead_days
    return [
        {
            "id": name,
            "firm": str(row.firm.id),
            "origin": row.origin,
            "competencies": [case.hs6],
            "incoterm": "FCA",
            "unit_cost": cost,
            "fixed_cost": row.fixed_minor,
            "moq": least,
            "capacity": capacity,
            "lead_time": max(1, _buckets(lead)),
            "stock": in_stock,
        }
        for name, least, cost, in_stock in steps
        if capacity + in_stock >= least
    ]


def _lane(case: Case, row: Carriage, span: Span, caps: Mapping[str, int]) -> Raw:
    warehouse = warehouse_of(case, row) if needs_warehouse(row) else None
    spent = (
        overheads(Route.A).before_departure + overheads(Route.B, has_warehouse=bool(warehouse)).after_arrival
    )
    if row.mode in SURFACE_MODES:
        spent += overheads(Route.C).before_departure - overheads(Route.B).before_departure
    capacity = free_units(row.free, span.from_on, span.until_on)
    return {
        "id": row.id,
        "firm": str(row.firm.id),
        "origin": row.origin,
        "market": row.market,
        "mode": row.mode,
        "unit_cost": row.unit_minor + (warehouse.per_unit_minor if warehouse else 0),
        "fixed_cost": row.fixed_minor + (warehouse.fee_minor if warehouse else 0),
        "min_units": row.min_units,
        "capacity": min(capacity, caps.get(row.id, capacity)),
        "transit_p50": max(1, _buckets(spent + row.p50_days)),
        "transit_p90": max(1, _buckets(spent + row.p90_days)),
        "supervision_mode": row.supervision,
    }


def _market(case: Case, market: Market) -> Raw:
    reach = [row.people for row in case.registry.marketing if row.market == market.code]
    a_day = market.demand.p50 / sum(case.survival)
    return {
        "id": market.code,
        "unlocode": market.code,
        "languages": list(market.languages),
        "demand": market.demand.p50,
        "bucket_demand": [max(1, math.ceil(a_day * BUCKET_DAYS))] * case.horizon,
        "unit_value": values(market, case),
        "holding_cost": 0,
        "min_units": 0,
        "min_reach": max(1, min(PEOPLE_A_UNIT * market.demand.p50, max(max(reach), sum(reach) // 3))),
        "deadline": case.horizon - 1,
        "supervision_modes": AHEAD,
        "customs_required": True,
    }


def _marketing(row: Marketing) -> Raw:
    return {
        "id": row.id,
        "firm": str(row.firm.id),
        "market": row.market,
        "language": row.language,
        "channel": row.channel,
        "reach": row.people,
        "fee": row.fee_minor,
    }


def _quality(case: Case, origins: Iterable[str]) -> list[Raw]:
    """Inspection at each origin; the export broker's fee comes with it, because each used origin needs both."""
    units = sum(market.demand.p50 for market in case.markets)
    rows = []
    for origin in origins:
        brokers = case.registry.support("export_broker", origin, units)
        if brokers:
            extra = brokers[0].cost(units)
            rows += [
                {
                    "id": f"{row.id}@{origin}",
                    "firm": str(row.firm.id),
                    "origin": origin,
                    "fee": row.cost(units) + extra,
                }
                for row in case.registry.support("quality", origin, units)
            ]
    return rows


def _customs(case: Case) -> list[Raw]:
    """Import brokers; what the market's other helpers take once comes with them, because each market needs all."""
    return [
        {
            "id": f"{row.id}@{market.code}",
            "firm": str(row.firm.id),
            "market": market.code,
            "fee": row.cost(market.demand.p50) + market.fees_minor,
        }
        for market in case.markets
        for row in case.registry.support("import_broker", market.code, market.demand.p50)
    ]


def _limits(case: Case) -> Raw:
    """Never spend more than all the units wanted could bring in the best case."""
    most = sum(max(market.left_for_goods, 0) * market.demand.p50 for market in case.markets)
    return {
        "max_firms": MAX_FIRMS,
        "max_share_bp": {"manufacturing": 10_000, "logistics": 10_000},
        "budget": most,
        "min_trust": MIN_TRUST,
        "excluded_jurisdictions": [],
    }


def _firms(case: Case, lanes: Iterable[Carriage], makings: Iterable[Making]) -> list[Raw]:
    everyone: dict[int, Firm] = {}
    for row in (*makings, *lanes, *case.registry.marketing, *case.registry.supports):
        everyone.setdefault(row.firm.id, row.firm)
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
