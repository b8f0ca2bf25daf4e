"""Everything that firms offer for a product in some markets, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from firms.models import CapacityWeek, Competency, Firm, Lane, Reach, Service
from firms.offered import Agency, Carrier, Helper, Maker, OfferingFirm, Offers, Tier
from firms.unlocode import country_of
from firms.weeks import WEEK, monday


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
    rows = (
        Competency.live()
        .filter(hs6=hs6)
        .select_related("firm", "site")
        .prefetch_related("tiers")
        .order_by("unit_cost_minor", "pk")
    )
    return tuple(_maker(row) for row in rows)


def _maker(row: Competency) -> Maker:
    return Maker(
        id=row.pk,
        firm=_firm(row.firm),
        line_id=row.line_id,
        origin=row.site.unlocode,
        process=row.process,
        material=row.material,
        certificates=row.certificates,
        currency=row.currency,
        is_tax_included=row.is_tax_included,
        unit_cost_minor=row.unit_cost_minor,
        fixed_cost_minor=row.fixed_cost_minor,
        tiers=tuple(Tier(tier.from_units, tier.unit_cost_minor) for tier in row.tiers.all()),
        moq_units=row.moq_units,
        is_moq_by_variant=row.is_moq_by_variant,
        lead_time_days=row.lead_time_days,
        stock_units=row.stock_units,
    )


def _carriers(origins: Sequence[str], markets: Sequence[str]) -> tuple[Carrier, ...]:
    rows = Lane.live().filter(origin__in=origins, market__in=markets).select_related("firm")
    return tuple(_carrier(row) for row in rows.order_by("unit_cost_minor", "pk"))


def _carrier(row: Lane) -> Carrier:
    return Carrier(
        id=row.pk,
        firm=_firm(row.firm),
        line_id=row.line_id,
        origin=row.origin,
        market=str(row.market),
        mode=row.mode,
        supervision_mode=row.supervision_mode,
        currency=row.currency,
        is_tax_included=row.is_tax_included,
        unit_cost_minor=row.unit_cost_minor,
        fixed_cost_minor=row.fixed_cost_minor,
        min_units=row.min_units,
        transit_p50_days=row.transit_p50_days,
        transit_p90_days=row.transit_p90_days,
    )


def _agencies(markets: Sequence[str]) -> tuple[Agency, ...]:
    rows = Reach.live().filter(market__in=markets).select_related("firm").order_by("fee_minor", "pk")
    return tuple(
        Agency(
            id=row.pk,
            firm=_firm(row.firm),
            market=str(row.market),
            language=row.language,
            channel=row.channel,
            reach_people=row.reach_people,
            currency=row.currency,
            is_tax_included=row.is_tax_included,
            fee_minor=row.fee_minor,
        )
        for row in rows
    )


def _helpers(places: Iterable[str]) -> tuple[Helper, ...]:
    rows = Service.live().filter(place__in=places).select_related("firm").order_by("fee_minor", "pk")
    return tuple(
        Helper(
            id=row.pk,
            firm=_firm(row.firm),
            role=row.role,
            place=row.place,
            currency=row.currency,
            is_tax_included=row.is_tax_included,
            fee_minor=row.fee_minor,
            per_unit_minor=row.per_unit_minor,
        )
        for row in rows
    )


def _firm(row: Firm) -> OfferingFirm:
    return OfferingFirm(
        id=row.pk,
        key=str(row.key),
        name=row.legal_name,
        legal_person=row.legal_person,
        country=str(row.country),
        trust=row.trust,
        engagement_cost_minor=row.engagement_cost_minor,
        engagement_currency=row.currency,
    )


def _free(lines: Iterable[int], from_on: date, span: timedelta) -> Mapping[int, Mapping[date, int]]:
    free: dict[int, dict[date, int]] = defaultdict(dict)
    rows = CapacityWeek.objects.filter(line_id__in=lines, week_on__gte=from_on, week_on__lt=from_on + span)
    for row in rows.order_by("line_id", "week_on"):
        free[row.line_id][row.week_on] = row.free_units
    return dict(free)
