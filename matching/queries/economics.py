"""The unit economics sheet of a product in a market, from its rows."""

from collections.abc import Sequence
from fractions import Fraction

from matching.economics import Kind, Line, Rate, Sheet
from matching.models import EconomicsLine, ExchangeRate


def sheets(product_id: int, markets: Sequence[str], currency: str) -> dict[str, Sheet]:
    """The sheet of each market, complete or not; results are in `currency`."""
    lines: dict[str, list[Line]] = {market: [] for market in markets}
    for row in EconomicsLine.objects.filter(product_id=product_id, market__in=markets).order_by("kind"):
        lines[str(row.market)].append(_line(row))
    known = rates()
    return {market: Sheet(currency, tuple(found), known) for market, found in lines.items()}


def rates() -> tuple[Rate, ...]:
    """All exchange rates that are known."""
    return tuple(
        Rate(row.base, row.quote, Fraction(row.rate), row.source, row.as_of_on)
        for row in ExchangeRate.objects.order_by("base", "quote")
    )


def _line(row: EconomicsLine) -> Line:
    return Line(Kind(row.kind), row.currency, row.source, row.as_of_on, row.amount_minor, row.rate_bp)
