"""The unit economics sheet of a product in a market: its lines, their sources, and what makes it unusable."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

BP = 10_000  # basis points in a whole

_NO_MINOR = dict.fromkeys(("CLP", "JPY", "KRW", "VND"), 0)
EXPONENTS: Mapping[str, int] = _NO_MINOR | dict.fromkeys(
    ("BHD", "JOD", "KWD", "OMR", "TND"), 3
)  # ISO 4217; others 2


class Kind(StrEnum):
    """What a line is for; all per unit sold."""

    PRICE = "price"  # what the buyer pays
    COMMISSION = "commission"  # the marketplace keeps; a rate of the price
    PAYMENT_FEE = "payment_fee"  # the payment provider keeps; a rate of the price
    ADS = "ads"  # campaigns and creators; an amount, or a rate of the price
    RETURNS = "returns"  # expected loss from returns; a rate of the price
    SALES_VAT = "sales_vat"  # tax contained in the price; its rate on the net price
    CUSTOMS_VALUE = "customs_value"  # declared value, the base of duty, import VAT and rebate; no cost itself
    DUTY = "duty"  # a rate of the customs value
    IMPORT_VAT = "import_vat"  # a rate of customs value and duty; recovered where the sheet has sales VAT
    STORAGE = "storage"  # warehouse and pick-up fees of a unit
    OTHER = "other"  # any further cost of a unit
    EXPORT_REBATE = "export_rebate"  # tax given back on export; a rate of the customs value
    UNIT_COST = "unit_cost"  # what the maker is paid; from the plan, never on the sheet
    FREIGHT = "freight"  # from the plan; on the sheet only as an estimate before there is one


MANDATORY = (
    Kind.PRICE,
    Kind.COMMISSION,
    Kind.ADS,
    Kind.RETURNS,
    Kind.CUSTOMS_VALUE,
    Kind.DUTY,
    Kind.IMPORT_VAT,
)
AMOUNTS_ONLY = frozenset({Kind.PRICE, Kind.CUSTOMS_VALUE, Kind.FREIGHT, Kind.STORAGE, Kind.OTHER})


class SheetError(ValueError):
    """The sheet cannot give a margin: no sheet, no proposal."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(self.problems))


@dataclass(frozen=True)
class Line:
    """One line of a sheet: an amount or a rate, with its source and date."""

    kind: Kind  # what it is for
    currency: str  # ISO 4217 currency of the amount
    source: str  # where the number comes from
    as_of_on: date  # day on which it was true
    amount_minor: int | None = None  # per unit, in minor units of `currency`
    rate_bp: int | None = None  # basis points of the base that the kind names


@dataclass(frozen=True)
class Rate:
    """An exchange rate: one whole unit of `base` is worth `rate` whole units of `quote`."""

    base: str  # ISO 4217
    quote: str  # ISO 4217
    rate: Fraction  # exact, as published
    source: str  # who published it
    as_of_on: date  # for which day


@dataclass(frozen=True)
class Sheet:
    """The unit economics of one product in one market."""

    currency: str  # currency of the results: that of the plan
    lines: tuple[Line, ...]  # at most one for each kind
    rates: tuple[Rate, ...] = ()  # for lines in other currencies


def check(sheet: Sheet) -> None:
    """Raises SheetError that names each missing line, doubled line, unusable number and missing rate."""
    problems = [*_missing(sheet), *(problem for line in sheet.lines for problem in _line_problems(line))]
    if problems:
        raise SheetError(problems)


def _missing(sheet: Sheet) -> Iterator[str]:
    present = [line.kind for line in sheet.lines]
    yield from (f"missing line: {kind}" for kind in MANDATORY if kind not in present)
    yield from (f"line given twice: {kind}" for kind in Kind if present.count(kind) > 1)
    for currency in sorted({line.currency for line in sheet.lines if line.amount_minor is not None}):
        if _find_rate(sheet, currency) is None:
            yield f"missing rate: {currency} to {sheet.currency}"


def _line_problems(line: Line) -> Iterator[str]:
    if line.kind is Kind.UNIT_COST:
        yield f"{line.kind} comes from the plan"
    if (line.amount_minor is None) == (line.rate_bp is None):
        yield f"{line.kind} needs an amount or a rate, and not both"
    elif line.amount_minor is None and line.kind in AMOUNTS_ONLY:
        yield f"{line.kind} needs an amount"
    if _is_too_small(line):
        yield f"{line.kind} is too small"


def _is_too_small(line: Line) -> bool:
    lowest = 1 if line.kind is Kind.PRICE else 0
    return any(number is not None and number < lowest for number in (line.amount_minor, line.rate_bp))


def _find_rate(sheet: Sheet, currency: str) -> Fraction | None:
    if currency == sheet.currency:
        return Fraction(1)
    for rate in sheet.rates:
        if (rate.base, rate.quote) == (currency, sheet.currency):
            return rate.rate
        if (rate.quote, rate.base) == (currency, sheet.currency):
            return 1 / rate.rate
    return None


def converted(sheet: Sheet, amount_minor: int, currency: str) -> Fraction:
    """An amount in exact minor units of the sheet's currency. Raises SheetError without an exchange rate."""
    rate = _find_rate(sheet, currency)
    if rate is None:
        raise SheetError([f"missing rate: {currency} to {sheet.currency}"])
    shift = EXPONENTS.get(sheet.currency, 2) - EXPONENTS.get(currency, 2)
    return Fraction(amount_minor) * rate * Fraction(10) ** shift
