"""How much of a firm is free: weeks of a line, and the ledger of what is held and reserved in them."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from firms.models.firm import Firm


class Line(models.Model):
    """A production line, a crew or a carrier's weekly space: what several competencies share."""

    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="lines")
    name = models.CharField(_("name"), max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["firm", "name"], name="one_line_a_name")]

    def __str__(self) -> str:
        return self.name


class CapacityWeek(models.Model):
    """Units that a line can do in the week from a Monday on. A trigger keeps `used_units` = the ledger."""

    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="weeks")
    week_on = models.DateField(_("week from"))
    published_units = models.IntegerField(_("units"))
    used_units = models.IntegerField(default=0, editable=False)
    published_at = models.DateTimeField()

    class Meta:
        ordering = ["week_on"]
        constraints = [
            models.UniqueConstraint(fields=["line", "week_on"], name="one_row_a_week"),
            models.CheckConstraint(condition=Q(published_units__gte=0), name="published_not_negative"),
            models.CheckConstraint(condition=Q(used_units__gte=0), name="used_not_negative"),
            models.CheckConstraint(
                condition=Q(used_units__lte=F("published_units")), name="free_not_negative"
            ),
            models.CheckConstraint(condition=Q(week_on__iso_week_day=1), name="weeks_start_on_monday"),
        ]

    def __str__(self) -> str:
        return f"{self.line} {self.week_on}: {self.free_units} free"

    @property
    def free_units(self) -> int:
        return self.published_units - self.used_units


class ReservationQuerySet(models.QuerySet["Reservation"]):
    def live(self) -> "ReservationQuerySet":
        return self.exclude(state=Reservation.State.RELEASED)

    def of(self, purpose: str) -> "ReservationQuerySet":
        return self.filter(purpose=purpose)

    def below(self, purpose: str) -> "ReservationQuerySet":
        """Entries of a purpose and of those below it: `A` is `A` and `A/B`, never `AB`."""
        path = purpose.rstrip("/")
        return self.filter(Q(purpose=path) | Q(purpose__startswith=path + "/"))


class Reservation(models.Model):
    """A ledger entry: units of one week, held while inviting, reserved once all signed, then released."""

    class State(models.TextChoices):
        HELD = "held", _("Held")
        RESERVED = "reserved", _("Reserved")
        RELEASED = "released", _("Released")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    week = models.ForeignKey(CapacityWeek, on_delete=models.PROTECT, related_name="reservations")
    purpose = models.CharField(max_length=80, db_index=True, help_text=_("what the units are for"))
    units = models.IntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.HELD)
    held_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True, blank=True)

    objects = ReservationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(units__gt=0), name="reserve_something"),
            models.UniqueConstraint(
                fields=["week", "purpose"], condition=~Q(state="released"), name="one_live_entry_a_purpose"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.units} in {self.week_id} for {self.purpose}: {self.state}"
