"""A market in which trousers surge in Germany, and firms that can answer; the steps up to standing proposals."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from config.rows import CLOCK
from matching import actions
from matching.models import Opportunity, Product, Proposal
from tests.builders.firms import (
    HS6,
    NOW,
    FirmOf,
    Firms,
    add_competency,
    add_lane,
    add_reach,
    add_service,
    publish,
    small_world,
    verified_firm,
)

PRODUCT, MARKET = "trousers", "DE"
QUIET_DAYS = 45
QUIET = [2, 3, 1, 2, 4, 2, 3]
SURGE = [9, 16, 24, 33, 38, 41, 44]
AMOUNTS = {"price": 4_990, "customs_value": 900, "storage": 40}
RATES = {
    "commission": 1_500,
    "ads": 1_000,
    "returns": 700,
    "duty": 1_200,
    "import_vat": 1_900,
    "sales_vat": 1_900,
}


@dataclass(frozen=True)
class Market:
    """The firms of the small world, and those that a whole alliance needs beside them."""

    firms: Firms
    rival: FirmOf
    ocean: FirmOf
    inspector: FirmOf
    now: datetime

    @property
    def operator(self) -> Any:
        return self.firms.operator.actor

    def propose(self, now: datetime | None = None) -> Opportunity:
        """The surge has come in, is answered, and proposals are made."""
        at = now or self.now
        surge(at)
        actions.notice(at)
        actions.answer_spikes(at)
        actions.propose_due(at)
        return Opportunity.objects.get(product__key=PRODUCT)

    def best(self) -> Proposal:
        self.propose()
        return Proposal.objects.standing()[0]


def row(on: date, units: int, **changes: Any) -> dict[str, Any]:
    """One observation as programs send it."""
    return {
        "source": "orders",
        "product": PRODUCT,
        "title": "Trousers",
        "hs6": HS6,
        "market": MARKET,
        "date": on.isoformat(),
        "units": units,
        "buyers": units,
        "new_buyers": units * 2 // 3,
        **changes,
    }


def days(units: Sequence[int], last_on: date, **changes: Any) -> list[dict[str, Any]]:
    """One row a day, the last one on `last_on`."""
    first = last_on - timedelta(days=len(units) - 1)
    return [row(first + timedelta(days=at), count, **changes) for at, count in enumerate(units)]


def surge_units() -> list[int]:
    quiet = [QUIET[day % len(QUIET)] for day in range(QUIET_DAYS)]
    return [*quiet, *SURGE]


def surge(now: datetime = NOW, **changes: Any) -> list[dict[str, Any]]:
    """Quiet weeks and then a surge that has lasted a week; returns the rows that came in."""
    rows = days(surge_units(), now.date() - timedelta(days=1), **changes)
    actions.take_in(CLOCK, rows, now=now)
    return rows


def sheet(market: str = MARKET, now: datetime = NOW, *, without: Sequence[str] = ()) -> list[dict[str, Any]]:
    """The lines of a unit economics sheet that leaves enough for making and carrying."""
    common = {"currency": "USD", "source": "market study", "as_of_on": now.date()}
    lines = [{"kind": kind, "amount_minor": amount, **common} for kind, amount in AMOUNTS.items()]
    lines += [{"kind": kind, "rate_bp": rate, **common} for kind, rate in RATES.items()]
    return [line for line in lines if line["kind"] not in without]


def market_world(now: datetime = NOW, *, has_sheet: bool = True) -> Market:
    """Makers, carriers by air and sea, an inspector and sellers, and what a unit is worth."""
    firms = small_world(now)
    rival = verified_firm(firms.operator, "Ningbo Denim", now)
    add_competency(rival, now, unit_cost_minor=640, stock_units=300)
    publish(rival, "Sewing line", 800, now)
    ocean = verified_firm(firms.operator, "Long Wave Lines", now, modules=["logistics"])
    add_lane(ocean, now, mode="air", unit_cost_minor=180)
    add_lane(ocean, now, mode="sea", unit_cost_minor=60, transit_p50_days=20, transit_p90_days=26)
    publish(ocean, "Weekly space", 4_000, now)
    inspector = verified_firm(firms.operator, "Clear Sight", now, modules=["support"])
    add_service(inspector, "quality", "CNNGB", now, per_unit_minor=0)
    add_reach(firms.seller, now, channel="search", reach_people=200_000, fee_minor=40_000)
    Product.objects.create(key=PRODUCT, title="Trousers", hs6=HS6)
    made = Market(firms, rival, ocean, inspector, now)
    if has_sheet:
        actions.edit_economics(made.operator, PRODUCT, MARKET, sheet(now=now), now=now)
    return made
