"""Which surges of the last year would have called a firm: for its own people, with nobody else's figures."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from firms.queries.profile import Profile
from matching.models import Opportunity, Product, Spike
from matching.queries.console import spike_rows

PAST = timedelta(days=365)
ANSWERED_WITHIN = timedelta(days=14)  # later nobody starts to answer a surge
SHOWN = 24
MAKING = "manufacturing"
AS: dict[str, str | Promise] = {
    MAKING: _("to make it"),
    "logistics": _("to carry it"),
    "marketing": _("to sell it"),
    "support": _("to inspect, clear or import it"),
}


@dataclass(frozen=True)
class Wanted:
    """Units that one market wanted: 1 in 10 wants less than `least`, 1 in 10 more than `most`."""

    least: int
    likely: int
    most: int


@dataclass(frozen=True)
class Call:
    """A surge that is over or answered, what the firm would have been asked to do, and how much was wanted."""

    spike: Spike
    spark: SafeString
    roles: list[str | Promise]
    wanted: Wanted | None


@dataclass(frozen=True)
class Calls:
    """`open` counts the surges that still look for firms: those are told by invitations alone."""

    past: list[Call]
    found: int
    open: int


def calls(profile: Profile, now: datetime) -> Calls:
    """The surges of the last year that fit what a firm does, newest first; of each, its latest wave."""
    rows = _surges(now)
    fitting = [(spike, roles) for spike in rows if (roles := roles_in(profile, spike))]
    past = [(spike, roles) for spike, roles in fitting if not _is_open(spike, now)]
    shown = past[:SHOWN]
    sparks = spike_rows([spike for spike, _roles in shown], now)
    made = [
        Call(row.spike, row.spark, [AS[role] for role in roles], _wanted(row.spike))
        for row, (_spike, roles) in zip(sparks, shown, strict=True)
    ]
    return Calls(made, len(past), len(fitting) - len(past))


def roles_in(profile: Profile, spike: Spike) -> list[str]:
    """For which of its modules a firm would be asked; what it has not said yet rules nothing out."""
    return [module for module in AS if module in profile.modules and _fits(profile, module, spike)]


def _fits(profile: Profile, module: str, spike: Spike) -> bool:
    if module == MAKING:
        return not profile.products or is_one_of(profile.products, spike.product)
    markets = profile.markets.get(module, frozenset())
    return not markets or str(spike.market) in markets


def is_one_of(wanted: Iterable[str], product: Product) -> bool:
    """Whether a product is named by words of its titles, or by the first digits of its customs heading."""
    titles = f"{product.title} {product.title_zh}".casefold()
    return any(
        product.hs6.startswith(word[:6]) if word.isdigit() else _stem(word) in titles
        for word in wanted
        if product.hs6 or not word.isdigit()
    )


def _stem(word: str) -> str:
    """Lanterns are lanterns, be it one or many."""
    small = word.casefold()
    return small[:-1] if small.endswith("s") and len(small) > 3 else small


def _surges(now: datetime) -> list[Spike]:
    found = (
        Spike.objects.filter(
            level=Spike.Level.CONFIRMED, dismissed_at=None, first_on__gte=(now - PAST).date()
        )
        .select_related("product", "opportunity")
        .prefetch_related("opportunity__markets")
        .order_by("-first_on", "-peak_strength", "pk")
    )
    latest: dict[tuple[int, str], Spike] = {}
    for spike in found:
        latest.setdefault((spike.product_id, str(spike.market)), spike)
    return list(latest.values())


def _opportunity(spike: Spike) -> Opportunity | None:
    found: Opportunity | None = getattr(spike, "opportunity", None)
    return found


def _is_open(spike: Spike, now: datetime) -> bool:
    found = _opportunity(spike)
    if found is None:
        return spike.answered_at is None and spike.last_on >= (now - ANSWERED_WITHIN).date()
    return found.state in Opportunity.UNDECIDED


def _wanted(spike: Spike) -> Wanted | None:
    found = _opportunity(spike)
    rows = [row for row in found.markets.all() if row.market == spike.market] if found else []
    return Wanted(rows[0].units_p10, rows[0].units_p50, rows[0].units_p90) if rows else None
