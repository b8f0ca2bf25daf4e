"""Take observations in: append-only, idempotent, a changed row supersedes the one before."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django_countries import countries

from config.rows import Actor, Missing
from config.wake import wake
from matching.intake import Observation, RowError, read_rows
from matching.models import Product, Series, Signal
from matching.queries.market import EVER, Name, name_of
from matching.resume import LATE_DAYS

# one batch at a time: two that hold the same rows must not see each other half done
INTAKE_LOCK = 0x51674A1
LATEST = timedelta(days=LATE_DAYS)
MARK = """
INSERT INTO matching_series (changed_at, is_synthetic, product_id, market, source, changed_from_on)
SELECT %s, %s, * FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::date[])
ON CONFLICT (product_id, market, source) DO UPDATE SET changed_at = EXCLUDED.changed_at,
    is_synthetic = EXCLUDED.is_synthetic,
    changed_from_on = LEAST(matching_series.changed_from_on, EXCLUDED.changed_from_on)
"""
Key = tuple[str, str]
CONTENT = ("product_id", "market", "on", "units", "buyers", "new_buyers")


@dataclass(frozen=True)
class Summary:
    """What became of a batch, row by row: accepted + corrected + unchanged + errors = rows."""

    accepted: int = 0
    corrected: int = 0
    unchanged: int = 0
    errors: list[RowError] = field(default_factory=list)


def take_in(actor: Actor, rows: Sequence[Any], *, now: datetime, is_synthetic: bool = False) -> Summary:
    """Keep the good rows of a batch; tell what is wrong with the others. Raises Missing for members."""
    if actor.kind == "member":
        raise Missing()
    good, errors = read_rows(rows, today=now.date(), is_market=lambda code: code in countries)
    latest = {(row.source, row.external_id): row for row in good}
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [INTAKE_LOCK])
        signals = _as_signals(actor, latest.values(), now, is_synthetic)
        before = _current(signals)
        fresh = [signal for key, signal in signals.items() if key not in before]
        changed = [
            signal for key, signal in signals.items() if key in before and _differs(before[key], signal)
        ]
        Signal.objects.filter(pk__in=[before[_key(signal)].pk for signal in changed]).update(
            superseded_at=now
        )
        _mark_late([*changed, *fresh])
        Signal.objects.bulk_create([*changed, *fresh])
        _mark_changed([*fresh, *changed, *(before[_key(signal)] for signal in changed)], now, is_synthetic)
    doubled = len(good) - len(latest)
    unchanged = len(signals) - len(fresh) - len(changed)
    return Summary(len(fresh), len(changed), unchanged + doubled, errors)


def _as_signals(
    actor: Actor, rows: Iterable[Observation], now: datetime, is_synthetic: bool
) -> dict[Key, Signal]:
    ordered = sorted(rows, key=lambda row: (row.source, row.external_id))
    products = _products(ordered)
    return {
        (row.source, row.external_id): Signal(
            source=row.source,
            external_id=row.external_id,
            product_id=products[row.product],
            market=row.market,
            on=row.on,
            units=row.units,
            buyers=row.buyers,
            new_buyers=row.new_buyers,
            is_synthetic=is_synthetic,
            sender_id=actor.user_id,
            received_at=now,
        )
        for row in ordered
    }


def _products(rows: Sequence[Observation]) -> dict[str, int]:
    """Ids by key; unknown products are made, and a customs heading that was missing is filled in."""
    told = _told(rows)
    Product.objects.bulk_create(told.values(), ignore_conflicts=True)
    known = list(Product.objects.filter(key__in=told))
    blank = [product for product in known if not product.hs6 and told[product.key].hs6]
    for product in blank:
        product.hs6 = told[product.key].hs6
    Product.objects.bulk_update(blank, ["hs6"])
    return {product.key: product.pk for product in known}


def _told(rows: Sequence[Observation]) -> dict[str, Product]:
    """The products of a batch as its rows describe them; the first word counts."""
    told: dict[str, Product] = {}
    for row in rows:
        product = told.setdefault(row.product, Product(key=row.product))
        product.title, product.hs6 = product.title or row.title, product.hs6 or row.hs6
    for product in told.values():
        product.title = product.title or product.key.replace("-", " ").capitalize()
    return told


def _key(signal: Signal) -> Key:
    return signal.source, signal.external_id


def _current(signals: Iterable[Key]) -> dict[Key, Signal]:
    by_source: dict[str, list[str]] = {}
    for source, external_id in signals:
        by_source.setdefault(source, []).append(external_id)
    return {
        _key(signal): signal
        for source, ids in by_source.items()
        for signal in Signal.objects.current().filter(source=source, external_id__in=ids)
    }


def _differs(before: Signal, after: Signal) -> bool:
    return any(getattr(before, name) != getattr(after, name) for name in CONTENT)


def _mark_late(signals: Iterable[Signal]) -> None:
    """Signals of days that the detector has long left behind: they are read, and operators see them."""
    signals = list(signals)
    seen = {
        name_of(series): series.last_on - LATEST
        for series in Series.objects.filter(
            product_id__in={signal.product_id for signal in signals}, last_on__isnull=False
        ).only("product_id", "market", "source", "last_on")
        if series.last_on
    }
    for signal in signals:
        signal.is_late = signal.on <= seen.get(name_of(signal), EVER)


def _mark_changed(signals: Iterable[Signal], now: datetime, is_synthetic: bool) -> None:
    """The rows of changed series wait for the detector, with the first day that has changed."""
    first: dict[Name, date] = {}
    for signal in signals:
        first[name_of(signal)] = min(first.get(name_of(signal), signal.on), signal.on)
    if not first:
        return
    products, markets, sources = (list(column) for column in zip(*sorted(first), strict=True))
    days = [first[name] for name in sorted(first)]
    with connection.cursor() as cursor:
        cursor.execute(MARK, [now, is_synthetic, products, markets, sources, days])
    wake("console")
