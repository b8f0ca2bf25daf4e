"""Firms: who they are, where they work, may they be called."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from firms.quiet import BEGINS, ENDS


class FirmQuerySet(models.QuerySet["Firm"]):
    def callable(self) -> "FirmQuerySet":
        """Firms that may be invited."""
        return self.filter(state=Firm.State.VERIFIED)

    def of(self, user_id: int) -> "FirmQuerySet":
        """Firms that a person acts for today."""
        return self.filter(members__user_id=user_id, members__ended_at=None)


class Firm(models.Model):
    """A legal entity in the base network."""

    class State(models.TextChoices):
        APPLIED = "applied", _("Waiting for verification")
        VERIFIED = "verified", _("Verified")
        REFUSED = "refused", _("Refused")
        SUSPENDED = "suspended", _("Suspended")

    class Module(models.TextChoices):
        MANUFACTURING = "manufacturing", _("We make things")
        LOGISTICS = "logistics", _("We carry and store things")
        MARKETING = "marketing", _("We sell and advertise")
        SUPPORT = "support", _("We inspect, clear customs, or import")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    legal_name = models.CharField(_("legal name"), max_length=200)
    country = CountryField(_("country"))
    legal_person = models.CharField(
        max_length=64, help_text=_("who stands behind the firm; two firms may share it")
    )
    modules = ArrayField(models.CharField(max_length=13, choices=Module.choices), default=list)
    products = models.JSONField(
        default=list,
        blank=True,
        db_default=models.Value([], models.JSONField()),
        help_text=_("what it makes or wants to be called for: names, or digits of customs headings"),
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.APPLIED)
    state_reason = models.CharField(max_length=400, blank=True)
    reviewed_by = models.ForeignKey(
        "firms.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True, blank=True)
    trust = models.PositiveSmallIntegerField(
        default=600, help_text=_("from its observations, as in reputation")
    )
    trust_until_at = models.DateTimeField(
        null=True, blank=True, help_text=_("when the oldest of them stops to count")
    )
    # how many of the observations that count are promises of each kind
    promises_kept = models.PositiveIntegerField(default=0)
    promises_late = models.PositiveIntegerField(default=0)
    promises_broken = models.PositiveIntegerField(default=0)
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    engagement_cost_minor = models.BigIntegerField(default=0)
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    quiet_from = models.TimeField(_("quiet from"), default=BEGINS, db_default=BEGINS)
    quiet_until = models.TimeField(_("quiet until"), default=ENDS, db_default=ENDS)
    is_sample = models.BooleanField(default=False)
    joined_at = models.DateTimeField()

    objects = FirmQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(trust__lte=1000), name="trust_within_scale"),
            models.CheckConstraint(
                condition=models.Q(engagement_cost_minor__gte=0), name="engagement_cost_not_negative"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "legal_name"]),
            models.Index(fields=["trust_until_at"], name="firm_trust_until"),
        ]

    def __str__(self) -> str:
        return self.legal_name


class Identifier(models.Model):
    """A number under which the world knows the firm; its check digits hold."""

    class Kind(models.TextChoices):
        USCC = "uscc", _("Unified Social Credit Code (China)")
        LEI = "lei", _("Legal Entity Identifier")
        VAT = "vat", _("VAT number (European Union)")

    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="identifiers")
    kind = models.CharField(_("kind of identifier"), max_length=5, choices=Kind.choices)
    value = models.CharField(_("identifier"), max_length=30)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "value"], name="one_firm_an_identifier")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.value}"


class Site(models.Model):
    """Where a firm works."""

    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="sites")
    name = models.CharField(_("name"), max_length=120)
    unlocode = models.CharField(_("UN/LOCODE"), max_length=5)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["firm", "name"], name="one_site_a_name"),
            models.CheckConstraint(
                condition=models.Q(unlocode__regex=r"^[A-Z]{2}[A-Z2-9]{3}$"), name="unlocode_well_formed"
            ),
            models.CheckConstraint(
                condition=models.Q(latitude=None) | models.Q(latitude__range=(-90, 90)),
                name="latitude_on_earth",
            ),
            models.CheckConstraint(
                condition=models.Q(longitude=None) | models.Q(longitude__range=(-180, 180)),
                name="longitude_on_earth",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.unlocode})"
