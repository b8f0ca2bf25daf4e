"""Surges and opportunities by the product's name, in either language."""

from django.db.models import QuerySet

from config.words import all_in
from matching.models import Opportunity, Spike

NAMES = ("product__title", "product__title_zh", "product__hs6")


def spikes_named(words: list[str]) -> QuerySet[Spike]:
    """Surges of such products, newest first."""
    found = Spike.objects.filter(all_in(words, *NAMES, "market")).select_related("product")
    return found.order_by("-last_on", "pk")


def opportunities_named(words: list[str]) -> QuerySet[Opportunity]:
    """Opportunities of such products, newest first."""
    found = Opportunity.objects.filter(all_in(words, *NAMES)).select_related("product")
    return found.order_by("-raised_at", "pk")
