"""What products are called, and under which customs heading they go."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from config.rows import Actor, Missing, Refused
from config.wake import wake
from matching.intake import is_heading
from matching.models import Opportunity, Product


@transaction.atomic
def name_in_chinese(actor: Actor, titles: Mapping[str, str]) -> int:
    """Give products, by key, their Chinese titles; returns how many were known. Raises Missing for members."""
    if actor.kind == "member":
        raise Missing
    known = list(Product.objects.filter(key__in=titles))
    for product in known:
        product.title_zh = titles[product.key][:160]
    return Product.objects.bulk_update(known, ["title_zh"])


@transaction.atomic
def map_product(actor: Actor, key: str, hs6: str, *, now: datetime) -> None:
    """Say under which heading a product goes that had none; what was blocked for want of it is proposed again."""
    product = Product.objects.select_for_update(no_key=True).filter(key=key).first()
    if not actor.is_operator or product is None:
        raise Missing()
    if not is_heading(hs6.strip()):
        raise Refused("no_heading", _("A customs heading has six digits of the Harmonized System."))
    if product.hs6:
        raise Refused("mapped", _("This product has a customs heading already."))
    product.hs6 = hs6.strip()
    product.save(update_fields=["hs6"])
    blocked = product.opportunities.filter(state=Opportunity.State.BLOCKED)
    blocked.update(state=Opportunity.State.OPEN, propose_at=now)
    wake("console")
