"""What the sample world assumes a unit of each product to be worth."""

from collections.abc import Iterable
from datetime import date, datetime

from config.rows import Actor
from config.sample import places
from matching import actions as matching


def give(operator: Actor, wanted: Iterable[tuple[str, str]], now: datetime) -> None:
    """Fill the unit economics of products (key, HS subheading) in their markets with the world's assumptions."""
    for key, hs6 in wanted:
        for market in places.VIRAL_MARKETS if key == places.VIRAL[0] else ("US",):
            matching.edit_economics(operator, key, market, lines(hs6, market, now.date()), now=now)


def lines(hs6: str, market: str, on: date) -> list[dict[str, object]]:
    """The lines of one sheet; amounts in US cents, rates in 1/100 %."""
    price = places.PRICES[hs6]
    amounts = {"price": price, "customs_value": price // 4, "storage": 12}
    rates = {**places.RATES, "duty": places.DUTY_BP[market], "import_vat": places.IMPORT_VAT_BP[market]}
    if market in {"DE", "FR"}:
        rates["sales_vat"] = places.IMPORT_VAT_BP[market]
    return [
        *(_line(kind, amount, None, on) for kind, amount in amounts.items()),
        *(_line(kind, None, rate, on) for kind, rate in rates.items()),
    ]


def _line(kind: str, amount: int | None, rate: int | None, on: date) -> dict[str, object]:
    return {
        "kind": kind,
        "amount_minor": amount,
        "rate_bp": rate,
        "currency": "USD",
        "source": places.SOURCE,
        "as_of_on": on.isoformat(),
    }
