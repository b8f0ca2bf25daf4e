"""Versions of the task templates, by route."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class TaskTemplate(models.Model):
    """One version of a route's template. The database refuses to change it, except to approve it once.

    `body` is what `playbook.template_body` writes; living alliances name the version with which they were planned.
    """

    route = models.CharField(max_length=1)
    version = models.PositiveIntegerField()
    body = models.JSONField()
    made_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey("firms.User", on_delete=models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=400, blank=True, help_text=_("why it was made"))

    class Meta:
        ordering = ["route", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["route", "version"], name="one_template_a_version"),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | Q(approved_at__isnull=False),
                name="approved_at_some_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.route}/{self.version}"
