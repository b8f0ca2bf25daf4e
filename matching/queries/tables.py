"""The tables of the market: which columns they have, and what sorts them."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision
from django.conf import settings
from django.db.models import Case, Count, Exists, OuterRef, Subquery, Sum, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from config.tables import Column, Table
from config.templatetags.states import LABELS
from config.templatetags.words import ROUTES
from matching.models import Opportunity, Proposal, Series, Signal, Spike
from matching.queries import console
from matching.queries.market import latest_day

NAMES = ("product__title", "product__title_zh")


def amount(minor: int | None, currency: str) -> Decimal | None:
    """Minor units as a number for a spreadsheet; its currency stands beside it."""
    return None if minor is None else Decimal(minor).scaleb(-get_currency_precision(currency))


def _level(row: Spike) -> object:
    return LABELS["dismissed"] if row.dismissed_at else LABELS.get(row.level, row.level)


def _answer(row: Spike) -> object:
    found = getattr(row, "opportunity", None)
    return LABELS.get(found.state, found.state) if found else ""


SPIKES = (
    Column("product", _("Product"), lambda row: row.product, ("product__title",)),
    Column("market", _("Market"), lambda row: row.market.code, ("market",)),
    Column("source", _("Source"), lambda row: row.get_source_display(), ("source",)),
    Column("course", _("Course"), lambda row: " ".join(map(str, row.evidence.get("counts", [])))),
    Column("state", _("State"), _level, ("level",)),
    Column("began", _("Began"), lambda row: row.onset_on, ("onset_on",)),
    Column("last", _("Last seen"), lambda row: row.last_on, ("last_on",)),
    Column("strength", _("Strength"), lambda row: row.strength, ("strength",), is_number=True),
    Column("peak", _("at its peak"), lambda row: row.peak_strength, ("peak_strength",), is_number=True),
    Column("answer", _("Answer"), _answer),
)


def spikes(asked: QueryDict) -> Table[Spike]:
    """Surges, newest first."""
    rows = console.spikes(asked.get("level", ""))
    return Table(rows, SPIKES, asked, searched=(*NAMES, "market"))


OPPORTUNITIES = (
    Column("product", _("Product"), lambda row: row.product, ("product__title",)),
    Column("state", _("State"), lambda row: LABELS.get(row.state, row.state), ("state",)),
    Column("raised", _("Raised"), lambda row: row.raised_at, ("raised_at",)),
    Column("until", _("Until"), lambda row: row.until_at, ("until_at",)),
    Column("markets", _("Markets"), lambda row: " ".join(str(one.market) for one in row.markets.all())),
    Column("units", _("Units wanted"), lambda row: row.wanted, ("wanted",), is_number=True),
    Column("proposals", _("Proposals"), lambda row: len(row.standing), is_number=True),
    Column("route", _("Best proposal"), lambda row: _best(row, lambda one: ROUTES.get(one.route, one.route))),
    Column(
        "margin",
        _("Expected margin"),
        lambda row: _best(row, lambda one: amount(one.margin_minor, one.currency)),
        ("best_margin",),
        is_number=True,
    ),
    Column("currency", _("Currency"), lambda row: _best(row, lambda one: one.currency), is_shown=False),
)


def _best(row: Any, read: Any) -> object:
    return read(row.standing[0]) if row.standing else None


def opportunities(asked: QueryDict) -> Table[Opportunity]:
    """Opportunities, those to decide first."""
    best = Proposal.objects.standing().filter(opportunity=OuterRef("pk"))
    wanted = Opportunity.objects.filter(pk=OuterRef("pk")).annotate(sum=Sum("markets__units_p50"))
    rows = console.opportunities().annotate(
        best_margin=Subquery(best.values("margin_minor")[:1]), wanted=Subquery(wanted.values("sum")[:1])
    )
    state = asked.get("state", "")
    if state in Opportunity.State.values:
        rows = rows.filter(state=state)
    return Table(rows, OPPORTUNITIES, asked, searched=NAMES)


PROPOSALS = (
    Column("product", _("Product"), lambda row: row.opportunity.product, ("opportunity__product__title",)),
    Column("rank", _("Rank"), lambda row: row.rank, ("rank",), is_number=True),
    Column("state", _("State"), lambda row: LABELS.get(row.state, row.state), ("state",)),
    Column("route", _("Route"), lambda row: ROUTES.get(row.route, row.route), ("route",)),
    Column("units", _("Units"), lambda row: row.units, ("units",), is_number=True),
    Column("first", _("First unit"), lambda row: row.dispatchable_on, ("dispatchable_on",)),
    Column("ends", _("Ends at the latest"), lambda row: row.ends_on, ("ends_on",)),
    Column(
        "cost", _("Cost"), lambda row: amount(row.cost_minor, row.currency), ("cost_minor",), is_number=True
    ),
    Column(
        "margin",
        _("Expected margin"),
        lambda row: amount(row.margin_minor, row.currency),
        ("margin_minor",),
        is_number=True,
    ),
    Column(
        "bound",
        _("No team earns more than"),
        lambda row: amount(row.bound_minor, row.currency),
        ("bound_minor",),
        is_number=True,
    ),
    Column("currency", _("Currency"), lambda row: row.currency, is_shown=False),
    Column("made", _("Made"), lambda row: row.made_at, ("made_at",)),
)


def proposals(asked: QueryDict) -> Table[Proposal]:
    """Proposals of all opportunities, newest first; those that stand, unless another state is asked for."""
    rows = Proposal.objects.select_related("opportunity__product").order_by("-made_at", "rank", "pk")
    state = asked.get("state", Proposal.State.STANDING.value)
    if state in Proposal.State.values:
        rows = rows.filter(state=state)
    return Table(rows, PROPOSALS, asked, searched=tuple(f"opportunity__{name}" for name in NAMES))


def proposal_counts() -> dict[str, int]:
    """How many proposals are in each state."""
    return dict(Proposal.objects.order_by().values_list("state").annotate(Count("pk")))


SERIES = (
    Column("product", _("Product"), lambda row: row.product, ("product__title",)),
    Column("hs6", _("HS subheading"), lambda row: row.product.hs6, ("product__hs6",)),
    Column("market", _("Market"), lambda row: row.market.code, ("market",)),
    Column("source", _("Source"), lambda row: row.get_source_display(), ("source",)),
    Column("course", _("Course"), lambda row: "", is_filed=False),
    Column("day", _("Last day"), lambda row: row.day_units, ("day_units",), is_number=True),
    Column("week", _("Last week"), lambda row: row.week_units, ("week_units",), is_number=True),
    Column("surge", _("Surge"), lambda row: _("yes") if row.is_fresh else "", ("is_fresh",)),
    Column("invented", _("Invented"), lambda row: _("yes") if row.is_synthetic else "", is_shown=False),
)


def series(asked: QueryDict, now: datetime) -> Table[Series]:
    """All series with what was counted last; those with a fresh surge first, then by units of the week."""
    latest = latest_day(now) or now.date()
    fresh = console.fresh_spikes().order_by().filter(**_same())
    rows = (
        Series.objects.select_related("product")
        .annotate(day_units=_counted(latest, 1), week_units=_counted(latest, 7), is_fresh=Exists(fresh))
        .order_by("-is_fresh", "-week_units", "product__title", "pk")
    )
    return Table(rows, SERIES, asked, searched=(*NAMES, "product__hs6", "market"))


def _same() -> dict[str, OuterRef]:
    return {name: OuterRef(name) for name in ("product", "market", "source")}


def _counted(latest: date, days: int) -> Combinable:
    """Units of the last days of a series, as units of the market."""
    rows = Signal.objects.current().filter(on__gt=latest - timedelta(days=days), on__lte=latest, **_same())
    summed = rows.order_by().values("product").annotate(sum=Sum("units")).values("sum")
    is_panel = When(source=Signal.Source.ORDERS, then=Value(settings.PANEL_SCALE))
    return Coalesce(Subquery(summed), 0) * Case(is_panel, default=Value(1))
