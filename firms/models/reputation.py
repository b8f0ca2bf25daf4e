"""The account from which a firm's reputation follows: one line for each thing that it did, and its appeals."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from firms.models.firm import Firm
from firms.reputation import KEPT_FOR, Deed


class ObservationQuerySet(models.QuerySet["Observation"]):
    def standing(self, now: datetime) -> "ObservationQuerySet":
        """Those that are neither too old nor struck after an appeal."""
        return self.filter(at__gt=now - KEPT_FOR).exclude(appeal__state=Appeal.State.UPHELD)


class Observation(models.Model):
    """Something that a firm did in an alliance. Lines are only added; the database refuses to change one.

    It names no person: who acted for the firm is nobody's concern here.
    """

    class Dimension(models.TextChoices):
        ON_TIME = "on_time", _("On time")
        QUALITY = "quality", _("Quality")
        ANSWERED = "answered", _("Answered")

    class Outcome(models.TextChoices):
        KEPT = "kept", _("finished in time")
        LATE = "late", _("finished late")
        BROKEN = "broken", _("promised and not done")
        SOUND = "sound", _("goods as promised")
        FAULTY = "faulty", _("damage or missing units")
        ANSWERED = "answered", _("answered in time")
        SILENT = "silent", _("not answered")

    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="observations")
    slot = models.CharField(max_length=24)
    scope = models.CharField(max_length=80, blank=True, help_text=_("a product heading, or markets"))
    dimension = models.CharField(max_length=8, choices=Dimension.choices)
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    good = models.FloatField()
    bad = models.FloatField()
    alliance_key = models.UUIDField(null=True, help_text=_("empty: from before single deeds were kept"))
    alliance_title = models.CharField(max_length=200, blank=True)
    subject = models.CharField(max_length=64, blank=True, help_text=_("which task or invitation"))
    title = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    filed_at = models.DateTimeField()

    objects = ObservationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["firm", "alliance_key", "subject", "dimension"], name="a_deed_is_filed_once"
            ),
            models.CheckConstraint(condition=Q(good__gte=0, bad__gte=0), name="evidence_not_negative"),
        ]
        indexes = [models.Index(fields=["firm", "-at"], name="firm_observations")]

    def __str__(self) -> str:
        return f"{self.slot} {self.outcome} {self.subject}"

    @property
    def deed(self) -> Deed:
        return Deed(
            self.pk,
            self.slot,
            self.scope,
            self.dimension,
            self.outcome,
            self.good,
            self.bad,
            self.at,
            self.alliance_key,
        )


class AppealQuerySet(models.QuerySet["Appeal"]):
    def due(self, now: datetime) -> "AppealQuerySet":
        return self.filter(state=Appeal.State.OPEN, due_at__lte=now).order_by("due_at", "pk")


class Appeal(models.Model):
    """A firm says that a line of its account is wrong. Unanswered in time it is upheld: silence is not its fault."""

    class State(models.TextChoices):
        OPEN = "open", _("Waiting for an operator")
        UPHELD = "upheld", _("Upheld: the line is struck")
        DISMISSED = "dismissed", _("Dismissed: the line stands")

    observation = models.OneToOneField(Observation, on_delete=models.PROTECT, related_name="appeal")
    text = models.CharField(max_length=1000)
    by = models.ForeignKey("firms.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)
    answer = models.CharField(max_length=1000, blank=True)
    answered_by = models.ForeignKey("firms.User", on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    objects = AppealQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", answered_at=None)
                | (~Q(state="open") & Q(answered_at__gte=F("at"))),
                name="an_appeal_is_open_or_answered",
            )
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(state="open"), name="appeal_due")]

    def __str__(self) -> str:
        return f"{self.state}: {self.text[:60]}"
