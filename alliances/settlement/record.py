"""What a settlement is made from, and what it says."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

MOST_VERSIONS = 3  # the last one is final


class TermKind(StrEnum):
    """How a seat is paid."""

    PER_UNIT = "per_unit"  # an amount for each unit that the seat delivered
    FIXED = "fixed"  # an amount, once
    REVENUE_SHARE = "revenue_share"  # basis points of the net revenue of each currency


@dataclass(frozen=True)
class Term:
    """What the agreement grants a seat."""

    seat: str  # key of the seat
    firm: str  # firm that holds it
    kind: TermKind  # how it is paid
    amount_minor: int = 0  # per unit or fixed, in minor units
    currency: str = ""  # ISO 4217, of the amount
    rate_bp: int = 0  # of the net revenue


@dataclass(frozen=True)
class Sale:
    """Units sold at one price, as the seller of record reported them; negative units were returned."""

    units: int  # units
    price_minor: int  # what a buyer paid for one
    currency: str  # ISO 4217


@dataclass(frozen=True)
class Fee:
    """What the marketplace or a payment provider kept from the pay-out."""

    amount_minor: int  # in minor units
    currency: str  # ISO 4217
    text: str = ""  # for what


@dataclass(frozen=True)
class Claim:
    """What one firm owes the seller of record by name: a write-off that it bears, a penalty."""

    firm: str  # who bears it
    amount_minor: int  # in minor units
    currency: str  # ISO 4217
    text: str = ""  # for what


@dataclass(frozen=True)
class Conversion:
    """A term is paid in another currency than it is counted in, at a rate that the agreement names."""

    seat: str  # key of the term
    base: str  # currency that the term is counted in
    quote: str  # currency that it is paid in
    numerator: int  # minor units of `quote` …
    denominator: int  # … for so many minor units of `base`
    as_of_on: str  # day of the rate, ISO 8601
    source: str  # who published it


class Matter(StrEnum):
    """What of the inputs may be objected to, and corrected."""

    DELIVERED = "delivered"  # units that a seat delivered
    SALES = "sales"  # units and revenue in a currency
    FEES = "fees"  # all that was kept by others in a currency
    WRITE_OFF = "write_off"  # all that a firm bears in a currency
    PENALTY = "penalty"  # all that a firm owes for lateness in a currency


@dataclass(frozen=True)
class Correction:
    """What was decided about one input. The input as it was recorded stays beside it."""

    matter: Matter  # about what
    version: int  # of the settlement that takes it into account first
    name: str = ""  # seat of a delivery, firm of a claim
    currency: str = ""  # ISO 4217, of an amount
    units: int = 0  # units delivered or sold
    amount_minor: int = 0  # in minor units

    @property
    def about(self) -> tuple[str, str, str]:
        """The input; of two corrections of one input, that of the later version holds."""
        return (self.matter.value, self.name, self.currency)


@dataclass(frozen=True)
class Record:
    """Everything that the shares depend on."""

    seller: str  # firm that is seller of record: it received the pay-out and bears the residue
    terms: tuple[Term, ...]  # of the signed agreement
    delivered: Mapping[str, int]  # units delivered, by seat
    sales: tuple[Sale, ...] = ()  # revenue reported
    fees: tuple[Fee, ...] = ()  # kept by others
    write_offs: tuple[Claim, ...] = ()  # left-over stock and losses, by the firm that bears them
    penalties: tuple[Claim, ...] = ()  # for lateness; none are agreed at present
    conversions: tuple[Conversion, ...] = ()  # rates that the agreement names
    corrections: tuple[Correction, ...] = ()  # what objections and disputes have changed


def packed(record: Record) -> dict[str, Any]:
    """The record as plain JSON values, to be kept and published beside its settlement."""
    return asdict(record)


def unpacked(data: Mapping[str, Any]) -> Record:
    """The record that `packed` made, so that anyone can settle it again."""
    return Record(
        seller=data["seller"],
        terms=tuple(Term(**(row | {"kind": TermKind(row["kind"])})) for row in data["terms"]),
        delivered=dict(data["delivered"]),
        sales=tuple(Sale(**row) for row in data["sales"]),
        fees=tuple(Fee(**row) for row in data["fees"]),
        write_offs=tuple(Claim(**row) for row in data["write_offs"]),
        penalties=tuple(Claim(**row) for row in data["penalties"]),
        conversions=tuple(Conversion(**row) for row in data.get("conversions", ())),
        corrections=tuple(
            Correction(**(row | {"matter": Matter(row["matter"])})) for row in data.get("corrections", ())
        ),
    )


class LineKind(StrEnum):
    """What an amount in a firm's account is for."""

    REVENUE = "revenue"  # the seller received it from buyers
    FEE = "fee"  # the seller paid it to the marketplace
    PER_UNIT = "per_unit"  # units delivered times the agreed amount
    FIXED = "fixed"  # agreed once
    REVENUE_SHARE = "revenue_share"  # share of the net revenue
    WRITE_OFF = "write_off"  # a loss borne by name
    PENALTY = "penalty"  # for lateness


OUTSIDE = frozenset(
    {LineKind.REVENUE, LineKind.FEE}
)  # money that comes from or goes to nobody in the alliance


@dataclass(frozen=True)
class Line:
    """One amount in a firm's account, with what it was calculated from."""

    firm: str  # whose account
    currency: str  # ISO 4217
    kind: LineKind  # what for
    amount_minor: int  # signed: receives is positive
    partner: str = ""  # the other firm; empty for money from or to the outside
    seat: str = ""  # the seat that the term belongs to
    units: int | None = None  # units, where they count
    rate: int | None = None  # minor units per unit, or basis points
    base_minor: int | None = None  # the net revenue that a share was taken of
    of_minor: int | None = None  # the amount before it was converted
    of_currency: str = ""  # and its currency
    text: str = ""  # as reported


@dataclass(frozen=True)
class Share:
    """What a firm receives from (positive) or pays to (negative) its partners in one currency."""

    firm: str  # the firm
    currency: str  # ISO 4217
    amount_minor: int  # signed


@dataclass(frozen=True)
class Settlement:
    """Who gets what."""

    shares: tuple[Share, ...]  # by currency and firm; sum to zero in each currency
    lines: tuple[Line, ...]  # what they are made of, and the seller's outside money

    def sums(self) -> dict[str, int]:
        """The sum of the shares by currency; all zero, or the settlement must not be shown."""
        totals: dict[str, int] = {}
        for share in self.shares:
            totals[share.currency] = totals.get(share.currency, 0) + share.amount_minor
        return totals

    def explain(self, firm: str) -> tuple[Line, ...]:
        """The lines of one firm's account."""
        return tuple(line for line in self.lines if line.firm == firm)

    def kept(self, firm: str) -> dict[str, int]:
        """What the firm has in the end by currency, the outside money included."""
        totals: dict[str, int] = {}
        for line in self.explain(firm):
            totals[line.currency] = totals.get(line.currency, 0) + line.amount_minor
        return totals

    def canonical(self) -> bytes:
        """The settlement as bytes: the same record gives the same bytes."""
        return json.dumps(asdict(self), sort_keys=True, separators=(",", ":")).encode("ascii")
