"""What a firm can do: competencies to make, lanes to carry, reach to sell, services to support."""

from typing import Self

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from firms.models.capacity import Line
from firms.models.firm import Firm, Site

SIX_DIGITS = RegexValidator(r"^\d{6}$", _("An HS subheading has six digits, for example 620342."))
LANGUAGE = RegexValidator(r"^[a-z]{2,3}(-[A-Za-z]{2,4})?$", _("Write a language as de, en or zh-Hans."))
NOT_NEGATIVE = MinValueValidator(0)
AT_LEAST_ONE = MinValueValidator(1)


class Offer(models.Model):
    """What all kinds of offers have. Money is in minor units of `currency`, without tax unless said."""

    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="%(class)s_offers")
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    is_tax_included = models.BooleanField(_("tax included"), default=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True

    @classmethod
    def live(cls) -> "models.QuerySet[Self]":
        """Offers of firms that may be called, not withdrawn."""
        return cls._default_manager.filter(withdrawn_at=None, firm__state=Firm.State.VERIFIED)


class Competency(Offer):
    """Capability to make a product: an HS subheading with process, material and certificates."""

    site = models.ForeignKey(
        Site, on_delete=models.PROTECT, related_name="competencies", verbose_name=_("site")
    )
    line = models.ForeignKey(
        Line, on_delete=models.PROTECT, related_name="competencies", verbose_name=_("line")
    )
    hs6 = models.CharField(
        _("HS subheading"), max_length=6, validators=[SIX_DIGITS], help_text=_("Six digits, such as 620342.")
    )
    process = models.CharField(_("process"), max_length=120)
    material = models.CharField(_("material"), max_length=120)
    certificates = models.CharField(_("certificates"), max_length=200, blank=True)
    unit_cost_minor = models.BigIntegerField(_("unit cost"))
    fixed_cost_minor = models.BigIntegerField(_("cost of a run"), default=0)
    moq_units = models.IntegerField(_("minimum order"), default=1, validators=[AT_LEAST_ONE])
    is_moq_by_variant = models.BooleanField(_("minimum order is for each variant"), default=False)
    lead_time_days = models.PositiveSmallIntegerField(_("lead time in days"))
    stock_units = models.IntegerField(_("finished stock"), default=0, validators=[NOT_NEGATIVE])

    class Meta:
        verbose_name_plural = _("competencies")
        constraints = [
            models.CheckConstraint(condition=Q(hs6__regex=r"^\d{6}$"), name="hs6_well_formed"),
            models.CheckConstraint(
                condition=Q(unit_cost_minor__gte=0, fixed_cost_minor__gte=0),
                name="competency_cost_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(moq_units__gte=1, stock_units__gte=0), name="competency_units_sane"
            ),
        ]
        indexes = [
            models.Index(
                fields=["hs6", "unit_cost_minor"],
                condition=Q(withdrawn_at=None),
                include=[
                    "firm",
                    "site",
                    "line",
                    "moq_units",
                    "lead_time_days",
                    "stock_units",
                    "fixed_cost_minor",
                ],
                name="competency_for_matching",
            )
        ]

    def __str__(self) -> str:
        return f"{self.hs6} {self.process}, {self.material}"


class PriceTier(models.Model):
    """From so many units on, a unit costs less."""

    competency = models.ForeignKey(Competency, on_delete=models.CASCADE, related_name="tiers")
    from_units = models.IntegerField(_("from units"))
    unit_cost_minor = models.BigIntegerField(_("unit cost"))

    class Meta:
        ordering = ["from_units"]
        constraints = [
            models.UniqueConstraint(fields=["competency", "from_units"], name="one_price_a_tier"),
            models.CheckConstraint(condition=Q(from_units__gt=1, unit_cost_minor__gte=0), name="tier_sane"),
        ]

    def __str__(self) -> str:
        return f"from {self.from_units}: {self.unit_cost_minor}"


class Lane(Offer):
    """Transport from an origin to a destination market."""

    class Mode(models.TextChoices):
        AIR = "air", _("Air")
        EXPRESS = "express", _("Express")
        SEA = "sea", _("Sea")
        RAIL = "rail", _("Rail")
        ROAD = "road", _("Road")

    class Supervision(models.TextChoices):
        PARCEL = "9610", _("9610: parcels to consumers")
        B2B = "9710", _("9710: direct to businesses")
        OVERSEAS = "9810", _("9810: to an overseas warehouse")
        BONDED = "1210", _("1210: bonded")
        GENERAL = "0110", _("0110: general trade")

    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="lanes", verbose_name=_("space"))
    origin = models.CharField(_("origin (UN/LOCODE)"), max_length=5)
    market = CountryField(_("market"))
    mode = models.CharField(_("mode"), max_length=8, choices=Mode.choices)
    supervision_mode = models.CharField(_("supervision mode"), max_length=4, choices=Supervision.choices)
    unit_cost_minor = models.BigIntegerField(_("cost per unit"))
    fixed_cost_minor = models.BigIntegerField(_("cost of a shipment"), default=0)
    min_units = models.IntegerField(_("least units"), default=1, validators=[AT_LEAST_ONE])
    transit_p50_days = models.PositiveSmallIntegerField(
        _("transit, half arrive within (days)"), validators=[AT_LEAST_ONE]
    )
    transit_p90_days = models.PositiveSmallIntegerField(_("transit, nine in ten arrive within (days)"))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(origin__regex=r"^[A-Z]{2}[A-Z2-9]{3}$"), name="lane_origin_well_formed"
            ),
            models.CheckConstraint(
                condition=Q(transit_p50_days__gte=1, transit_p90_days__gte=F("transit_p50_days")),
                name="transit_quantiles_in_order",
                violation_error_message=_("Nine in ten cannot arrive sooner than half do."),
            ),
            models.CheckConstraint(
                condition=Q(unit_cost_minor__gte=0, fixed_cost_minor__gte=0, min_units__gte=1),
                name="lane_sane",
            ),
        ]
        indexes = [
            models.Index(
                fields=["market", "origin"], condition=Q(withdrawn_at=None), name="lane_for_matching"
            )
        ]

    def __str__(self) -> str:
        return f"{self.origin} → {self.market} {self.mode}"


class Reach(Offer):
    """Marketing: how many people of a market an agency reaches in a channel, for a fee."""

    class Channel(models.TextChoices):
        SHORT_VIDEO = "short_video", _("Short video")
        LIVE = "live", _("Live stream")
        SEARCH = "search", _("Search and listing")
        CREATOR = "creator", _("Creators")

    market = CountryField(_("market"))
    language = models.CharField(
        _("language"), max_length=10, validators=[LANGUAGE], help_text=_("Such as de, en or zh-Hans.")
    )
    channel = models.CharField(_("channel"), max_length=12, choices=Channel.choices)
    reach_people = models.IntegerField(_("people reached"), validators=[AT_LEAST_ONE])
    fee_minor = models.BigIntegerField(_("fee"))

    class Meta:
        verbose_name_plural = _("reach")
        constraints = [
            models.CheckConstraint(condition=Q(reach_people__gt=0, fee_minor__gte=0), name="reach_sane")
        ]
        indexes = [
            models.Index(
                fields=["market", "language"], condition=Q(withdrawn_at=None), name="reach_for_matching"
            )
        ]

    def __str__(self) -> str:
        return f"{self.market} {self.language} {self.channel}"


class Service(Offer):
    """A support role: inspection at an origin, or a role in a destination market."""

    class Role(models.TextChoices):
        QUALITY = "quality", _("Quality inspection")
        EXPORT_BROKER = "export_broker", _("Export customs broker")
        IMPORT_BROKER = "import_broker", _("Import customs broker")
        WAREHOUSE = "warehouse", _("Overseas warehouse")
        LAST_MILE = "last_mile", _("Last mile")
        SELLER = "seller", _("Seller of record")
        IMPORTER = "importer", _("Importer of record")
        EU_RESPONSIBLE = "eu_responsible", _("EU responsible person")

    role = models.CharField(_("role"), max_length=18, choices=Role.choices)
    place = models.CharField(_("origin (UN/LOCODE) or market"), max_length=5)
    fee_minor = models.BigIntegerField(_("fee"))
    per_unit_minor = models.BigIntegerField(_("fee per unit"), default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(place__regex=r"^[A-Z]{2}([A-Z2-9]{3})?$"), name="service_place_well_formed"
            ),
            models.CheckConstraint(
                condition=Q(fee_minor__gte=0, per_unit_minor__gte=0), name="service_fee_not_negative"
            ),
        ]
        indexes = [
            models.Index(
                fields=["role", "place"], condition=Q(withdrawn_at=None), name="service_for_matching"
            )
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.place}"
