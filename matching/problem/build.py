"""The matching problem (format alliance-problem/1) of a case, free or bound to one route. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from matching.problem import rows
from matching.problem.case import BUCKET_DAYS, Case
from matching.problem.offers import Carriage, Making
from matching.problem.rows import Raw, needs_warehouse, warehouse_of
from matching.problem.scenarios import scenarios
from matching.problem.spans import Span, Variant, allows, lane_span, longest_leads, making_span


@dataclass(frozen=True, slots=True)
class Bounds:
    """Limits that somebody sets on a plan: what it may spend before anything is sold, and the last day for goods.

    The day counts from the start; goods arrive on it or before.
    """

    budget_minor: int | None = None
    last_day: int | None = None


ANYTHING = Bounds()


@dataclass(frozen=True)
class Built:
    """A problem, and what is needed to read a plan of it back."""

    case: Case
    variant: Variant
    raw: Raw
    spans: Mapping[str, Span]  # by offer id
    offers: Mapping[str, Making | Carriage] = field(default_factory=dict)  # by offer id

    @property
    def makings(self) -> list[Making]:
        return [row for row in self.offers.values() if isinstance(row, Making)]

    @property
    def lanes(self) -> list[Carriage]:
        return [row for row in self.offers.values() if isinstance(row, Carriage)]


def build(
    case: Case,
    variant: Variant,
    *,
    caps: Mapping[str, int] | None = None,
    without: Collection[int] = (),
    within: Bounds = ANYTHING,
    alternatives: int = 0,
) -> Built:
    """The problem of a case; `caps` lowers capacities where offers share a line, `without` names firms.

    `within` may lower the budget, and name a last day for the arrival of goods.
    """
    lanes = _lanes(case, variant, without)
    makings = _makings(case, lanes, without)
    spans = {row.id: making_span(case, variant, row) for row in makings}
    leads = longest_leads(makings)
    spans |= {row.id: lane_span(case, variant, row, leads) for row in lanes}
    raw = {
        "format": "alliance-problem/1",
        "id": f"{case.hs6}-{case.start_on.isoformat()}-{variant}",
        "currency": case.currency,
        "minor_unit": 2,
        "bucket_days": BUCKET_DAYS,
        "horizon": case.horizon,
        "transit_basis": "p50",
        "product": {"hs6": case.hs6, "quality_required": True},
        **_offers(Built(case, variant, {}, spans, _by_id(makings, lanes)), caps or {}),
        "conflicts": [],
        "exclusives": [],
        "synergies": [],
        "limits": rows.limits(case) | _budget(case, within),
        "alternatives": {"count": alternatives, "min_distance": 2},
        "scenarios": scenarios(case),
    }
    for market in raw["markets"]:
        market["deadline"] = _deadline(market["deadline"], within)
    return Built(case, variant, raw, spans, _by_id(makings, lanes))


def _budget(case: Case, within: Bounds) -> Raw:
    if within.budget_minor is None:
        return {}
    return {"budget": min(max(within.budget_minor, 0), rows.limits(case)["budget"])}


def _deadline(latest: int, within: Bounds) -> int:
    """The last bucket in which goods may arrive: one that ends on the last day or before."""
    if within.last_day is None:
        return latest
    return max(0, min(latest, (within.last_day + 1) // BUCKET_DAYS - 1))


def _lanes(case: Case, variant: Variant, without: Collection[int]) -> list[Carriage]:
    able = [row for row in case.registry.carriages if row.firm.id not in without]
    return [row for row in able if allows(variant, row) and _is_served(case, row)]


def _makings(case: Case, lanes: Iterable[Carriage], without: Collection[int]) -> list[Making]:
    """Makers at places from which a lane leads."""
    origins = {row.origin for row in lanes}
    return [row for row in case.registry.makings if row.origin in origins and row.firm.id not in without]


def _offers(built: Built, caps: Mapping[str, int]) -> Raw:
    case, spans = built.case, built.spans
    makings = [rows.making_rows(case, built.variant, row, spans[row.id], caps) for row in built.makings]
    return {
        "markets": [rows.market_row(case, market) for market in case.markets],
        "firms": rows.firm_rows(case, built.lanes, built.makings),
        "manufacturing": [row for found in makings for row in found],
        "logistics": [rows.lane_row(case, row, spans[row.id], caps) for row in built.lanes],
        "marketing": [
            rows.marketing_row(row) for row in case.registry.marketing if _serves(case, row.market)
        ],
        "quality": rows.quality_rows(case, sorted({row.origin for row in built.lanes})),
        "customs": rows.customs_rows(case),
    }


def _by_id(makings: Iterable[Making], lanes: Iterable[Carriage]) -> dict[str, Making | Carriage]:
    found: dict[str, Making | Carriage] = {row.id: row for row in makings}
    return found | {row.id: row for row in lanes}


def _serves(case: Case, code: str) -> bool:
    return any(market.code == code for market in case.markets)


def _is_served(case: Case, row: Carriage) -> bool:
    """A lane into an overseas warehouse needs one."""
    if not _serves(case, row.market):
        return False
    return not needs_warehouse(row) or bool(warehouse_of(case, row))
