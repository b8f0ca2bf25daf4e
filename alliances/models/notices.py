"""What people were told about alliances: on the platform at once, by e-mail when they want it and may be disturbed."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alliances.models.alliance import Alliance
from alliances.models.seats import Invitation
from alliances.models.tasks import Task
from firms.models import Firm


class NoticeQuerySet(models.QuerySet["Notice"]):
    def unseen(self, user_id: int) -> "NoticeQuerySet":
        return self.filter(user_id=user_id, seen_at=None)

    def to_send(self) -> "NoticeQuerySet":
        """Those that an e-mail still waits for, now or later."""
        return self.filter(send_at__isnull=False, emailed_at=None, failed_at=None)

    def sendable(self, now: datetime, instant: datetime) -> "NoticeQuerySet":
        """Those whose e-mail may go now, and that nobody is sending or has just failed to send."""
        free = Q(next_try_at=None) | Q(next_try_at__lte=instant)
        return self.to_send().filter(free, send_at__lte=now).order_by("send_at", "pk")

    def undeliverable(self) -> "NoticeQuerySet":
        return self.filter(failed_at__isnull=False)


class Notice(models.Model):
    """Something that one person was told, once: the key names the occasion, and no occasion has two notices.

    `params` fills the text of the kind; it names no person. `next_try_at` is the lease of who is sending the
    e-mail and, when that fails, the time of the next attempt.
    """

    key = models.CharField(max_length=160, unique=True)
    kind = models.CharField(max_length=24)
    user = models.ForeignKey("firms.User", on_delete=models.CASCADE, related_name="notices")
    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, null=True, related_name="+")
    alliance = models.ForeignKey(Alliance, on_delete=models.PROTECT, related_name="notices")
    invitation = models.ForeignKey(Invitation, on_delete=models.PROTECT, null=True, related_name="+")
    task = models.ForeignKey(Task, on_delete=models.PROTECT, null=True, related_name="+")
    params = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)
    send_at = models.DateTimeField(null=True, help_text=_("when the e-mail may go; none when none is wanted"))
    emailed_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True, help_text=_("when sending the e-mail was given up"))

    objects = NoticeQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["user", "-made_at"], name="notice_of_a_person"),
            models.Index(fields=["user"], condition=Q(seen_at=None), name="notice_unseen"),
            models.Index(
                fields=["send_at"],
                condition=Q(send_at__isnull=False, emailed_at=None, failed_at=None),
                name="notice_to_send",
            ),
        ]

    def __str__(self) -> str:
        return self.key
