"""Promotions that operators know of."""

from datetime import date, datetime

from django.db import transaction

from config.rows import Actor, Missing, claim
from config.wake import wake
from matching.models import Product, Promotion


@transaction.atomic
def announce_promotion(
    actor: Actor, *, name: str, market: str, product: str, from_on: date, until_on: date, now: datetime
) -> int:
    """Note a promotion of a product (by key; of all products when empty) in a market; returns its id."""
    known = Product.objects.filter(key=product).first() if product else None
    if not actor.is_operator or (product and known is None):
        raise Missing()
    row = Promotion.objects.create(
        name=name[:120],
        market=market,
        product=known,
        from_on=from_on,
        until_on=until_on,
        told_by_id=actor.user_id,
        told_at=now,
    )
    wake("console")
    return row.pk


@transaction.atomic
def withdraw_promotion(actor: Actor, promotion_id: int, *, now: datetime) -> None:
    """A promotion does not take place; its row stays. Raises Missing when none stands."""
    standing = Promotion.objects.filter(pk=promotion_id, withdrawn_at=None)
    if not actor.is_operator or not claim(standing, withdrawn_at=now):
        raise Missing()
    wake("console")
