"""Promotions that were announced: a rise in their days is their doing."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from matching.models.market import Product


class Promotion(models.Model):
    """An announced promotion of a product, or of all products, in a market."""

    name = models.CharField(_("name"), max_length=120)
    market = CountryField(_("market"))
    product = models.ForeignKey(Product, on_delete=models.PROTECT, null=True, related_name="promotions")
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until"))
    told_by = models.ForeignKey("firms.User", on_delete=models.PROTECT, null=True, related_name="+")
    told_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(until_on__gte=F("from_on")), name="promotion_in_order")
        ]
        indexes = [
            models.Index(fields=["market", "from_on"], condition=Q(withdrawn_at=None), name="promotion_days")
        ]

    def __str__(self) -> str:
        return self.name
