"""Notices on their way to devices and robots, beside the platform and e-mail."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alliances.models.notices import Notice
from firms.models import Firm, User


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def to_send(self) -> "DeliveryQuerySet":
        return self.filter(send_at__isnull=False, sent_at=None, failed_at=None)

    def sendable(self, now: datetime, instant: datetime) -> "DeliveryQuerySet":
        """Those that may go now, and that nobody is sending or has just failed to send."""
        free = Q(next_try_at=None) | Q(next_try_at__lte=instant)
        return self.to_send().filter(free, send_at__lte=now).order_by("send_at", "pk")


class Delivery(models.Model):
    """One notice on its way to a person's devices, or to the robot of a firm, which is told an occasion once.

    `next_try_at` is the lease of who is sending it and, when that fails, the time of the next attempt.
    """

    key = models.CharField(max_length=200, unique=True)
    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="deliveries")
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="+")
    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, null=True, related_name="+")
    send_at = models.DateTimeField(
        null=True, help_text=_("when it may go; none when it is of no use any more")
    )
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True, help_text=_("when sending was given up"))

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, firm=None) | Q(user=None, firm__isnull=False),
                name="delivery_to_a_person_or_a_firm",
            )
        ]
        indexes = [
            models.Index(
                fields=["send_at"],
                condition=Q(send_at__isnull=False, sent_at=None, failed_at=None),
                name="delivery_to_send",
            )
        ]

    def __str__(self) -> str:
        return self.key
