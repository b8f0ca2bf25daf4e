"""What was foretold of a surge, and what then came."""

from django.db import models
from django.db.models import F, Q

from matching.models.market import Series


class Foretold(models.Model):
    """A forecast as it was made, and how much was wanted in the end: intervals are kept honest by it."""

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="foretold")
    onset_on = models.DateField()
    made_on = models.DateField()
    days = models.SmallIntegerField()
    low = models.FloatField()
    likely = models.FloatField()
    high = models.FloatField()
    came = models.FloatField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "made_on", "days"], name="one_forecast_a_day"),
            models.CheckConstraint(
                condition=Q(low__gte=0, likely__gte=F("low"), high__gte=F("likely")), name="foretold_in_order"
            ),
        ]
        indexes = [models.Index(fields=["made_on"], condition=Q(came=None), name="foretold_open")]

    def __str__(self) -> str:
        return f"{self.series} on {self.made_on}, {self.days} days: {self.likely:.0f}"
