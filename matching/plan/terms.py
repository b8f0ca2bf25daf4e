"""What is offered to a firm for a seat: its work, its pay, its capacity, its dates. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from matching.problem import Carriage, Firm, Making, Marketing, Span, Support

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Frame:
    """What all terms of a plan have."""

    currency: str
    from_on: date
    until_on: date


@dataclass(frozen=True, slots=True)
class Bid:
    """A firm with the terms that it would get."""

    firm: Firm
    terms: Json

    @property
    def cost_minor(self) -> int:
        return sum(item.get("total_minor", item.get("amount_minor", 0)) for item in self.terms["items"])


def per_unit(label: str, units: int, unit_minor: int) -> list[Json]:
    if not units or not unit_minor:
        return []
    total = units * unit_minor
    return [
        {"kind": "per_unit", "label": label, "units": units, "unit_minor": unit_minor, "total_minor": total}
    ]


def fixed(label: str, amount_minor: int) -> list[Json]:
    return [{"kind": "fixed", "label": label, "amount_minor": amount_minor}] if amount_minor else []


def _bid(
    frame: Frame,
    slot: str,
    firm: Firm,
    items: Iterable[Json],
    *,
    offers: Sequence[str],
    what: Json,
    markets: Sequence[str] = (),
    capacity: Sequence[Json] = (),
) -> Bid:
    engagement = fixed("Engagement", firm.engagement_minor)
    return Bid(
        firm,
        {
            "slot": slot,
            "currency": frame.currency,
            "items": [*items, *engagement],
            "capacity": list(capacity),
            "from_on": frame.from_on.isoformat(),
            "until_on": frame.until_on.isoformat(),
            "offers": list(offers),
            "markets": list(markets),
            "what": [what],
        },
    )


def _space(line: int, span: Span, units: int) -> list[Json]:
    if not units:
        return []
    days = {"from_on": span.from_on.isoformat(), "until_on": span.until_on.isoformat()}
    return [{"line": line, **days, "units": units}]


def to_make(frame: Frame, making: Making, made: int, stock: int, span: Span) -> Bid:
    """Make a lot, give finished stock, or both."""
    units = made + stock
    cost = making.unit_cost(units)
    items = [
        *per_unit("Units made", made, cost),
        *per_unit("Units from stock", stock, cost),
        *fixed("Cost of the run", making.fixed_minor),
    ]
    code = "make" if made and stock else "make_all" if made else "give"
    what = {"code": code, "made": made, "stock": stock, "place": making.origin, "label": making.label}
    return _bid(
        frame, "maker", making.firm, items,
        offers=[making.id], what=what, capacity=_space(making.line, span, made),
    )  # fmt: skip


def to_carry(frame: Frame, carriage: Carriage, units: int, span: Span) -> Bid:
    """Carry units on a lane."""
    items = [
        *per_unit("Units carried", units, carriage.unit_minor),
        *fixed("Cost of the shipment", carriage.fixed_minor),
    ]
    what = {
        "code": "carry",
        "units": units,
        "origin": carriage.origin,
        "market": carriage.market,
        "mode": carriage.mode,
        "supervision": carriage.supervision,
    }
    return _bid(
        frame, "forwarder", carriage.firm, items,
        offers=[carriage.id], what=what, markets=[carriage.market],
        capacity=_space(carriage.line, span, units),
    )  # fmt: skip


def to_show(frame: Frame, slot: str, row: Marketing, *, is_paid: bool = True) -> Bid:
    """Market the product; a firm that does further work within its fee gets no second one."""
    items = fixed("Fee", row.fee_minor) if is_paid else []
    what = {
        "code": "show" if is_paid else "show_too",
        "people": row.people,
        "market": row.market,
        "language": row.language,
        "channel": row.channel,
    }
    return _bid(frame, slot, row.firm, items, offers=[row.id], what=what, markets=[row.market])


def to_support(frame: Frame, row: Support, place: str, units: int) -> Bid:
    """A support role at an origin or in a market."""
    items = [*fixed("Fee", row.fee_minor), *per_unit("Units handled", units, row.per_unit_minor)]
    what = {"code": "support", "role": row.role, "place": place, "units": units}
    markets = [place] if len(place) == 2 else []
    return _bid(frame, row.role, row.firm, items, offers=[row.id], what=what, markets=markets)


def to_sell(frame: Frame, row: Support, places: Sequence[str], units: int) -> Bid:
    """Sell in one's own name: what is left after all others are paid, a loss included."""
    bid = to_support(frame, row, places[0], units)
    bid.terms["items"].append({"kind": "remainder", "label": "What is left after all others are paid"})
    bid.terms["markets"] = list(places)
    return bid


def joined(bids: Sequence[Bid]) -> Bid:
    """One seat for a firm that holds several offers in a slot; its engagement counts once."""
    first, *rest = bids
    terms = {**first.terms}
    for bid in rest:
        others = [item for item in bid.terms["items"] if item["label"] != "Engagement"]
        terms["items"] = [*terms["items"], *others]
        for name in ("capacity", "offers", "what"):
            terms[name] = [*terms[name], *bid.terms[name]]
        terms["markets"] = sorted({*terms["markets"], *bid.terms["markets"]})
    return Bid(first.firm, terms)
