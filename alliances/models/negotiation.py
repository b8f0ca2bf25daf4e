"""Other terms that are talked about while an invitation is open."""

from django.db import models

from alliances.models.record import Note
from alliances.models.seats import Invitation
from alliances.negotiation import Move


class CounterOffer(models.Model):
    """One move of a negotiation: the firm proposes, or an operator answers. Rows are only added."""

    invitation = models.ForeignKey(Invitation, on_delete=models.PROTECT, related_name="counter_offers")
    number = models.PositiveSmallIntegerField()
    move = models.CharField(max_length=10, choices=[(m.value, m.value) for m in Move])
    by = models.ForeignKey("firms.User", on_delete=models.PROTECT, related_name="+")
    before = models.JSONField(help_text="the terms that were offered")
    terms = models.JSONField(help_text="the terms that are proposed, or are offered from now on")
    note = models.ForeignKey(Note, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["invitation", "number"]
        constraints = [
            models.UniqueConstraint(fields=["invitation", "number"], name="one_move_a_number"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.move}"
