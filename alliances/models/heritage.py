"""What an alliance leaves behind: how long its tasks took, what was learned, and what follows from it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alliances.models.alliance import Alliance
from matching.models import Opportunity


class Duration(models.Model):
    """How long a task took once, without the time for which it waited. A cancelled one took at least so long."""

    alliance = models.ForeignKey(Alliance, on_delete=models.PROTECT, related_name="durations")
    route = models.CharField(max_length=1)
    code = models.CharField(max_length=12)
    days = models.FloatField()
    is_censored = models.BooleanField(default=False)
    filed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["alliance", "code"], name="one_duration_a_task"),
            models.CheckConstraint(condition=Q(days__gte=0), name="duration_not_negative"),
        ]
        indexes = [models.Index(fields=["route", "code", "-id"], name="durations_of_a_task")]

    def __str__(self) -> str:
        return f"{self.route} {self.code}: {self.days}"


class Lesson(models.Model):
    """What was planned and what came of it, as sentences of the platform: message codes with what they need."""

    alliance = models.OneToOneField(Alliance, on_delete=models.PROTECT, related_name="lesson")
    rows = models.JSONField()
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"lessons of {self.alliance}"


class TemplateProposal(models.Model):
    """Tasks of a route that take other days than its template says; an operator adopts them, or sets it aside."""

    class State(models.TextChoices):
        OPEN = "open", _("Waiting for an operator")
        ADOPTED = "adopted", _("Adopted: new plans use these days")
        DISMISSED = "dismissed", _("Set aside")
        OVERTAKEN = "overtaken", _("Overtaken by newer observations")

    route = models.CharField(max_length=1)
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)
    changes = models.JSONField(help_text=_("task, old and new days (low, likely, high), observations"))
    made_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("firms.User", on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=400, blank=True)
    version = models.PositiveIntegerField(null=True, help_text=_("of the template that it became"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["route"], condition=Q(state="open"), name="one_open_template_proposal_a_route"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["adopted", "dismissed"]) | Q(decided_by__isnull=False),
                name="a_person_decides_a_template",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.route}: {self.state}"


class Succession(models.Model):
    """An opportunity that was raised after a dissolved alliance, or beside one whose market wants more.

    The first alliance stays as it is; what follows is a new one, through the whole ordinary path.
    """

    opportunity = models.OneToOneField(Opportunity, on_delete=models.PROTECT, related_name="succession")
    predecessor = models.ForeignKey(Alliance, on_delete=models.PROTECT, related_name="successions")
    by = models.ForeignKey("firms.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.opportunity} after {self.predecessor}"
