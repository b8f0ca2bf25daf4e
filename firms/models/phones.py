"""Phones that a firm's workers share, the codes with which workers join, and the PINs with which they take turns."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from firms.models.firm import Firm
from firms.models.people import Member, User, digest_of

TURN = "turn"  # marks a session that a PIN or a code has begun, on a phone that others hold too


class WorkCodeQuerySet(models.QuerySet["WorkCode"]):
    def live(self, now: datetime) -> "WorkCodeQuerySet":
        return self.filter(until_at__gt=now, ended_at=None)


class WorkCode(models.Model):
    """Lets workers join a firm for a short time, who are shown it by somebody of the firm."""

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="work_codes")
    digest = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField()
    until_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    joined = models.PositiveSmallIntegerField(default=0, help_text=_("how many have used it"))

    objects = WorkCodeQuerySet.as_manager()

    def __str__(self) -> str:
        return f"code of {self.firm}"


class PhoneQuerySet(models.QuerySet["Phone"]):
    def of_secret(self, secret: str) -> "PhoneQuerySet":
        """The phone that a cookie names, while the firm lets it be used."""
        return self.filter(digest=digest_of(secret), ended_at=None)


class Phone(models.Model):
    """A device on which a firm's workers switch by PIN; it knows itself by a secret in a cookie."""

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="phones")
    digest = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=80, blank=True)
    since_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    taken_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="+", help_text=_("who had it last")
    )
    session = models.CharField(
        max_length=40, blank=True, default="", db_default="", help_text=_("key of the session that it holds")
    )

    objects = PhoneQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.name or 'phone'} of {self.firm}"


class Pin(models.Model):
    """How a worker takes their turn on a phone of the firm; hashed like a password, and worth nothing elsewhere."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="pin")
    hash = models.CharField(max_length=128)
    failures = models.PositiveIntegerField(default=0)
    locked_until_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"PIN of {self.user}"


def workers_with_pin(firm: Firm) -> "models.QuerySet[Member]":
    """Those who may take turns on a firm's phones: workers who are nothing more elsewhere, for a PIN binds nobody."""
    rows = Member.objects.active().filter(firm=firm, role=Member.Role.WORKER, user__pin__isnull=False)
    rows = rows.filter(user__is_operator=False).exclude(user__in=Member.objects.who_sign().values("user"))
    return rows.select_related("user").order_by("user__name", "pk")
