"""What firms offer for an opportunity, with all money in its currency."""

from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction
from functools import cache
from typing import Any

from firms import queries as firms
from firms.queries import Agency, Carrier, Helper, Maker, OfferingFirm, Offers
from matching.economics import Rate, Sheet, SheetError, converted
from matching.problem.offers import Carriage, Firm, Making, Marketing, Registry, Support

Money = Callable[[int, str], int]


def registry(
    hs6: str, markets: Sequence[str], *, currency: str, rates: tuple[Rate, ...], from_on: date, weeks: int
) -> Registry:
    """All offers for a product and its markets; those in a currency without a rate are dropped by name."""
    money = _exchange(sheet := Sheet(currency, (), rates))
    offers = firms.offers(hs6, list(markets), from_on=from_on, weeks=weeks)
    kept, dropped = _with_rate(offers, sheet)
    known = _firms(kept, money)
    return Registry(
        makings=tuple(_making(row, known[row.firm.id], kept, money) for row in kept.makers),
        carriages=tuple(_carriage(row, known[row.firm.id], kept, money) for row in kept.carriers),
        marketing=tuple(_marketing(row, known[row.firm.id], money) for row in kept.agencies),
        supports=tuple(_support(row, known[row.firm.id], money) for row in kept.helpers),
        dropped=dropped,
    )


def _exchange(sheet: Sheet) -> Money:
    """Turns amounts into the sheet's currency; each rate is looked up once."""

    @cache
    def rate(of: str) -> Fraction:
        return converted(sheet, 1, of)

    return lambda minor, of: minor if of == sheet.currency else round(minor * rate(of))


def _with_rate(offers: Offers, sheet: Sheet) -> tuple[Offers, tuple[tuple[str, str], ...]]:
    dropped: list[tuple[str, str]] = []

    @cache
    def is_known(currency: str) -> bool:
        try:
            converted(sheet, 0, currency)
        except SheetError:
            return False
        return True

    def kept(kind: str, rows: Sequence[Any]) -> tuple[Any, ...]:
        if all(map(is_known, {currency for row in rows for currency in _currencies(row)})):
            return tuple(rows)
        good = []
        for row in rows:
            unknown = [currency for currency in _currencies(row) if not is_known(currency)]
            dropped.extend((f"{kind}:{row.id}", currency) for currency in unknown[:1])
            good += [] if unknown else [row]
        return tuple(good)

    rows = Offers(
        makers=kept("competency", offers.makers),
        carriers=kept("lane", offers.carriers),
        agencies=kept("reach", offers.agencies),
        helpers=kept("service", offers.helpers),
        free=offers.free,
    )
    return rows, tuple(dropped)


def _currencies(row: Any) -> list[str]:
    """The currencies in which the offer costs anything."""
    return [row.currency, *([row.firm.engagement_currency] if row.firm.engagement_cost_minor else [])]


def _firms(offers: Offers, money: Money) -> dict[int, Firm]:
    """Who offers, each firm once."""
    rows = (offers.makers, offers.carriers, offers.agencies, offers.helpers)
    everyone = {row.firm.id: row.firm for kind in rows for row in kind}
    return {number: _firm(row, money) for number, row in everyone.items()}


def _firm(row: OfferingFirm, money: Money) -> Firm:
    cost = money(row.engagement_cost_minor, row.engagement_currency) if row.engagement_cost_minor else 0
    return Firm(row.id, row.key, row.name, row.legal_person, row.country, row.trust, cost)


def _making(row: Maker, firm: Firm, offers: Offers, money: Money) -> Making:
    return Making(
        id=f"competency:{row.id}",
        firm=firm,
        line=row.line_id,
        origin=row.origin,
        label=f"{row.process}, {row.material}",
        unit_minor=money(row.unit_cost_minor, row.currency),
        fixed_minor=money(row.fixed_cost_minor, row.currency),
        moq=row.moq_units,
        lead_days=row.lead_time_days,
        stock=row.stock_units,
        free=offers.free.get(row.line_id, ()),
        tiers=tuple((tier.from_units, money(tier.unit_cost_minor, row.currency)) for tier in row.tiers),
    )


def _carriage(row: Carrier, firm: Firm, offers: Offers, money: Money) -> Carriage:
    return Carriage(
        id=f"lane:{row.id}",
        firm=firm,
        line=row.line_id,
        origin=row.origin,
        market=row.market,
        mode=row.mode,
        supervision=row.supervision_mode,
        unit_minor=money(row.unit_cost_minor, row.currency),
        fixed_minor=money(row.fixed_cost_minor, row.currency),
        min_units=row.min_units,
        p50_days=row.transit_p50_days,
        p90_days=row.transit_p90_days,
        free=offers.free.get(row.line_id, ()),
    )


def _marketing(row: Agency, firm: Firm, money: Money) -> Marketing:
    fee = money(row.fee_minor, row.currency)
    return Marketing(f"reach:{row.id}", firm, row.market, row.language, row.channel, row.reach_people, fee)


def _support(row: Helper, firm: Firm, money: Money) -> Support:
    fee, per_unit = money(row.fee_minor, row.currency), money(row.per_unit_minor, row.currency)
    return Support(f"service:{row.id}", firm, row.role, row.place, fee, per_unit)
