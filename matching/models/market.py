"""Signals, and the spikes that they make."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from config.titles import title_for_reader


class Product(models.Model):
    """A product line that the market talks about, with the customs heading that says who could make it."""

    key = models.SlugField(max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=160)
    title_zh = models.CharField(_("title in Chinese"), max_length=160, blank=True)
    hs6 = models.CharField(_("HS subheading"), max_length=6, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(hs6="") | Q(hs6__regex=r"^\d{6}$"), name="product_hs6")
        ]

    def __str__(self) -> str:
        return title_for_reader(self.title, self.title_zh)


class SignalQuerySet(models.QuerySet["Signal"]):
    def current(self) -> "SignalQuerySet":
        """Without the observations that a correction has superseded."""
        return self.filter(superseded_at=None)


class Signal(models.Model):
    """One observation of a product in a market on a day; append-only, a correction supersedes it."""

    class Source(models.TextChoices):
        ORDERS = "orders", _("Orders")
        SOCIAL = "social", _("Social")
        CUSTOMS = "customs", _("Customs")

    source = models.CharField(_("source"), max_length=8, choices=Source.choices)
    external_id = models.CharField(max_length=160)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="signals")
    market = CountryField(_("market"))
    on = models.DateField(_("day"))
    units = models.IntegerField(_("units"))
    buyers = models.IntegerField(_("buyers"), null=True)
    new_buyers = models.IntegerField(_("new buyers"), null=True)
    is_synthetic = models.BooleanField(default=False)
    sender = models.ForeignKey("firms.User", on_delete=models.PROTECT, null=True, related_name="+")
    received_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True, blank=True)
    is_late = models.BooleanField(
        default=False, db_default=False, help_text=_("came after the window of its day")
    )

    objects = SignalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"], condition=Q(superseded_at=None), name="one_current_signal"
            ),
            models.CheckConstraint(condition=Q(units__gte=0), name="signal_units_not_negative"),
            models.CheckConstraint(condition=Q(buyers=None) | Q(buyers__gte=0), name="buyers_not_negative"),
            models.CheckConstraint(
                condition=Q(new_buyers=None) | Q(new_buyers__gte=0), name="new_buyers_not_negative"
            ),
        ]
        indexes = [
            models.Index(
                fields=["product", "market", "source", "on"],
                condition=Q(superseded_at=None),
                name="signal_series",
            ),
            models.Index(fields=["-received_at"], condition=Q(is_late=True), name="signal_late"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.external_id}: {self.units}"


class SeriesQuerySet(models.QuerySet["Series"]):
    def changed(self) -> "SeriesQuerySet":
        """With observations that the detector has not seen yet: the row is the message."""
        return self.filter(changed_at__isnull=False)


class Series(models.Model):
    """A product in a market as one kind of source tells it, day by day."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="series")
    market = CountryField(_("market"))
    source = models.CharField(_("source"), max_length=8, choices=Signal.Source.choices)
    is_synthetic = models.BooleanField(default=False, help_text=_("invented, for trying the platform"))
    changed_at = models.DateTimeField(null=True)
    noticed_at = models.DateTimeField(null=True)
    last_on = models.DateField(null=True, help_text=_("last day that the detector has seen"))
    # what the detector remembers, through `memory_on`, from the signals before; days up to it are not read again
    memory = models.BinaryField(null=True)
    memory_on = models.DateField(null=True)
    changed_from_on = models.DateField(
        null=True, help_text=_("earliest day with a change that it has not seen")
    )

    objects = SeriesQuerySet.as_manager()

    class Meta:
        verbose_name_plural = _("series")
        constraints = [
            models.UniqueConstraint(fields=["product", "market", "source"], name="one_row_a_series")
        ]
        indexes = [
            models.Index(fields=["changed_at"], condition=Q(changed_at__isnull=False), name="series_changed")
        ]

    def __str__(self) -> str:
        return f"{self.product} in {self.market} ({self.source})"


class Feed(models.Model):
    """A recorded year that is fed day by day on the market clock: up to which day it was fed."""

    name = models.CharField(max_length=80, unique=True)
    shift_days = models.IntegerField(help_text=_("added to a recorded day, it is a day of the market clock"))
    fed_until_on = models.DateField(null=True)
    ends_on = models.DateField()

    def __str__(self) -> str:
        return f"{self.name} until {self.fed_until_on}"


class SpikeQuerySet(models.QuerySet["Spike"]):
    def waiting(self) -> "SpikeQuerySet":
        """Confirmed, and nobody has answered yet: the row is the message."""
        return self.filter(level=Spike.Level.CONFIRMED, answered_at=None, dismissed_at=None)

    def answered(self) -> "SpikeQuerySet":
        """An opportunity stands for it."""
        return self.filter(answered_at__isnull=False, dismissed_at=None)


class Spike(models.Model):
    """A surge of a product in a market, with its evidence."""

    class Level(models.TextChoices):
        WATCH = "watch", _("Watch")
        CONFIRMED = "confirmed", _("Confirmed")

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="spikes")
    market = CountryField(_("market"))
    source = models.CharField(max_length=8, choices=Signal.Source.choices)
    level = models.CharField(max_length=10, choices=Level.choices)
    onset_on = models.DateField(_("began"))
    first_on = models.DateField(_("first noticed"))
    last_on = models.DateField(_("last seen"))
    strength = models.FloatField(_("strength"))
    peak_strength = models.FloatField()
    evidence = models.JSONField()
    noticed_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    dismissed_at = models.DateTimeField(null=True, blank=True)
    dismissed_by = models.ForeignKey("firms.User", on_delete=models.PROTECT, null=True, related_name="+")
    dismissal_reason = models.CharField(max_length=400, blank=True)
    is_real = models.BooleanField(null=True, help_text=_("judged two weeks later"))
    days_late = models.SmallIntegerField(null=True, help_text=_("from the doubling of demand to the alarm"))

    objects = SpikeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["product", "market", "source", "first_on"], name="one_spike_a_start"
            )
        ]
        indexes = [
            models.Index(
                fields=["noticed_at"],
                condition=Q(level="confirmed", answered_at=None, dismissed_at=None),
                name="spike_waiting",
            ),
            models.Index(fields=["first_on"], condition=Q(is_real=None), name="spike_unjudged"),
        ]

    def __str__(self) -> str:
        return f"{self.product} in {self.market} since {self.onset_on}"
