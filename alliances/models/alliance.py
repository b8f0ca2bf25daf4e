"""The alliance, the decision that founded it, and who may see it."""

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from alliances.escalation import STATE_LEADS, state_reminder
from alliances.lifecycle import State
from alliances.models.record import Stream
from config.titles import title_for_reader
from firms.models import Firm
from matching.models import Opportunity, Product, Proposal, RiskReport

if TYPE_CHECKING:
    from alliances.models.agreements import Agreement


class AllianceQuerySet(models.QuerySet["Alliance"]):
    def live(self) -> "AllianceQuerySet":
        return self.exclude(state__in=[State.DISSOLVED, State.ABORTED])

    def ending_soon(self, now: datetime) -> "AllianceQuerySet":
        """Those whose state may end before long by itself."""
        soon = {"due_at__gt": now, "due_at__lte": now + max(STATE_LEADS.values())}
        return self.filter(state__in=list(STATE_LEADS), **soon)

    def untold(self) -> "AllianceQuerySet":
        """Those of which it was not told that their state ends."""
        return self.filter(Q(reminded_for=None) | ~Q(reminded_for=F("entered_at")))

    def seen_by(self, user_id: int) -> "AllianceQuerySet":
        """Alliances whose board a person may open: through a live grant of a firm that they act for."""
        return self.filter(
            grants__ended_at=None,
            grants__firm__members__user_id=user_id,
            grants__firm__members__ended_at=None,
        ).distinct()

    def settling_with(self, user_id: int) -> "AllianceQuerySet":
        """Alliances that settle with a firm that a person acts for, also when it left before the end."""
        return self.filter(
            state__in=[State.SETTLING, State.DISPUTED],
            settlement__shares__firm__members__user_id=user_id,
            settlement__shares__firm__members__ended_at=None,
        ).distinct()


class Alliance(models.Model):
    """The temporary organisation. Its row is the lock under which everything in it happens."""

    State = State

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(_("title"), max_length=200)  # the one that is signed, whatever the language
    title_zh = models.CharField(_("title in Chinese"), max_length=200, blank=True, default="", db_default="")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="alliances")
    opportunity = models.ForeignKey(Opportunity, on_delete=models.PROTECT, related_name="alliances")
    proposal = models.OneToOneField(Proposal, on_delete=models.PROTECT, related_name="alliance")
    route = models.CharField(max_length=1)
    template = models.CharField(
        max_length=12, blank=True, default="", db_default="", help_text=_("planned with, such as B/1")
    )
    currency = models.CharField(max_length=3)
    units = models.IntegerField(_("planned units"))
    state = models.CharField(
        max_length=14, choices=[(s.value, s.value) for s in State], default=State.PROPOSED.value
    )
    entered_at = models.DateTimeField(help_text=_("when the state began"))
    due_at = models.DateTimeField(null=True, help_text=_("when the state's deadline acts"))
    reminded_for = models.DateTimeField(
        null=True, help_text=_("the beginning of the state whose coming end was told")
    )
    end_at = models.DateTimeField(help_text=_("the agreed end: selling stops at the latest"))
    founded_at = models.DateTimeField()
    operating_at = models.DateTimeField(null=True)
    dissolved_at = models.DateTimeField(null=True)
    forecast = models.JSONField(null=True, help_text=_("what is expected of its tasks, as boards show it"))
    forecast_at = models.DateTimeField(null=True, help_text=_("when its last mandatory task is expected"))
    invitation_hours = models.PositiveSmallIntegerField(
        null=True, help_text=_("time to answer an invitation, when the approval says another than usual")
    )
    reopenings = models.PositiveSmallIntegerField(default=0)
    ending_reason = models.CharField(max_length=400, blank=True)
    suspended_by = models.ForeignKey("firms.User", on_delete=models.PROTECT, null=True, related_name="+")
    watched_at = models.DateTimeField(null=True, help_text=_("when its trend and demand were looked at last"))
    root_hash = models.CharField(max_length=64, blank=True)
    forming = models.OneToOneField(Stream, on_delete=models.PROTECT, related_name="+")
    stream = models.OneToOneField(Stream, on_delete=models.PROTECT, null=True, related_name="alliance")
    is_sample = models.BooleanField(default=False)

    objects = AllianceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["dissolved", "aborted"]) | Q(due_at__isnull=False),
                name="every_live_state_has_a_deadline",
            ),
            models.UniqueConstraint(
                fields=["opportunity"],
                condition=~Q(state__in=["proposed", "aborted"]),
                name="one_alliance_answers_an_opportunity",
            ),
            models.CheckConstraint(
                condition=~Q(state="dissolved") | (Q(dissolved_at__isnull=False) & ~Q(root_hash="")),
                name="dissolved_is_sealed",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=~Q(state__in=["dissolved", "aborted"]), name="alliance_due"
            )
        ]

    def __str__(self) -> str:
        return title_for_reader(self.title, self.title_zh)

    def ends_soon(self, now: datetime) -> bool:
        """Whether it is time to say that the state ends by itself."""
        at = state_reminder(self.state, self.entered_at, self.due_at) if self.due_at else None
        return at is not None and at <= now

    @property
    def planned_at(self) -> datetime | None:
        """When the last mandatory task was to be finished."""
        planned = (self.forecast or {}).get("planned_at")
        return datetime.fromisoformat(planned) if planned else None

    @property
    def lateness(self) -> timedelta | None:
        """How much later than planned the end is expected, to the minute; less than nothing when earlier."""
        if self.planned_at is None or self.forecast_at is None:
            return None
        return timedelta(minutes=round((self.forecast_at - self.planned_at) / timedelta(minutes=1)))

    @property
    def days_late(self) -> int:
        """Whole days by which the end is expected later than planned."""
        return max(0, self.lateness.days) if self.lateness else 0

    @property
    def is_over(self) -> bool:
        return self.state in {State.DISSOLVED, State.ABORTED}

    @cached_property
    def common(self) -> "Agreement":
        """The common terms to which every offer is bound."""
        return self.agreements.get(number=0)

    @property
    def agreement(self) -> "Agreement":
        """The agreement as it stands: the latest that was composed; before the first, the common terms."""
        return self.agreements.composed().first() or self.common


class Decision(models.Model):
    """A named person's approval, rejection or override of a proposal, with the risk report that they opened."""

    class Kind(models.TextChoices):
        APPROVED = "approved", _("Approved")
        REJECTED = "rejected", _("Rejected")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="decisions")
    report = models.ForeignKey(RiskReport, on_delete=models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey("firms.User", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=400, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="rejected") | Q(report__isnull=False), name="approved_with_an_opened_report"
            ),
            models.UniqueConstraint(
                fields=["proposal"], condition=Q(kind="approved"), name="one_approval_a_proposal"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.proposal_id}"


class Grant(models.Model):
    """A firm's access to an alliance: from commitment until it leaves or the alliance ends."""

    alliance = models.ForeignKey(Alliance, on_delete=models.PROTECT, related_name="grants")
    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="grants")
    granted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    agreed_to_end_at = models.DateTimeField(null=True, help_text=_("when the firm agreed to an early end"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "firm"], condition=Q(ended_at=None), name="one_live_grant_a_firm"
            )
        ]

    def __str__(self) -> str:
        return f"{self.firm} in {self.alliance}"
