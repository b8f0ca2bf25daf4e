"""Corrections: the inputs as decided, made from the inputs as recorded. Nothing that was recorded is lost."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from alliances.settlement.record import Claim, Correction, Fee, Matter, Record, Sale, TermKind

Claims = tuple[Claim, ...]


class CorrectionError(ValueError):
    """A correction names what the record does not have, or the same input twice in one version."""


class Value(NamedTuple):
    """What an input says."""

    units: int
    amount_minor: int


class Input(NamedTuple):
    """An input that may be corrected, and what it says at present."""

    matter: Matter
    name: str
    currency: str
    value: Value

    @property
    def key(self) -> str:
        """The input in one word, for forms and rows."""
        return f"{self.matter}|{self.name}|{self.currency}"


def corrected(record: Record) -> Record:
    """The record with its corrections, version by version. Raises CorrectionError."""
    if len({(row.version, row.about) for row in record.corrections}) != len(record.corrections):
        raise CorrectionError("An input is corrected twice in one version.")
    now = replace(record, corrections=())
    for row in sorted(record.corrections, key=lambda row: (row.version, row.about)):
        now = _APPLY[row.matter](now, row)
    return now


def value_of(record: Record, matter: Matter, name: str, currency: str) -> Value:
    """What one input says in a record that is corrected already."""
    if matter is Matter.DELIVERED:
        return Value(record.delivered.get(name, 0), 0)
    if matter is Matter.SALES:
        return _sold(record, currency)
    if matter is Matter.FEES:
        return Value(0, sum(fee.amount_minor for fee in record.fees if fee.currency == currency))
    claims = record.write_offs if matter is Matter.WRITE_OFF else record.penalties
    return Value(0, _claimed(claims, name, currency))


def _sold(record: Record, currency: str) -> Value:
    sales = [sale for sale in record.sales if sale.currency == currency]
    return Value(sum(sale.units for sale in sales), sum(sale.units * sale.price_minor for sale in sales))


def _claimed(claims: Claims, firm: str, currency: str) -> int:
    return sum(row.amount_minor for row in claims if (row.firm, row.currency) == (firm, currency))


def inputs_of(record: Record, partners: Iterable[str] = ()) -> tuple[Input, ...]:
    """Every input that may be corrected, with its value: also those that say nothing yet.

    `partners` are firms that may bear a claim though nothing is owed to them.
    """
    now = corrected(record)
    return tuple(
        Input(matter, name, currency, value_of(now, matter, name, currency))
        for matter, name, currency in _abouts(record, partners)
    )


def sales_of(units: int, revenue_minor: int, currency: str) -> tuple[Sale, ...]:
    """The revenue as sales at the average price, exact to the last minor unit."""
    if not units:
        return (Sale(1, revenue_minor, currency),) if revenue_minor else ()
    price, rest = divmod(revenue_minor, units)
    both = (Sale(units - rest, price, currency), Sale(rest, price + 1, currency))
    return tuple(sale for sale in both if sale.units)


def _abouts(record: Record, partners: Iterable[str]) -> Iterator[tuple[Matter, str, str]]:
    for key in sorted(_counted(record)):
        yield Matter.DELIVERED, key, ""
    known = {term.currency for term in record.terms} | {sale.currency for sale in record.sales}
    currencies = sorted((known | {fee.currency for fee in record.fees}) - {""})
    firms = sorted(({term.firm for term in record.terms} | {*partners}) - {record.seller})
    for currency in currencies:
        yield Matter.SALES, "", currency
        yield Matter.FEES, "", currency
        for firm in firms:
            yield Matter.WRITE_OFF, firm, currency
            yield Matter.PENALTY, firm, currency


def _counted(record: Record) -> set[str]:
    return {term.seat for term in record.terms if term.kind is TermKind.PER_UNIT}


def _delivery(record: Record, row: Correction) -> Record:
    if row.name not in _counted(record):
        raise CorrectionError("That seat is not paid by the unit.")
    return replace(record, delivered={**record.delivered, row.name: row.units})


def _sales(record: Record, row: Correction) -> Record:
    others = tuple(sale for sale in record.sales if sale.currency != row.currency)
    return replace(record, sales=others + sales_of(row.units, row.amount_minor, row.currency))


def _fees(record: Record, row: Correction) -> Record:
    others = tuple(fee for fee in record.fees if fee.currency != row.currency)
    fee = Fee(row.amount_minor, row.currency, "corrected")
    return replace(record, fees=(*others, fee) if fee.amount_minor else others)


def _write_off(record: Record, row: Correction) -> Record:
    return replace(record, write_offs=_claims(record.write_offs, row))


def _penalty(record: Record, row: Correction) -> Record:
    return replace(record, penalties=_claims(record.penalties, row))


def _claims(claims: Claims, row: Correction) -> Claims:
    others = (claim for claim in claims if (claim.firm, claim.currency) != (row.name, row.currency))
    return (*others, Claim(row.name, row.amount_minor, row.currency, "corrected"))


_APPLY: dict[Matter, Callable[[Record, Correction], Record]] = {
    Matter.DELIVERED: _delivery,
    Matter.SALES: _sales,
    Matter.FEES: _fees,
    Matter.WRITE_OFF: _write_off,
    Matter.PENALTY: _penalty,
}
