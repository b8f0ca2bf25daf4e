"""Everything that firms offer for a product in some markets, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import BooleanField, CharField, F, Func, Value
from django.db.models.functions import Cast

from firms.models import CapacityWeek, Competency, Lane, PriceTier, Reach, Service
from firms.offered import Agency, Carrier, FreeWeeks, Helper, Maker, OfferingFirm, Offers, Tier
from firms.unlocode import country_of
from firms.weeks import WEEK, monday

# plain columns, not rows of models: an opportunity has about a thousand offers, and a person waits for them
FIRM = (
    "firm_id", "key", "firm__legal_name", "firm__legal_person", "firm__country", "firm__trust",
    "firm__engagement_cost_minor", "firm__currency",
)  # fmt: skip
KEY = Cast("firm__key", CharField())
WIDTH = len(FIRM)


def offers(hs6: str, markets: Sequence[str], *, from_on: date, weeks: int) -> Offers:
    """Return the offers of verified firms: makers of the product, lanes from them to the markets, helpers.

    Free capacity covers `weeks` weeks, the first being that of `from_on`. Always six queries.
    """
    makers = _makers(hs6)
    origins = sorted({maker.origin for maker in makers})
    carriers = _carriers(origins, markets)
    places = {*origins, *map(country_of, origins), *markets}
    lines = {maker.line_id for maker in makers} | {carrier.line_id for carrier in carriers}
    return Offers(
        makers=makers,
        carriers=carriers,
        agencies=_agencies(markets),
        helpers=_helpers(places),
        free=_free(lines, monday(from_on), weeks * WEEK),
    )


def _makers(hs6: str) -> tuple[Maker, ...]:
    live = Competency.live().filter(hs6=hs6)
    tiers: dict[int, list[Tier]] = defaultdict(list)
    steps = PriceTier.objects.filter(competency__in=live).order_by("competency_id", "from_units")
    for competency, units, cost in steps.values_list("competency_id", "from_units", "unit_cost_minor"):
        tiers[competency].append(Tier(units, cost))
    fields = (
        "line_id", "site__unlocode", "process", "material", "certificates", "currency", "is_tax_included",
        "unit_cost_minor", "fixed_cost_minor",
    )  # fmt: skip
    more = ("moq_units", "is_moq_by_variant", "lead_time_days", "stock_units")
    rows = live.order_by("unit_cost_minor", "pk").annotate(key=KEY).values_list(*FIRM, "pk", *fields, *more)
    return tuple(_maker(row, tuple(tiers.get(row[WIDTH], ()))) for row in rows)


def _maker(row: Sequence[Any], tiers: tuple[Tier, ...]) -> Maker:
    values: list[Any] = [row[WIDTH], _firm(row), *row[WIDTH + 1 : -4], tiers, *row[-4:]]
    return Maker(*values)


def _carriers(origins: Sequence[str], markets: Sequence[str]) -> tuple[Carrier, ...]:
    rows = Lane.live().filter(origin__in=origins, market__in=markets).order_by("unit_cost_minor", "pk")
    fields = (
        "line_id", "origin", "market", "mode", "supervision_mode", "currency", "is_tax_included",
        "unit_cost_minor", "fixed_cost_minor", "min_units", "transit_p50_days", "transit_p90_days",
    )  # fmt: skip
    found = rows.annotate(key=KEY).values_list(*FIRM, "pk", *fields)
    return tuple(Carrier(row[WIDTH], _firm(row), *row[WIDTH + 1 :]) for row in found)


def _agencies(markets: Sequence[str]) -> tuple[Agency, ...]:
    rows = Reach.live().filter(market__in=markets).order_by("fee_minor", "pk")
    fields = ("market", "language", "channel", "reach_people", "currency", "is_tax_included", "fee_minor")
    found = rows.annotate(key=KEY).values_list(*FIRM, "pk", *fields)
    return tuple(Agency(row[WIDTH], _firm(row), *row[WIDTH + 1 :]) for row in found)


def _helpers(places: Iterable[str]) -> tuple[Helper, ...]:
    rows = Service.live().filter(place__in=places).order_by("fee_minor", "pk")
    fields = ("role", "place", "currency", "is_tax_included", "fee_minor", "per_unit_minor")
    found = rows.annotate(key=KEY).values_list(*FIRM, "pk", *fields)
    return tuple(Helper(row[WIDTH], _firm(row), *row[WIDTH + 1 :]) for row in found)


def _firm(row: Sequence[Any]) -> OfferingFirm:
    number, key, name, person, country, trust, cost, currency = row[:WIDTH]
    return OfferingFirm(number, key, name, person, str(country), trust, cost, currency)


def _free(lines: Iterable[int], from_on: date, span: timedelta) -> Mapping[int, FreeWeeks]:
    """Free units by line and week, earliest first; one row a week, since there are many lines."""
    rows = (
        CapacityWeek.objects.filter(_among(lines), week_on__gte=from_on, week_on__lt=from_on + span)
        .order_by("week_on")
        .values("week_on")
        .annotate(lines=ArrayAgg("line_id"), free=ArrayAgg(F("published_units") - F("used_units")))
    )
    found: dict[int, list[tuple[date, int]]] = defaultdict(list)
    for week, numbers, free in rows.values_list("week_on", "lines", "free"):
        for line, units in zip(numbers, free, strict=True):
            found[line].append((week, units))
    return {line: tuple(weeks) for line, weeks in found.items()}


def _among(lines: Iterable[int]) -> Func:
    """Is the week one of these lines'? One array: a thousand parameters take longer to write than to read."""
    known, template, joined = "{" + ",".join(map(str, lines)) + "}", "(%(expressions)s))", " = ANY("
    return Func(F("line_id"), Value(known), template=template, arg_joiner=joined, output_field=BooleanField())
