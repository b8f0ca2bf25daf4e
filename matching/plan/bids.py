"""Firms that could take a seat instead, best first: same work, same place, cheapest. Pure."""

from collections.abc import Iterable
from datetime import date

from matching.blueprint import EU
from matching.plan.team import Leg, Lot, Team
from matching.plan.terms import Bid, Frame, to_carry, to_make, to_show, to_support
from matching.problem import Carriage, Making, Marketing, Span, Support
from matching.problem.case import RESPONSIBLE
from matching.problem.offers import free_units
from matching.problem.rows import MIN_TRUST

MOST = 5  # stand-ins that a seat keeps


def cheapest(bids: Iterable[Bid]) -> list[Bid]:
    able = [bid for bid in bids if bid.firm.trust >= MIN_TRUST]
    ranked = sorted(able, key=lambda bid: (bid.cost_minor, -bid.firm.trust, bid.firm.id))
    first_of: dict[int, Bid] = {}
    for bid in ranked:
        first_of.setdefault(bid.firm.id, bid)
    return list(first_of.values())[:MOST]


def others(bids: Iterable[Bid], firm: int) -> list[Bid]:
    """Without the firm that has the seat."""
    return [bid for bid in bids if bid.firm.id != firm]


def makers_like(team: Team, frame: Frame, lot: Lot) -> list[Bid]:
    """Makers at the same origin that could give the whole lot in the same time, and make none of it yet."""
    taken = {other.making.firm.id for other in team.lots}
    inspector = team.inspectors[lot.making.origin].firm.legal_person
    able = [
        row
        for row in team.built.makings
        if row.origin == lot.making.origin and row.firm.id not in taken and row.firm.legal_person != inspector
    ]
    bids = [(row, _shares(row, lot, team.built.spans[row.id])) for row in able]
    return cheapest(
        to_make(frame, row, made, stock, team.built.spans[row.id])
        for row, (made, stock) in bids
        if made + stock
    )


def _shares(row: Making, lot: Lot, span: Span) -> tuple[int, int]:
    """How another maker would give the lot: as much from stock, the rest made; (0, 0) if it cannot."""
    stock = min(lot.stock, row.stock)
    made = lot.units - stock
    is_slow = made > 0 and row.lead_days > max(lot.making.lead_days, 1) * 1.25
    lacks = made > 0 and (not lot.made or free_units(row.free, span.from_on, span.until_on) < made)
    return (0, 0) if is_slow or lacks or lot.units < row.moq else (made, stock)


def carriers_like(team: Team, frame: Frame, leg: Leg) -> list[Bid]:
    """Carriers on the same lane, by the same mode, with the space, and not much slower."""
    taken = {other.carriage.firm.id for other in team.legs}
    lanes = [row for row in team.built.offers.values() if isinstance(row, Carriage)]
    return cheapest(
        to_carry(frame, row, leg.units, team.built.spans[row.id])
        for row in lanes
        if row.firm.id not in taken and _replaces(row, leg, team.built.spans[row.id])
    )


def _replaces(row: Carriage, leg: Leg, span: Span) -> bool:
    old = leg.carriage
    same = (row.origin, row.market, row.mode, row.supervision) == (
        old.origin,
        old.market,
        old.mode,
        old.supervision,
    )
    fits = row.min_units <= leg.units <= _space(row, span.from_on, span.until_on)
    return same and fits and row.p50_days <= old.p50_days * 1.5


def _space(row: Carriage, from_on: date, until_on: date) -> int:
    return free_units(row.free, from_on, until_on)


def supports_like(team: Team, frame: Frame, holder: Support, *, place: str, units: int) -> list[Bid]:
    """Others in the same role at the same place, as far as the role's rule allows."""
    rows = team.case.registry.support(holder.role, place, units)
    able = [row for row in rows if row.firm.id != holder.firm.id and _may_hold(team, row)]
    return cheapest(to_support(frame, row, place, units) for row in able)


def _may_hold(team: Team, row: Support) -> bool:
    """An inspector is no maker; a responsible person sits in the European Union."""
    if row.role == "quality":
        return row.firm.legal_person not in team.makers
    return row.role != RESPONSIBLE or row.firm.country in EU


def marketers_like(team: Team, frame: Frame, slot: str, row: Marketing) -> list[Bid]:
    """Marketers in the same market and language: of the same channel first, chosen ones within their fee."""
    chosen = {other.id for other in team.marketing}
    rows = [
        other
        for other in team.case.registry.marketing
        if (other.market, other.language) == (row.market, row.language) and other.id != row.id
    ]
    rows.sort(key=lambda other: (other.channel != row.channel, other.fee_minor, other.id))
    bids = [to_show(frame, slot, other, is_paid=other.id not in chosen) for other in rows]
    first_of: dict[int, Bid] = {}
    for bid in bids:
        if bid.firm.trust >= MIN_TRUST:
            first_of.setdefault(bid.firm.id, bid)
    return list(first_of.values())[:MOST]
