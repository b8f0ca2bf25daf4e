"""From what was agreed and what was done to the record that the settlement is computed from. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from alliances.settlement import Fee, Record, Sale, Term, TermKind, largest_remainder


@dataclass(frozen=True)
class SeatAccount:
    """A seat as its account sees it."""

    seat: str  # the seat's name
    firm: str  # key of the firm that holds it
    slot: str  # its role
    items: Sequence[Mapping[str, Any]]  # what its terms say is paid
    has_worked: bool  # it finished a task, or has none and the alliance did work


@dataclass(frozen=True)
class Work:
    """What was done, in the alliance's currency."""

    planned_units: int
    made_units: int  # units that were made or allocated, as reported
    sold_units: int
    revenue_minor: int  # what buyers paid, as the seller reported it
    payout_minor: int | None = None  # what the marketplace paid out; None: not reported
    seats: Sequence[SeatAccount] = field(default_factory=tuple)


def record_of(work: Work, seller: str, currency: str) -> Record:
    """The settlement's record. Who did no work is owed nothing; units are paid as made, at most as agreed."""
    items = [(f"{row.seat}#{n}", row, item) for row in work.seats for n, item in enumerate(row.items, 1)]
    paid = [(key, row, item) for key, row, item in items if row.has_worked and item["kind"] in list(TermKind)]
    terms = tuple(_term(key, row.firm, item, currency) for key, row, item in paid)
    return Record(
        seller=seller,
        terms=terms,
        delivered=_delivered(work, paid),
        sales=_sales(work.sold_units, work.revenue_minor, currency),
        fees=_fees(work, currency),
    )


def _term(key: str, firm: str, item: Mapping[str, Any], currency: str) -> Term:
    return Term(
        seat=key,
        firm=firm,
        kind=TermKind(item["kind"]),
        amount_minor=item.get("unit_minor", item.get("amount_minor", 0)),
        currency=currency,
        rate_bp=item.get("rate_bp", 0),
    )


def _delivered(work: Work, paid: Iterable[tuple[str, SeatAccount, Mapping[str, Any]]]) -> dict[str, int]:
    """Units to pay for by item: what each slot agreed, cut down together when less was made than planned."""
    by_slot: dict[str, dict[str, int]] = {}
    for key, row, item in paid:
        if item["kind"] == TermKind.PER_UNIT:
            by_slot.setdefault(row.slot, {})[key] = item["units"]
    delivered: dict[str, int] = {}
    for agreed in by_slot.values():
        delivered |= _cut(agreed, work)
    return delivered


def _cut(agreed: dict[str, int], work: Work) -> dict[str, int]:
    total = sum(agreed.values())
    made = min(work.made_units, work.planned_units)
    if not total or not work.planned_units or made >= work.planned_units:
        return agreed
    return largest_remainder(total * made // work.planned_units, agreed)


def _sales(units: int, revenue_minor: int, currency: str) -> tuple[Sale, ...]:
    """The revenue as sales at the average price, exact to the last minor unit."""
    if not units:
        return (Sale(1, revenue_minor, currency),) if revenue_minor else ()
    price, rest = divmod(revenue_minor, units)
    both = (Sale(units - rest, price, currency), Sale(rest, price + 1, currency))
    return tuple(sale for sale in both if sale.units)


def _fees(work: Work, currency: str) -> tuple[Fee, ...]:
    if work.payout_minor is None or work.payout_minor >= work.revenue_minor:
        return ()
    return (Fee(work.revenue_minor - work.payout_minor, currency, "marketplace"),)
