"""What the platform proposes for a living alliance, and a person decides."""

import uuid

from django.db import models
from django.db.models import Q

from alliances.models.alliance import Alliance
from alliances.models.seats import Seat


class Change(models.Model):
    """A partner to be replaced, a smaller plan, an orderly exit: proposed with its figures, decided by a person."""

    class Kind(models.TextChoices):
        REPLACEMENT = "replacement"  # a partner does not deliver
        DEMAND = "demand"  # the market wants much less, or much more, than was planned
        STAND_DOWN = "stand_down"  # the trend is over

    class State(models.TextChoices):
        WAITING = "waiting"  # for an operator
        CONFIRMED = "confirmed"
        DISMISSED = "dismissed"
        LAPSED = "lapsed"  # nobody decided in time, or the alliance has moved on

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    alliance = models.ForeignKey(Alliance, on_delete=models.PROTECT, related_name="changes")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, null=True, related_name="changes")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    reason = models.CharField(max_length=400, blank=True)
    figures = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("firms.User", on_delete=models.PROTECT, null=True, related_name="+")
    decision_reason = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "kind", "seat"],
                condition=Q(state="waiting"),
                nulls_distinct=False,
                name="one_waiting_change_of_a_kind",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["confirmed", "dismissed"]) | Q(decided_by__isnull=False),
                name="a_person_decides_a_change",
            ),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(state="waiting"), name="change_due")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.state}"
