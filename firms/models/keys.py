"""Keys that sign for a firm. A row stays, so that what was signed with it can always be checked."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from firms.models.firm import Firm
from firms.signing import Kind, fingerprint


class KeyQuerySet(models.QuerySet["Key"]):
    def usable(self, now: datetime) -> "KeyQuerySet":
        """Keys with which a firm may sign now."""
        in_time = Q(valid_until_at=None) | Q(valid_until_at__gt=now)
        return self.filter(in_time, valid_from_at__isnull=False, revoked_at=None)

    def unproven(self) -> "KeyQuerySet":
        """Keys that wait for the firm to show that it has the private part."""
        return self.filter(valid_from_at=None, revoked_at=None)


class Key(models.Model):
    """A public key of a firm, and its private part when the platform keeps it, encrypted."""

    class Kind(models.TextChoices):
        KEPT = Kind.KEPT.value, _("Kept by the platform, encrypted")
        BROUGHT = Kind.BROUGHT.value, _("Kept by the firm")

    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="keys")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    public_key = models.CharField(_("public key"), max_length=44)
    sealed = models.TextField(blank=True, help_text=_("the private part, encrypted"))
    challenge = models.CharField(max_length=64, blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("firms.User", on_delete=models.PROTECT, null=True, related_name="+")
    valid_from_at = models.DateTimeField(null=True)
    valid_until_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = KeyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(kind="kept") & ~Q(sealed="")) | (~Q(kind="kept") & Q(sealed="")),
                name="only_kept_keys_are_sealed",
            ),
            models.UniqueConstraint(
                fields=["public_key"], condition=Q(valid_from_at__isnull=False), name="one_firm_a_public_key"
            ),
            models.UniqueConstraint(
                fields=["firm", "kind"],
                condition=Q(valid_from_at__isnull=False, revoked_at=None),
                name="one_key_of_a_kind_in_use",
            ),
            models.UniqueConstraint(
                fields=["firm"], condition=Q(valid_from_at=None, revoked_at=None), name="one_unproven_key"
            ),
        ]

    def __str__(self) -> str:
        return self.fingerprint

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.public_key)

    def was_valid(self, at: datetime) -> bool:
        """Whether the firm could sign with the key at that moment."""
        ends = [end for end in (self.valid_until_at, self.revoked_at) if end]
        return self.valid_from_at is not None and self.valid_from_at <= at and all(at < end for end in ends)
