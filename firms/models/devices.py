"""Where people are reached beside the platform and by e-mail: their browsers, and a robot in a firm's group chat."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from firms.endpoints import MOST_CHARACTERS
from firms.models.firm import Firm
from firms.models.people import MailGroup, User
from firms.models.phones import Phone


class PushSubscriptionQuerySet(models.QuerySet["PushSubscription"]):
    def live(self) -> "PushSubscriptionQuerySet":
        return self.filter(ended_at=None, user__is_active=True)


class PushSubscription(models.Model):
    """A browser that takes push messages for a person (RFC 8030): where they go, and the keys to write them with."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="push_subscriptions")
    endpoint = models.CharField(max_length=MOST_CHARACTERS, unique=True)
    p256dh = models.CharField(max_length=100, help_text=_("public key of the browser, base64url"))
    auth = models.CharField(max_length=40, help_text=_("shared secret, base64url"))
    device = models.CharField(max_length=120, blank=True)
    phone = models.ForeignKey(
        Phone, on_delete=models.SET_NULL, null=True, related_name="+", help_text=_("when it is a shared one")
    )
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = PushSubscriptionQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.device} of {self.user}"


class Robot(models.Model):
    """A robot in a firm's group chat that tells what the firm's people are told."""

    class Kind(models.TextChoices):
        WECOM = "wecom", "WeCom 企业微信"
        DINGTALK = "dingtalk", "DingTalk 钉钉"

    firm = models.OneToOneField(Firm, on_delete=models.CASCADE, related_name="robot")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    sealed = models.TextField(help_text=_("its address and its secret, encrypted"))
    groups = models.JSONField(default=list, help_text=_("groups of notices that it tells"))
    language = models.CharField(_("language"), max_length=10, blank=True)
    made_at = models.DateTimeField()
    failed_at = models.DateTimeField(null=True, blank=True, help_text=_("when it last refused a message"))

    def __str__(self) -> str:
        return f"{self.kind} of {self.firm}"


GROUPS = [group for group in MailGroup if group != MailGroup.WATCH]
