"""Who gets what, and objections to it."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alliances.lifecycle import DISPUTE_OVER, DisputeState
from alliances.models.alliance import Alliance
from alliances.models.tasks import Task
from firms.models import Firm


class Settlement(models.Model):
    """The computed shares of an alliance; a pure function of its record that anyone may re-run.

    The row and its shares are the version that holds now; what earlier ones said is in their own rows.
    """

    alliance = models.OneToOneField(Alliance, on_delete=models.PROTECT, related_name="settlement")
    inputs = models.JSONField()
    inputs_hash = models.CharField(max_length=64)
    version = models.PositiveSmallIntegerField(default=1, db_default=1)
    made_at = models.DateTimeField()
    objections_until_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"settlement of {self.alliance}"


class SettlementVersion(models.Model):
    """What a settlement said, and what was changed to come to that: by whom, and why."""

    settlement = models.ForeignKey(Settlement, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    inputs = models.JSONField()
    inputs_hash = models.CharField(max_length=64)
    shares = models.JSONField(help_text=_("firm, currency and amount of each share"))
    changes = models.JSONField(default=list, help_text=_("each corrected input, before and after"))
    reason = models.CharField(max_length=1000, blank=True)
    by = models.ForeignKey("firms.User", on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["settlement", "number"], name="one_row_a_version")]

    def __str__(self) -> str:
        return f"version {self.number} of {self.settlement}"


class Share(models.Model):
    """What one firm receives (or pays, when negative) in one currency, and why."""

    settlement = models.ForeignKey(Settlement, on_delete=models.PROTECT, related_name="shares")
    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="shares")
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    reasons = models.JSONField(default=list)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey("firms.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["settlement", "firm", "currency"], name="one_share_a_firm_and_currency"
            )
        ]

    def __str__(self) -> str:
        return f"{self.firm}: {self.amount_minor} {self.currency}"


class ObjectionQuerySet(models.QuerySet["Objection"]):
    def open(self, now: datetime) -> "ObjectionQuerySet":
        """Without an answer, or with one that the firm has neither accepted nor disputed and still may."""
        may_dispute = Q(open_until_at__gt=now, accepted_at=None, dispute=None)
        return self.filter(Q(answered_at=None) | may_dispute)


class Objection(models.Model):
    """A firm objects to the settlement; an operator answers it before the alliance can dissolve."""

    settlement = models.ForeignKey(Settlement, on_delete=models.PROTECT, related_name="objections")
    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("firms.User", on_delete=models.PROTECT, related_name="+")
    text = models.CharField(_("objection"), max_length=1000)
    at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey("firms.User", on_delete=models.PROTECT, null=True, related_name="+")
    answer = models.CharField(_("answer"), max_length=1000, blank=True)
    version = models.PositiveSmallIntegerField(default=1, db_default=1)
    matter = models.CharField(_("what it is about"), max_length=160, blank=True, db_default="")
    is_upheld = models.BooleanField(default=False, db_default=False)
    accepted_at = models.DateTimeField(null=True)
    open_until_at = models.DateTimeField(null=True, help_text=_("until when the answer may be disputed"))

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["settlement", "firm"], condition=Q(answered_at=None), name="one_open_objection_a_firm"
            ),
            models.UniqueConstraint(
                fields=["settlement", "firm", "matter"],
                condition=~Q(matter=""),
                name="one_objection_a_firm_and_matter",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.firm}: {self.text[:40]}"


class DisputeQuerySet(models.QuerySet["Dispute"]):
    def open(self) -> "DisputeQuerySet":
        return self.exclude(state__in=DISPUTE_OVER)

    def due(self, now: datetime) -> "DisputeQuerySet":
        return self.open().filter(due_at__lte=now)


class Dispute(models.Model):
    """Two sides do not agree, and a second person has to rule: about an objection's answer, or about the work."""

    State = DisputeState

    alliance = models.ForeignKey(Alliance, on_delete=models.PROTECT, related_name="disputes")
    objection = models.OneToOneField(Objection, on_delete=models.PROTECT, null=True, related_name="dispute")
    task = models.ForeignKey(Task, on_delete=models.PROTECT, null=True, related_name="disputes")
    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("firms.User", on_delete=models.PROTECT, related_name="+")
    text = models.CharField(_("what is disputed"), max_length=1000)
    at = models.DateTimeField()
    due_at = models.DateTimeField(help_text=_("when the record stands, if nobody has ruled"))
    state = models.CharField(
        max_length=10,
        choices=[(s.value, s.value) for s in DisputeState],
        default=DisputeState.OPEN.value,
    )
    ended_at = models.DateTimeField(null=True)
    ruled_by = models.ForeignKey("firms.User", on_delete=models.PROTECT, null=True, related_name="+")
    reasons = models.CharField(_("reasons"), max_length=1000, blank=True)
    is_alone = models.BooleanField(default=False, help_text=_("no second person could rule"))
    corrections = models.JSONField(default=list, help_text=_("what the ruling corrects, as inputs"))
    applied_in = models.PositiveSmallIntegerField(null=True, help_text=_("version with the corrections"))

    objects = DisputeQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["upheld", "dismissed"])
                | (Q(ruled_by__isnull=False) & ~Q(reasons="")),
                name="ruled_by_a_person_with_reasons",
            ),
            models.CheckConstraint(
                condition=Q(state="open") | Q(ended_at__isnull=False), name="ended_dispute_has_a_time"
            ),
            models.UniqueConstraint(
                fields=["alliance", "firm"],
                condition=Q(state="open", objection=None),
                name="one_open_dispute_of_work_a_firm",
            ),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(state="open"), name="dispute_due")]

    def __str__(self) -> str:
        return f"{self.firm}: {self.text[:40]}"
