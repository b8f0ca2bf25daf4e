"""Spreadsheets that firms send: each waits here while it is read, looked at and taken in."""

import uuid
from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from firms.models.firm import Firm


class SheetQuerySet(models.QuerySet["Sheet"]):
    def due(self, instant: datetime) -> "SheetQuerySet":
        """To be read or taken in, and nobody is at it: the row is the message."""
        free = Q(lease_until_at=None) | Q(lease_until_at__lte=instant)
        return self.filter(free, state__in=Sheet.WORKING)

    def unfinished(self) -> "SheetQuerySet":
        return self.filter(state__in=[*Sheet.WORKING, Sheet.State.READY])


class Sheet(models.Model):
    """One file of one kind, with how far it is. Its rows lie in parts until it is taken in or withdrawn."""

    class Kind(models.TextChoices):
        COMPETENCIES = "competencies", _("Competencies")
        CAPACITY = "capacity", _("Capacity")
        SITES = "sites", _("Sites")

    class State(models.TextChoices):
        READING = "reading", _("Being read")
        READY = "read", _("Read: look at it")
        APPLYING = "applying", _("Being taken in")
        DONE = "taken_in", _("Taken in")
        FAILED = "unreadable", _("Cannot be read")
        WITHDRAWN = "discarded", _("Discarded")

    WORKING = (State.READING, State.APPLYING)

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="sheets")
    sent_by = models.ForeignKey("firms.User", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    name = models.CharField(_("file"), max_length=120, blank=True)
    content = models.BinaryField(null=True)
    place = models.CharField(_("place"), max_length=5, blank=True, help_text=_("for facilities without one"))
    state = models.CharField(max_length=10, choices=State.choices, default=State.READING)
    lease_until_at = models.DateTimeField(null=True)
    read_rows = models.IntegerField(default=0, help_text=_("so far"))
    expected_rows = models.IntegerField(null=True)
    wrong_rows = models.IntegerField(default=0)
    new_rows = models.IntegerField(default=0)
    changed_rows = models.IntegerField(default=0)
    same_rows = models.IntegerField(default=0)
    fault = models.CharField(max_length=40, blank=True, help_text=_("why it cannot be read or taken in"))
    fault_detail = models.CharField(max_length=400, blank=True)
    sent_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = SheetQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["state"], condition=Q(state__in=["reading", "applying"]), name="sheet_to_work_on"
            ),
            models.Index(fields=["firm", "kind", "-sent_at"], name="sheet_of_a_firm"),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.state}"


class SheetPart(models.Model):
    """A thousand rows as they were read: their values, what each does, and what is wrong in them."""

    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="parts")
    number = models.IntegerField()
    rows = models.JSONField(help_text=_("number, what it does, values; of the good ones"))
    faults = models.JSONField(help_text=_("row, column, code, what was found"))

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["sheet", "number"], name="one_part_a_number")]

    def __str__(self) -> str:
        return f"{self.sheet_id}/{self.number}"
