"""Opportunities: a spike characterised, and what a unit of it is worth."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from matching.demand import PROBABILITIES
from matching.models.market import Product, Spike


class OpportunityQuerySet(models.QuerySet["Opportunity"]):
    def due(self, now: object) -> "OpportunityQuerySet":
        """To be proposed for now: new ones, and those whose inputs have changed."""
        return self.filter(state=Opportunity.State.OPEN, propose_at__lte=now)

    def undecided(self) -> "OpportunityQuerySet":
        return self.filter(state__in=Opportunity.UNDECIDED)


class Opportunity(models.Model):
    """How many units are wanted, where, until when; from a spike, or raised by an operator with a reason."""

    class State(models.TextChoices):
        OPEN = "open", _("Open: proposals are being made")
        PROPOSED = "proposed", _("Proposed: waiting for a decision")
        BLOCKED = "blocked", _("No proposal is possible now")
        APPROVED = "approved", _("Approved: an alliance answers it")
        DISMISSED = "dismissed", _("Dismissed")
        EXPIRED = "expired", _("Expired: its time has passed")

    UNDECIDED = (State.OPEN, State.PROPOSED, State.BLOCKED)  # somebody may still choose, or set it aside

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="opportunities")
    spike = models.OneToOneField(Spike, on_delete=models.PROTECT, null=True, related_name="opportunity")
    raised_by = models.ForeignKey("firms.User", on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(_("reason"), max_length=400, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    blocked_by = models.JSONField(default=list, help_text=_("what binds, when no proposal is possible"))
    currency = models.CharField(max_length=3, default="USD")
    half_life_days = models.FloatField(_("the trend halves every (days)"), default=14)
    survival = models.JSONField(help_text=_("share of trends still alive, by day from now"))
    raised_at = models.DateTimeField()
    propose_at = models.DateTimeField()
    until_at = models.DateTimeField(_("until"))

    objects = OpportunityQuerySet.as_manager()

    class Meta:
        verbose_name_plural = _("opportunities")
        constraints = [
            models.CheckConstraint(
                condition=Q(spike__isnull=False) | (Q(raised_by__isnull=False) & ~Q(reason="")),
                name="raised_by_a_spike_or_a_person_with_a_reason",
            ),
            models.UniqueConstraint(
                fields=["product"],
                condition=Q(state__in=["open", "proposed", "blocked"]),
                name="one_open_opportunity_a_product",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product} until {self.until_at:%Y-%m-%d}"


class OpportunityMarket(models.Model):
    """Units wanted in one market, as an interval."""

    opportunity = models.ForeignKey(Opportunity, on_delete=models.CASCADE, related_name="markets")
    market = CountryField(_("market"))
    units_p10 = models.IntegerField()
    units_p50 = models.IntegerField()
    units_p90 = models.IntegerField()
    demand_by_day = models.JSONField(default=list, help_text=_("expected units by day from now"))
    # as of `forecast_on`, renewed by every further day of observations; the fields above stay as they were raised
    forecast_on = models.DateField(null=True)
    quantiles = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    survival = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["opportunity", "market"], name="one_row_a_market"),
            models.CheckConstraint(
                condition=Q(units_p10__gte=0, units_p50__gte=F("units_p10"), units_p90__gte=F("units_p50")),
                name="interval_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.market}: {self.units_p50}"

    def units_by_probability(self, days: int) -> dict[float, int]:
        """Units wanted over the next `days` days from `forecast_on` (14, 28, 60 or 75), by probability."""
        return dict(zip(PROBABILITIES, self.quantiles.get(str(days), ()), strict=False))


class EconomicsLine(models.Model):
    """One line of a product's unit economics in a market; the kinds are those of matching.economics."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="economics")
    market = CountryField(_("market"))
    kind = models.CharField(_("line"), max_length=24)
    amount_minor = models.BigIntegerField(_("amount"), null=True, blank=True)
    rate_bp = models.IntegerField(_("rate (1/100 %)"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    source = models.CharField(_("source"), max_length=200)
    as_of_on = models.DateField(_("as of"))
    edited_by = models.ForeignKey("firms.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["product", "market", "kind"], name="one_line_a_kind"),
            models.CheckConstraint(
                condition=Q(amount_minor__isnull=False, rate_bp=None)
                | Q(amount_minor=None, rate_bp__isnull=False),
                name="an_amount_or_a_rate",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product} {self.market} {self.kind}"


class ExchangeRate(models.Model):
    """What one whole unit of a currency is worth in another, with its source and date."""

    base = models.CharField(_("from"), max_length=3)
    quote = models.CharField(_("to"), max_length=3)
    rate = models.DecimalField(_("rate"), max_digits=18, decimal_places=8)
    source = models.CharField(_("source"), max_length=200)
    as_of_on = models.DateField(_("as of"))
    edited_by = models.ForeignKey("firms.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["base", "quote"], name="one_rate_a_pair"),
            models.CheckConstraint(condition=Q(rate__gt=0), name="rate_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.base}/{self.quote} {self.rate}"
