"""Who gets what, as a pure function of the record that anyone can run again.

The seller of record received the pay-out. From it each seat is paid by its terms, and claims are paid to the
seller; so every inner amount has a payer and a payee, and the shares sum to zero in each currency. What is
left belongs to the seller of record, and so does a loss: amounts per unit and fixed amounts are owed even
when too little was sold; a share of the revenue is one of nothing when fees and returns exceed the sales.
A fraction of a minor unit goes to the largest remainder; among equal ones to the seller first.
Corrections take the place of the inputs that they name. Nothing is converted, unless the agreement names a rate
for a term: then that term is owed in the other currency from the outset, rounded once, half up.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from alliances.settlement.corrections import corrected
from alliances.settlement.record import (
    OUTSIDE,
    Claim,
    Conversion,
    Line,
    LineKind,
    Record,
    Settlement,
    Share,
    Term,
    TermKind,
)
from alliances.settlement.rounding import largest_remainder

BP = 10_000  # basis points in a whole


class TermsError(ValueError):
    """The record cannot be settled as it stands."""


def settle(record: Record) -> Settlement:
    """The shares of every firm. Raises TermsError for amounts below zero and shares above the whole.

    Raises CorrectionError for a correction that does not fit to the record.
    """
    decided = corrected(record)
    _check(decided)
    lines = [*_outside(decided), *_by_terms(decided), *_by_claims(decided)]
    lines.sort(key=_order)
    return Settlement(_shares(lines), tuple(lines))


def _check(record: Record) -> None:
    if min(_numbers(record), default=0) < 0:
        raise TermsError("An amount, a rate or a number of units is below zero.")
    if sum(term.rate_bp for term in _revenue_terms(record)) > BP:
        raise TermsError("The shares of the revenue are more than the whole.")
    agreed = [(term.seat, term.firm, term.kind, term.currency) for term in record.terms]
    if len(set(agreed)) != len(agreed):
        raise TermsError("A seat has the same kind of term twice.")
    _check_rates(record.conversions)


def _check_rates(rates: tuple[Conversion, ...]) -> None:
    named = {(row.seat, row.base) for row in rates}
    if len(named) != len(rates) or any(min(row.numerator, row.denominator) <= 0 for row in rates):
        raise TermsError("A term has two rates for a currency, or one that is not above zero.")


def _numbers(record: Record) -> Iterator[int]:
    """Every number that must not be below zero; only units sold may be, for returns."""
    for term in record.terms:
        yield from (term.amount_minor, term.rate_bp)
    yield from (sale.price_minor for sale in record.sales)
    yield from (fee.amount_minor for fee in record.fees)
    yield from (claim.amount_minor for claim in (*record.write_offs, *record.penalties))
    yield from record.delivered.values()


def _revenue_terms(record: Record) -> tuple[Term, ...]:
    return tuple(term for term in record.terms if term.kind is TermKind.REVENUE_SHARE)


def _outside(record: Record) -> Iterator[Line]:
    for sale in record.sales:
        amount = sale.units * sale.price_minor
        yield Line(
            record.seller, sale.currency, LineKind.REVENUE, amount, units=sale.units, rate=sale.price_minor
        )
    for fee in record.fees:
        yield Line(record.seller, fee.currency, LineKind.FEE, -fee.amount_minor, text=fee.text)


def _by_terms(record: Record) -> Iterator[Line]:
    rates = _rates(record)
    for line in _term_lines(record):
        yield from _pair(record.seller, _converted(line, rates.get((line.seat, line.currency))))


def _term_lines(record: Record) -> Iterator[Line]:
    for term in record.terms:
        if term.kind is TermKind.PER_UNIT:
            units = record.delivered.get(term.seat, 0)
            yield _term_line(term, units * term.amount_minor, units)
        elif term.kind is TermKind.FIXED:
            yield _term_line(term, term.amount_minor)
    for currency, net in sorted(_net_revenue(record).items()):
        yield from _revenue_shares(record, currency, max(net, 0))


def _rates(record: Record) -> dict[tuple[str, str], Conversion]:
    return {(row.seat, row.base): row for row in record.conversions}


def _converted(line: Line, rate: Conversion | None) -> Line:
    if rate is None:
        return line
    amount = (2 * line.amount_minor * rate.numerator + rate.denominator) // (2 * rate.denominator)
    text = f"{rate.numerator}/{rate.denominator}, {rate.as_of_on}, {rate.source}"
    return replace(
        line,
        currency=rate.quote,
        amount_minor=amount,
        of_minor=line.amount_minor,
        of_currency=line.currency,
        text=text,
    )


def _term_line(term: Term, amount: int, units: int | None = None) -> Line:
    rate = None if units is None else term.amount_minor
    kind = LineKind(term.kind.value)
    return Line(term.firm, term.currency, kind, amount, seat=term.seat, units=units, rate=rate)


def _net_revenue(record: Record) -> dict[str, int]:
    net: dict[str, int] = {}
    for line in _outside(record):
        net[line.currency] = net.get(line.currency, 0) + line.amount_minor
    return net


def _revenue_shares(record: Record, currency: str, net: int) -> Iterator[Line]:
    terms = _revenue_terms(record)
    if not terms:
        return
    rest = BP - sum(term.rate_bp for term in terms)
    parts = largest_remainder(net, {"": rest} | {_key(term): term.rate_bp for term in terms})
    for term in terms:
        yield Line(
            term.firm,
            currency,
            LineKind.REVENUE_SHARE,
            parts[_key(term)],
            seat=term.seat,
            rate=term.rate_bp,
            base_minor=net,
        )


def _key(term: Term) -> str:
    return f"{term.firm}\n{term.seat}"


def _by_claims(record: Record) -> Iterator[Line]:
    for kind, claims in ((LineKind.WRITE_OFF, record.write_offs), (LineKind.PENALTY, record.penalties)):
        for claim in claims:
            yield from _pair(record.seller, _claim_line(kind, claim))


def _claim_line(kind: LineKind, claim: Claim) -> Line:
    return Line(claim.firm, claim.currency, kind, -claim.amount_minor, text=claim.text)


def _pair(seller: str, line: Line) -> Iterator[Line]:
    """A firm's line and its mirror in the seller's account; what the seller owes itself moves nothing."""
    if line.firm != seller and line.amount_minor != 0:
        yield replace(line, partner=seller)
        yield replace(line, firm=seller, partner=line.firm, amount_minor=-line.amount_minor)


def _order(line: Line) -> tuple[object, ...]:
    counts = (line.amount_minor, line.units or 0, line.rate or 0)
    return (line.currency, line.firm, line.kind, line.partner, line.seat, counts, line.text)


def _shares(lines: Iterable[Line]) -> tuple[Share, ...]:
    totals: dict[tuple[str, str], int] = {}
    for line in lines:
        if line.kind not in OUTSIDE:
            key = (line.currency, line.firm)
            totals[key] = totals.get(key, 0) + line.amount_minor
    return tuple(Share(firm, currency, amount) for (currency, firm), amount in sorted(totals.items()))
