"""What products are called."""

from collections.abc import Mapping

from django.db import transaction

from config.rows import Actor, Missing
from matching.models import Product


@transaction.atomic
def name_in_chinese(actor: Actor, titles: Mapping[str, str]) -> int:
    """Give products, by key, their Chinese titles; returns how many were known. Raises Missing for members."""
    if actor.kind == "member":
        raise Missing
    known = list(Product.objects.filter(key__in=titles))
    for product in known:
        product.title_zh = titles[product.key][:160]
    return Product.objects.bulk_update(known, ["title_zh"])
