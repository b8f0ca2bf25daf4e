"""Take observations in: append-only, idempotent, a changed row supersedes the one before."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django_countries import countries

from config.rows import Actor, Missing
from config.wake import wake
from matching.intake import Observation, RowError, read_rows
from matching.models import Product, Series, Signal

# one batch at a time: two that hold the same rows must not see each other half done
INTAKE_LOCK = 0x51674A1
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


def _mark_changed(signals: Iterable[Signal], now: datetime, is_synthetic: bool) -> None:
    """The rows of changed series wait for the detector."""
    keys = sorted({(signal.product_id, str(signal.market), signal.source) for signal in signals})
    Series.objects.bulk_create(
        [
            Series(
                product_id=product, market=market, source=source, changed_at=now, is_synthetic=is_synthetic
            )
            for product, market, source in keys
        ],
        update_conflicts=True,
        unique_fields=["product", "market", "source"],
        update_fields=["changed_at", "is_synthetic"],
    )
    if keys:
        wake("console")
