"""What a unit is worth, exact and explained line by line.

Every line is calculated as a fraction and rounded once, half to even, to a minor unit of the sheet's
currency. The margin is the sum of the rounded lines, so the shown lines always add up to it.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from matching.economics.sheet import BP, Kind, Line, Sheet, SheetError, check, converted


@dataclass(frozen=True)
class Share:
    """What one line adds to or takes from a unit's margin."""

    kind: Kind  # the line
    amount_minor: int  # signed: costs are negative
    share_bp: int  # of the price, signed
    base_minor: int | None  # what a rate was applied to; None for an amount
    rate_bp: int | None  # the rate; None for an amount
    source: str  # where the number comes from
    as_of_on: date | None  # None for numbers of the plan


@dataclass(frozen=True)
class Margin:
    """A unit's margin with the lines that make it."""

    currency: str  # ISO 4217
    shares: tuple[Share, ...]  # in the order of Kind
    amount_minor: int  # sum of the shares
    share_bp: int  # of the price


def _bases(sheet: Sheet, lines: Mapping[Kind, Line]) -> dict[Kind, Fraction]:
    """What the rate of each kind is applied to, exact, in the sheet's currency."""

    def amount(kind: Kind) -> Fraction:
        line = lines[kind]
        return converted(sheet, line.amount_minor or 0, line.currency)

    price, customs_value = amount(Kind.PRICE), amount(Kind.CUSTOMS_VALUE)
    duty = lines[Kind.DUTY]
    owed = amount(Kind.DUTY) if duty.rate_bp is None else customs_value * duty.rate_bp / BP
    vat = lines.get(Kind.SALES_VAT)
    bases = dict.fromkeys(Kind, price)
    bases |= dict.fromkeys((Kind.DUTY, Kind.EXPORT_REBATE), customs_value)
    bases[Kind.IMPORT_VAT] = customs_value + owed
    bases[Kind.SALES_VAT] = price * BP / (BP + (vat.rate_bp or 0 if vat else 0))
    return bases


def _sign(kind: Kind, lines: Mapping[Kind, Line]) -> int:
    if kind is Kind.CUSTOMS_VALUE or (kind is Kind.IMPORT_VAT and Kind.SALES_VAT in lines):
        return 0
    return 1 if kind in {Kind.PRICE, Kind.EXPORT_REBATE} else -1


def _sheet_shares(sheet: Sheet) -> list[Share]:
    """Each line of the sheet that counts before production and freight."""
    check(sheet)
    lines = {line.kind: line for line in sheet.lines}
    bases = _bases(sheet, lines)
    price = bases[Kind.PRICE]
    return [
        _share(lines[kind], sign, bases[kind], price, sheet)
        for kind in Kind
        if kind in lines and kind is not Kind.FREIGHT and (sign := _sign(kind, lines))
    ]


def _share(line: Line, sign: int, base: Fraction, price: Fraction, sheet: Sheet) -> Share:
    if line.rate_bp is None:
        exact = converted(sheet, line.amount_minor or 0, line.currency)
    else:
        exact = base * line.rate_bp / BP
    shown_base = None if line.rate_bp is None else round(base)
    amount = sign * exact
    return Share(
        line.kind,
        round(amount),
        round(amount * BP / price),
        shown_base,
        line.rate_bp,
        line.source,
        line.as_of_on,
    )


def _plan_share(kind: Kind, cost_minor: int, price_minor: int) -> Share:
    return Share(kind, -cost_minor, round(Fraction(-cost_minor * BP, price_minor)), None, None, "plan", None)


def _freight_share(sheet: Sheet, freight_minor: int | None, price_minor: int) -> Share:
    if freight_minor is not None:
        return _plan_share(Kind.FREIGHT, freight_minor, price_minor)
    line = next((line for line in sheet.lines if line.kind is Kind.FREIGHT), None)
    if line is None:
        raise SheetError(["missing line: freight"])
    return _share(line, -1, Fraction(0), Fraction(price_minor), sheet)


def unit_margin(sheet: Sheet, unit_cost_minor: int, freight_minor: int | None = None) -> Margin:
    """The margin of one unit sold, with what each line adds or takes.

    `unit_cost_minor` and `freight_minor` are the plan's, in the sheet's currency; without a freight the
    sheet's estimate counts. Raises SheetError.
    """
    shares = _sheet_shares(sheet)
    price = max(shares[0].amount_minor, 1)
    shares += [
        _plan_share(Kind.UNIT_COST, unit_cost_minor, price),
        _freight_share(sheet, freight_minor, price),
    ]
    total = sum(share.amount_minor for share in shares)
    return Margin(sheet.currency, tuple(shares), total, round(Fraction(total * BP, price)))


def contribution(sheet: Sheet) -> int:
    """What a sold unit leaves before production and freight, in minor units. Raises SheetError."""
    return sum(share.amount_minor for share in _sheet_shares(sheet))


def unit_value(sheet: Sheet, survival: Sequence[float], bucket_days: int, horizon: int) -> list[int]:
    """`unit_value` of the matching problem: what a unit sold in bucket t contributes, weighted by survival.

    `survival[d]` is the share of such trends still alive on day d; a bucket takes the mean of its days, and
    days beyond the curve count as dead. Raises SheetError, and ValueError for a share outside 0..1.
    """
    if any(not 0 <= share <= 1 for share in survival):
        raise ValueError("Survival must lie between 0 and 1.")
    value = contribution(sheet)
    return [
        round(value * Fraction(math.fsum(survival[t * bucket_days : (t + 1) * bucket_days])) / bucket_days)
        for t in range(horizon)
    ]
