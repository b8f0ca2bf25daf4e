"""Proposals, the risk report of each, and who opened it."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from firms.models import Firm
from matching.models.opportunity import Opportunity


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def standing(self) -> "ProposalQuerySet":
        return self.filter(state=Proposal.State.STANDING).order_by("rank")


class Proposal(models.Model):
    """A rough plan: firms for slots, flows over lanes, dates, cost, expected margin, bound, reasons."""

    class State(models.TextChoices):
        STANDING = "standing", _("Standing")
        CHOSEN = "chosen", _("Chosen")
        REPLACED = "replaced", _("Replaced by a newer one")
        REJECTED = "rejected", _("Rejected")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    opportunity = models.ForeignKey(Opportunity, on_delete=models.PROTECT, related_name="proposals")
    rank = models.PositiveSmallIntegerField()
    round = models.PositiveSmallIntegerField(
        default=1, help_text=_("grows when the opportunity is replanned")
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.STANDING)
    route = models.CharField(max_length=1)
    currency = models.CharField(max_length=3)
    units = models.IntegerField()
    revenue_minor = models.BigIntegerField()
    cost_minor = models.BigIntegerField()
    margin_minor = models.BigIntegerField()
    bound_minor = models.BigIntegerField()
    dispatchable_on = models.DateField(help_text=_("first unit at the buyer's side, by the plan"))
    ends_on = models.DateField()
    plan = models.JSONField(help_text=_("flows, offers and breakdown as in the matching problem"))
    tasks = models.JSONField(help_text=_("the task graph that the risk report simulates"))
    reasons = models.JSONField(default=list)
    inputs_hash = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    objects = ProposalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["opportunity", "round", "rank"], name="one_proposal_a_rank"),
            models.UniqueConstraint(
                fields=["opportunity"], condition=models.Q(state="chosen"), name="one_chosen_proposal"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.opportunity}: {self.rank} ({self.route})"

    @property
    def is_standing(self) -> bool:
        return self.state == Proposal.State.STANDING


class ProposedSeat(models.Model):
    """A slot of the plan, and the firms that could hold it, best first."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="seats")
    slot = models.CharField(max_length=24)
    number = models.PositiveSmallIntegerField(default=1)
    is_mandatory = models.BooleanField(default=True)
    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="+")
    terms = models.JSONField(help_text=_("what is offered to the firm: offers, units, money, dates"))
    candidates = models.JSONField(default=list, help_text=_("next firms with their terms, best first"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["proposal", "slot", "number"], name="one_firm_a_proposed_seat")
        ]

    def __str__(self) -> str:
        return f"{self.slot}: {self.firm}"


class RiskReport(models.Model):
    """A seeded simulation of exactly one proposal's task graph."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="risk_reports")
    inputs_hash = models.CharField(max_length=64)
    seed = models.IntegerField()
    figures = models.JSONField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "inputs_hash", "seed"], name="one_report_of_the_same_inputs"
            )
        ]

    def __str__(self) -> str:
        return f"risk of {self.proposal_id} at {self.made_at:%Y-%m-%d %H:%M}"


class Opening(models.Model):
    """A person opened a risk report; without it, that person cannot approve the plan."""

    report = models.ForeignKey(RiskReport, on_delete=models.PROTECT, related_name="openings")
    user = models.ForeignKey("firms.User", on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "user"], name="opened_once_is_opened")]

    def __str__(self) -> str:
        return f"{self.report_id} opened by {self.user_id}"
