"""Views that a person keeps: a table with its filter and order, under a name."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from firms.models.people import User

UNDO = timedelta(hours=1)


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def of(self, user_id: int, table: str) -> "SavedViewQuerySet":
        """A person's views of a table, by name."""
        return self.filter(user_id=user_id, table=table, dropped_at=None).order_by("name", "pk")

    def just_dropped(self, user_id: int, table: str, now: datetime) -> "SavedViewQuerySet":
        """Those whose deletion can still be undone, the latest first."""
        rows = self.filter(user_id=user_id, table=table, dropped_at__gt=now - UNDO)
        return rows.order_by("-dropped_at", "-pk")


class SavedView(models.Model):
    """A named filter of a person's."""

    class Table(models.TextChoices):
        ALLIANCES = "alliances", _("Alliances")
        FIRMS = "firms", _("Firms")
        SPIKES = "spikes", _("Spikes")
        OPPORTUNITIES = "opportunities", _("Opportunities")
        SIGNALS = "signals", _("Signals")
        PROPOSALS = "proposals", _("Proposals")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_views")
    table = models.CharField(max_length=16, choices=Table.choices)
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=400, help_text=_("filter and order, as in the address"))
    saved_at = models.DateTimeField()
    dropped_at = models.DateTimeField(null=True)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "table", "name"], condition=Q(dropped_at=None), name="one_view_a_name"
            )
        ]

    def __str__(self) -> str:
        return self.name
