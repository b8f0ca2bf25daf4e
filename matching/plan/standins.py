"""Who could take over a seat in mid-life, the rest of the team being fixed: same work, same place, cheapest. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from matching.blueprint import EU
from matching.plan.bids import cheapest
from matching.plan.terms import Bid, Frame, joined, to_carry, to_make, to_sell, to_show, to_support
from matching.problem import Carriage, Making, Registry, Span, Support
from matching.problem.case import RESPONSIBLE
from matching.problem.offers import free_units
from matching.problem.spans import LANE_DAYS

LEAST_DAYS = 7  # in which a lot is made at least


@dataclass(frozen=True, slots=True)
class Vacancy:
    """A seat that is to be filled again."""

    slot: str
    what: tuple[Mapping[str, Any], ...]  # what the seat's terms say is done, part by part
    markets: tuple[str, ...]
    units: int  # still to be done
    until_on: date  # the agreed end
    without: frozenset[int]  # firms that are out of the question


def bids_for(vacancy: Vacancy, registry: Registry, currency: str, today: date) -> list[Bid]:
    """Firms that can do all parts of the seat from today on, with their terms, cheapest first."""
    frame = Frame(currency, today, vacancy.until_on)
    parts = [
        {bid.firm.id: bid for bid in _able(vacancy, _part(vacancy, part, registry, frame))}
        for part in vacancy.what
    ]
    if not parts:
        return []
    everywhere = [firm for firm in parts[0] if all(firm in found for found in parts)]
    return cheapest(joined([found[firm] for found in parts]) for firm in everywhere)


def _able(vacancy: Vacancy, bids: Iterable[Bid]) -> list[Bid]:
    return cheapest(bid for bid in bids if bid.firm.id not in vacancy.without)


def _part(vacancy: Vacancy, part: Mapping[str, Any], registry: Registry, frame: Frame) -> Iterable[Bid]:
    if vacancy.slot == "maker":
        return _makers(vacancy, part, registry, frame)
    if vacancy.slot == "forwarder":
        return _carriers(vacancy, part, registry, frame)
    if vacancy.slot == "seller":
        return _sellers(vacancy, registry, frame)
    if "channel" in part:
        return _marketers(vacancy, part, registry, frame)
    return _supports(vacancy, part, registry, frame)


def _makers(vacancy: Vacancy, part: Mapping[str, Any], registry: Registry, frame: Frame) -> Iterable[Bid]:
    """From stock as far as it goes, the rest made, where the other makers' goods leave too."""
    for row in registry.makings:
        stock = min(row.stock, vacancy.units)
        span = _making_span(row, frame)
        room = free_units(row.free, span.from_on, span.until_on)
        fits = row.origin == part.get("place") and room >= vacancy.units - stock
        if fits and row.moq <= vacancy.units:
            yield to_make(frame, row, vacancy.units - stock, stock, span)


def _making_span(row: Making, frame: Frame) -> Span:
    return Span(frame.from_on, frame.from_on + timedelta(days=max(row.lead_days, LEAST_DAYS)))


def _carriers(vacancy: Vacancy, part: Mapping[str, Any], registry: Registry, frame: Frame) -> Iterable[Bid]:
    """The same lane, by the same mode."""
    span = Span(frame.from_on, frame.from_on + timedelta(days=2 * LANE_DAYS))
    units = min(vacancy.units, int(part.get("units", vacancy.units)))
    for row in registry.carriages:
        room = free_units(row.free, span.from_on, span.until_on)
        if _is_lane(row, part) and row.min_units <= units <= room:
            yield to_carry(frame, row, units, span)


def _is_lane(row: Carriage, part: Mapping[str, Any]) -> bool:
    found = (row.origin, row.market, row.mode, row.supervision)
    return found == tuple(part.get(name) for name in ("origin", "market", "mode", "supervision"))


def _marketers(vacancy: Vacancy, part: Mapping[str, Any], registry: Registry, frame: Frame) -> Iterable[Bid]:
    """The same market and language; a plan that needs one channel may be shown on another."""
    for row in registry.marketing:
        if (row.market, row.language) == (part.get("market"), part.get("language")):
            yield to_show(frame, vacancy.slot, row)


def _supports(vacancy: Vacancy, part: Mapping[str, Any], registry: Registry, frame: Frame) -> Iterable[Bid]:
    place = str(part.get("place", ""))
    for row in registry.support(vacancy.slot, place, vacancy.units):
        if row.role != RESPONSIBLE or row.firm.country in EU:
            yield to_support(frame, row, place, vacancy.units)


def _sellers(vacancy: Vacancy, registry: Registry, frame: Frame) -> Iterable[Bid]:
    """Who sells in all markets of the alliance."""
    for row in registry.support("seller", vacancy.markets[0], vacancy.units):
        if all(_sells(registry, row, market) for market in vacancy.markets):
            yield to_sell(frame, row, vacancy.markets, vacancy.units)


def _sells(registry: Registry, seller: Support, market: str) -> bool:
    mine = [row for row in registry.supports if row.firm.id == seller.firm.id and row.role == "seller"]
    return any(row.covers(market) for row in mine)
