"""What operators see of the market: series, surges, opportunities."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db.models import Count, Exists, Max, OuterRef, Prefetch, Q, QuerySet
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from matching import chart
from matching.episodes import QUIET
from matching.models import Opportunity, Product, Proposal, Series, Signal, Spike
from matching.observations import Counts
from matching.queries.market import counts_of, last_day, last_days, latest_day, name_of, scale_of

SPARK_DAYS = 60
AFTER_DAYS = 14  # shown after a surge


@dataclass(frozen=True)
class SeriesRow:
    """A series with its small chart; `spike` is the latest one that is still fresh."""

    series: Series
    spark: SafeString
    units: int  # of the last day, as counted
    week: int  # of the last seven days, as counted
    spike: Spike | None


@dataclass(frozen=True)
class SpikeRow:
    """A surge with its small chart."""

    spike: Spike
    spark: SafeString


def overview(now: datetime) -> dict[str, object]:
    """The figures and lists of the console's first page."""
    states = dict(Opportunity.objects.values_list("state").annotate(Count("pk")).order_by())
    signals = Signal.objects.current().aggregate(last=Max("on"), received=Max("received_at"))
    open_spikes = Spike.objects.filter(answered_at=None, dismissed_at=None)
    return {
        "counts": {
            "decide": states.get("proposed", 0),
            "blocked": states.get("blocked", 0),
            "making": states.get("open", 0),
            "approved": states.get("approved", 0),
            "watched": open_spikes.filter(
                level=Spike.Level.WATCH, last_on__gte=_fresh(signals["last"])
            ).count(),
            "series": Series.objects.count(),
        },
        "last_on": signals["last"],
        "received_at": signals["received"],
        "panel_scale": settings.PANEL_SCALE,
        "waiting": list(opportunities().filter(state__in=Opportunity.UNDECIDED)[:12]),
        "spikes": spike_rows(spikes()[:6], now),
    }


def _fresh(last: date | None) -> date:
    return last - QUIET if last else date.min


def opportunities() -> QuerySet[Opportunity]:
    """Opportunities with product, markets and standing proposals; those to decide first, then the newest."""
    standing = Proposal.objects.filter(state=Proposal.State.STANDING).order_by("rank")
    return (
        Opportunity.objects.select_related("product", "spike")
        .prefetch_related("markets", Prefetch("proposals", queryset=standing, to_attr="standing"))
        .annotate(is_proposed=Q(state=Opportunity.State.PROPOSED))
        .order_by("-is_proposed", "-raised_at", "-pk")
    )


def series_rows(found: Iterable[Series], now: datetime) -> list[SeriesRow]:
    """These series with their last days."""
    shown, last = list(found), latest_day(now)
    days = last_days(map(name_of, shown), last, SPARK_DAYS) if last else {}
    fresh = {name_of(spike): spike for spike in fresh_spikes()}
    return [_series_row(row, days.get(name_of(row), []), fresh.get(name_of(row))) for row in shown]


def _series_row(row: Series, units: Sequence[int], spike: Spike | None) -> SeriesRow:
    scale = scale_of(row.source)
    hot = None
    if spike is not None and row.last_on is not None:
        hot = len(units) - 1 - (row.last_on - spike.first_on).days
    spark = _spark([value * scale for value in units], str(row.product), hot)
    return SeriesRow(row, spark, (units[-1] if units else 0) * scale, sum(units[-7:]) * scale, spike)


def _spark(units: Sequence[int], title: str, hot: int | None) -> SafeString:
    label = _("%(product)s: units a day, last %(days)s days") % {"product": title, "days": len(units)}
    return mark_safe(chart.sparkline(units, label=label, hot=hot))  # noqa: S308 - an escaped label


def fresh_spikes() -> QuerySet[Spike]:
    """Surges that reached the last week of data and were not set aside, the latest last."""
    last = Signal.objects.current().aggregate(last=Max("on"))["last"]
    return Spike.objects.filter(dismissed_at=None, last_on__gte=_fresh(last)).order_by("first_on")


def _told(rows: QuerySet[Spike]) -> QuerySet[Spike]:
    """With the mark of invented observations."""
    invented = Series.objects.filter(
        product=OuterRef("product"), market=OuterRef("market"), source=OuterRef("source"), is_synthetic=True
    )
    return rows.annotate(is_synthetic=Exists(invented))


def spikes(level: str = "") -> QuerySet[Spike]:
    """Surges, newest first; of one level, or only those that wait for an answer."""
    rows = _told(Spike.objects.select_related("product", "opportunity"))
    rows = rows.order_by("-last_on", "-peak_strength", "pk")
    if level in Spike.Level.values:
        return rows.filter(level=level, dismissed_at=None)
    return rows.filter(dismissed_at__isnull=False) if level == "dismissed" else rows


def spike_rows(found: Iterable[Spike], now: datetime) -> list[SpikeRow]:
    """Surges with the days around them."""
    shown = list(found)
    counts = counts_of(map(name_of, shown), until=last_day(now))
    return [SpikeRow(spike, _around(spike, counts.get(name_of(spike)))) for spike in shown]


def _around(spike: Spike, counts: Counts | None) -> SafeString:
    if counts is None:
        return mark_safe("")
    end = min(len(counts.units), (spike.last_on - counts.first_on).days + 1 + AFTER_DAYS)
    start = max(0, end - SPARK_DAYS)
    hot = (spike.first_on - counts.first_on).days - start
    return _spark(counts.units[start:end], str(spike.product), hot)


def spike(spike_id: int) -> Spike | None:
    """One surge."""
    rows = _told(Spike.objects.select_related("product", "opportunity", "dismissed_by"))
    return rows.filter(pk=spike_id).first()


def known_products() -> dict[str, str]:
    """Titles of all products by key."""
    return {product.key: str(product) for product in Product.objects.order_by("title")}


def products() -> QuerySet[Product]:
    """Products of which no opportunity is open."""
    return Product.objects.exclude(opportunities__state__in=Opportunity.UNDECIDED).order_by("title")
