"""What alliances have taught about the days of a route's tasks."""

from django.db import models
from django.db.models import F, Q


class TaskDays(models.Model):
    """The days of one task of a route, adopted by an operator; every new proposal is planned with them."""

    route = models.CharField(max_length=1)
    code = models.CharField(max_length=12)
    low = models.FloatField()
    likely = models.FloatField()
    high = models.FloatField()
    set_at = models.DateTimeField()
    set_by = models.ForeignKey("firms.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["route", "code"], name="one_row_a_task_of_a_route"),
            models.CheckConstraint(
                condition=Q(low__gte=0, likely__gte=F("low"), high__gte=F("likely")), name="days_rise"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.route} {self.code}: {self.low} / {self.likely} / {self.high}"
