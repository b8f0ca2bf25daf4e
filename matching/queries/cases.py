"""An opportunity with everything that its proposals are made from."""

from datetime import datetime, timedelta

from matching.economics import Sheet
from matching.models import Opportunity
from matching.problem import Case, Demand, Reason, Registry, prepare, remaining
from matching.queries.durations import learned
from matching.queries.economics import rates, sheets
from matching.queries.registry import registry

SPARE_WEEKS = 8  # goods by sea are still made and shipped when the trend is nearly gone


def case_of(opportunity_id: int, now: datetime) -> tuple[Case, list[Reason]]:
    """The case as of now, and why markets are left out. The trend is taken to live today."""
    opportunity = Opportunity.objects.select_related("product").get(pk=opportunity_id)
    product = opportunity.product
    demands = [
        Demand(str(row.market), row.units_p10, row.units_p50, row.units_p90)
        for row in opportunity.markets.order_by("-units_p50", "market")
    ]
    markets = [demand.market for demand in demands]
    days = max((opportunity.until_at - now).days, 0)
    survival = remaining(opportunity.survival, max((now - opportunity.raised_at).days, 0), days)
    known = sheets(product.pk, markets, opportunity.currency)
    offers = _offers(opportunity, markets, now, days)
    case, reasons = prepare(
        title=product.title,
        hs6=product.hs6,
        currency=opportunity.currency,
        start_on=now.date(),
        survival=survival,
        demands=demands,
        sheets={market: known.get(market, Sheet(opportunity.currency, ())) for market in markets},
        registry=offers,
        learned=learned(),
    )
    return case, [{"code": "no_heading"}, *reasons] if not product.hs6 else reasons


def _offers(opportunity: Opportunity, markets: list[str], now: datetime, days: int) -> Registry:
    return registry(
        opportunity.product.hs6,
        markets,
        currency=opportunity.currency,
        rates=rates(),
        from_on=now.date() - timedelta(days=now.weekday()),
        weeks=days // 7 + SPARE_WEEKS,
    )
