"""Seats, and the invitations to them."""

import uuid
from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alliances.lifecycle import InvitationState, SeatState
from alliances.models.alliance import Alliance
from alliances.models.record import Stream
from firms.models import Firm


class Seat(models.Model):
    """A role that the plan needs, and the firm that holds it."""

    State = SeatState

    alliance = models.ForeignKey(Alliance, on_delete=models.PROTECT, related_name="seats")
    slot = models.CharField(max_length=24)
    number = models.PositiveSmallIntegerField(default=1)
    is_mandatory = models.BooleanField(default=True)
    state = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in SeatState], default=SeatState.OPEN.value
    )
    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, null=True, related_name="seats")
    terms = models.JSONField(default=dict)
    succeeds = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="successor",
        help_text=_("the seat it takes over"),
    )
    candidates = models.JSONField(default=list, help_text=_("next firms with their terms, best first"))

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "slot", "number"], name="one_row_a_seat"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "invited", "ended"]) | Q(firm__isnull=False),
                name="held_by_a_firm",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.slot}-{self.number}"

    @property
    def purpose(self) -> str:
        """What capacity is held for, in the ledger of the firms' room."""
        return f"{self.alliance.key}/{self.slot}-{self.number}"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def due(self, now: datetime) -> "InvitationQuerySet":
        return self.filter(state=InvitationState.PENDING, due_at__lte=now).order_by("due_at", "pk")

    def to_remind(self, now: datetime) -> "InvitationQuerySet":
        return self.filter(state=InvitationState.PENDING, remind_at__lte=now, due_at__gt=now)

    def of(self, user_id: int) -> "InvitationQuerySet":
        """Invitations of the firms that a person acts for."""
        return self.filter(firm__members__user_id=user_id, firm__members__ended_at=None).distinct()


class Invitation(models.Model):
    """An offer of a seat to one firm, with the exact terms that it would accept, and a time to live.

    An accepted invitation is the firm's mandate to sign an agreement that contains exactly these terms.
    """

    State = InvitationState

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="invitations")
    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="invitations")
    terms = models.TextField(help_text=_("canonical JSON of what the firm is asked to accept"))
    terms_hash = models.CharField(max_length=64)
    state = models.CharField(
        max_length=10,
        choices=[(s.value, s.value) for s in InvitationState],
        default=InvitationState.PENDING.value,
    )
    sent_at = models.DateTimeField()
    due_at = models.DateTimeField()
    remind_at = models.DateTimeField(null=True, help_text=_("when the firm is reminded next"))
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey("firms.User", on_delete=models.PROTECT, null=True, related_name="+")
    decline_reason = models.CharField(max_length=400, blank=True)
    stream = models.OneToOneField(Stream, on_delete=models.PROTECT, related_name="invitation")

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["seat"],
                condition=Q(state__in=["pending", "accepted"]),
                name="one_live_invitation_a_seat",
            ),
            models.UniqueConstraint(fields=["seat", "firm"], name="a_firm_is_asked_once_for_a_seat"),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="pending"), name="invitation_due"),
            models.Index(fields=["remind_at"], condition=Q(state="pending"), name="invitation_remind"),
        ]

    def __str__(self) -> str:
        return f"{self.firm} for {self.seat}: {self.state}"
