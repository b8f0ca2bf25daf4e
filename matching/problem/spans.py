"""Which routes a problem allows, and in which weeks the offers would work. Pure."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from matching.blueprint import Route
from matching.blueprint.routes import SURFACE_MODES
from matching.problem.case import Case
from matching.problem.offers import Carriage, Making
from matching.problem.timing import overheads

LANE_DAYS = 14  # a carrier's space counts for so many days after the goods can leave


class Variant(StrEnum):
    """Which routes a problem allows."""

    ANY = "any"  # all that fit
    STOCK = "stock"  # finished stock by air
    AIR = "air"  # made or from stock, by air
    SURFACE = "surface"  # by sea, rail or road


@dataclass(frozen=True)
class Span:
    """Days in which an offer's capacity would be used."""

    from_on: date
    until_on: date


def allows(variant: Variant, row: Carriage) -> bool:
    """May the goods go this way?"""
    by_surface = row.mode in SURFACE_MODES
    return variant is Variant.ANY or by_surface == (variant is Variant.SURFACE)


def _later(on: date, days: float) -> date:
    return on + timedelta(days=math.ceil(days))


def making_span(case: Case, variant: Variant, row: Making) -> Span:
    """The weeks in which the lot would be made."""
    route = Route.C if variant is Variant.SURFACE else Route.B
    begins = _later(case.start_on, overheads(route, case.learned).before_lot)
    return Span(begins, _later(begins, max(row.lead_days, 7)))


def longest_leads(makings: Iterable[Making]) -> dict[str, int]:
    """The longest lead time of the makers at each place, in days."""
    leads: dict[str, int] = {}
    for making in makings:
        leads[making.origin] = max(leads.get(making.origin, 0), making.lead_days)
    return leads


def lane_span(case: Case, variant: Variant, row: Carriage, leads: Mapping[str, int]) -> Span:
    """The weeks in which the goods would leave; `leads` are the longest lead times by place."""
    route = Route.C if row.mode in SURFACE_MODES else Route.B
    first = overheads(Route.A, case.learned).before_departure
    made = overheads(route, case.learned).before_departure + leads.get(row.origin, 0)
    last = first if variant is Variant.STOCK else made
    return Span(_later(case.start_on, first - 1), _later(case.start_on, last + LANE_DAYS))
