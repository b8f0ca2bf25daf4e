"""What the partners sign: one document with one hash, and the signatures of their keys."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alliances.models.alliance import Alliance
from firms.models import Firm, Key


class AgreementQuerySet(models.QuerySet["Agreement"]):
    def composed(self) -> "AgreementQuerySet":
        """Documents that name the partners, the latest first, without those taken back before all had signed."""
        return self.filter(number__gt=Agreement.COMMON, withdrawn_at=None).order_by("-number")


class Agreement(models.Model):
    """A canonical text with its hash. Number 0 holds the common terms that every offer is bound to; from 1 on
    a document names all partners with their terms, and what it supersedes."""

    COMMON = 0

    alliance = models.ForeignKey(Alliance, on_delete=models.PROTECT, related_name="agreements")
    number = models.PositiveSmallIntegerField(default=COMMON, db_default=COMMON)
    supersedes = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    text = models.TextField()
    hash = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, help_text=_("when it was taken back, not signed by all"))

    objects = AgreementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "number"],
                condition=Q(withdrawn_at=None),
                name="one_agreement_a_number",
            )
        ]

    def __str__(self) -> str:
        return self.hash


class Signature(models.Model):
    """A firm's key signed the hash of an agreement. Without a person: the platform did, under the firm's mandate."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="signatures")
    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="signatures")
    by = models.ForeignKey("firms.User", on_delete=models.PROTECT, null=True, related_name="+")
    key = models.ForeignKey(Key, on_delete=models.PROTECT, null=True, related_name="+")
    hash = models.CharField(max_length=64)
    signature = models.CharField(max_length=88, default="", db_default="", help_text=_("in base64"))
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agreement", "firm"], name="a_firm_signs_once")]

    def __str__(self) -> str:
        return f"{self.firm} signed {self.hash[:8]}"
