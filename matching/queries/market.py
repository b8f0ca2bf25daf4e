"""Series and surges as the detector and the console want them."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import Sum

from matching.models import Series, Signal, Spike
from matching.observations import Counts, Day, filled

Name = tuple[int, str, str]  # product id, market, source
EVER = date.min


def name_of(row: Series | Spike | Signal) -> Name:
    return row.product_id, str(row.market), row.source


def scale_of(source: str) -> int:
    """How many units of the market one counted unit stands for; only orders come from a panel."""
    return settings.PANEL_SCALE if source == Signal.Source.ORDERS else 1


def last_day(now: datetime) -> date:
    """The last day that may have observations: in the east of the world it is tomorrow already."""
    return now.date() + timedelta(days=1)


def counts_of(names: Iterable[Name], *, until: date, after: date = EVER) -> dict[Name, Counts]:
    """Daily counts of these series after a day, up to and with another; series without any are left out.

    They begin with their first day; if `after` is given, on the day after it.
    """
    wanted = set(names)
    rows = (
        Signal.objects.current()
        .filter(product_id__in={name[0] for name in wanted}, on__gt=after, on__lte=until)
        .order_by()
        .values_list("product_id", "market", "source", "on")
        .annotate(Sum("units"), Sum("buyers"), Sum("new_buyers"))
    )
    days: dict[Name, list[Day]] = defaultdict(list)
    for product, market, source, on, units, buyers, new_buyers in rows:
        if (product, market, source) in wanted:
            days[product, market, source].append(Day(on, units, buyers, new_buyers))
    first = None if after == EVER else after + timedelta(days=1)
    return {name: filled(found, first) for name, found in days.items()}


def latest_day(now: datetime) -> date | None:
    """The last day of which anything was observed."""
    rows = Signal.objects.current().filter(on__lte=last_day(now)).order_by("-on")
    return rows.values_list("on", flat=True).first()


def last_days(names: Iterable[Name], latest: date, days: int) -> dict[Name, list[int]]:
    """Units of these series on the last days, oldest first, for the small charts."""
    first, wanted = latest - timedelta(days=days - 1), set(names)
    rows = (
        Signal.objects.current()
        .filter(product_id__in={name[0] for name in wanted}, on__gte=first, on__lte=latest)
        .order_by()
        .values_list("product_id", "market", "source", "on")
        .annotate(Sum("units"))
    )
    found: dict[Name, list[int]] = defaultdict(lambda: [0] * days)
    for product, market, source, on, units in rows:
        if (product, market, source) in wanted:
            found[product, market, source][(on - first).days] = units
    return dict(found)
