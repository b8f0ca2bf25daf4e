"""Who gets what, and objections to it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alliances.models.alliance import Alliance
from firms.models import Firm


class Settlement(models.Model):
    """The computed shares of an alliance; a pure function of its record that anyone may re-run."""

    alliance = models.OneToOneField(Alliance, on_delete=models.PROTECT, related_name="settlement")
    inputs = models.JSONField()
    inputs_hash = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    objections_until_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"settlement of {self.alliance}"


class Share(models.Model):
    """What one firm receives (or pays, when negative) in one currency, and why."""

    settlement = models.ForeignKey(Settlement, on_delete=models.PROTECT, related_name="shares")
    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="shares")
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    reasons = models.JSONField(default=list)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey("firms.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["settlement", "firm", "currency"], name="one_share_a_firm_and_currency"
            )
        ]

    def __str__(self) -> str:
        return f"{self.firm}: {self.amount_minor} {self.currency}"


class Objection(models.Model):
    """A firm objects to the settlement; an operator answers it before the alliance can dissolve."""

    settlement = models.ForeignKey(Settlement, on_delete=models.PROTECT, related_name="objections")
    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("firms.User", on_delete=models.PROTECT, related_name="+")
    text = models.CharField(_("objection"), max_length=1000)
    at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey("firms.User", on_delete=models.PROTECT, null=True, related_name="+")
    answer = models.CharField(_("answer"), max_length=1000, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["settlement", "firm"], condition=Q(answered_at=None), name="one_open_objection_a_firm"
            )
        ]

    def __str__(self) -> str:
        return f"{self.firm}: {self.text[:40]}"
