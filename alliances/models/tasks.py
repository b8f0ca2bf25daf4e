"""Tasks of an alliance, and what warehouses report."""

from datetime import datetime

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from alliances.escalation import Step
from alliances.lifecycle import TASK_OVER, SeatState, TaskState
from alliances.models.alliance import Alliance
from alliances.models.seats import Seat
from firms.models import Firm

IN_HAND = [TaskState.READY.value, TaskState.STARTED.value]


class TaskQuerySet(models.QuerySet["Task"]):
    def open(self) -> "TaskQuerySet":
        return self.exclude(state__in=TASK_OVER)

    def late(self, now: datetime) -> "TaskQuerySet":
        return self.open().filter(due_at__lte=now)

    def in_hand(self) -> "TaskQuerySet":
        """What somebody could work on now, and answers for: the only tasks on the ladder of escalation."""
        return self.filter(state__in=IN_HAND, is_milestone=False, seat__firm__isnull=False)

    def off_ladder(self) -> "TaskQuerySet":
        """Those in hand that are not on the ladder yet, or not for this due date and seat, or were reopened."""
        is_at_end = Q(ladder_step=Step.REPLACE) | Q(ladder_step=Step.OPERATOR, is_mandatory=False)
        is_same = Q(ladder_for=F("due_at"), ladder_seat=F("seat"))
        is_on = is_same & (Q(ladder_at__isnull=False) | is_at_end)
        return self.in_hand().filter(Q(ladder_for=None) | ~is_on)

    def climbing(self, now: datetime) -> "TaskQuerySet":
        """Those whose next step of the ladder is due."""
        is_same = Q(ladder_for=F("due_at"), ladder_seat=F("seat"))
        return self.in_hand().filter(is_same, ladder_at__lte=now)

    def of(self, user_id: int) -> "TaskQuerySet":
        """Tasks that firms of a person answer for or help with, in alliances that they may see."""
        mine = Seat.objects.filter(
            state=SeatState.SIGNED,
            firm__members__user_id=user_id,
            firm__members__ended_at=None,
            firm__grants__alliance=F("alliance"),
            firm__grants__ended_at=None,
        )
        helped = Task.helpers.through.objects.filter(task=OuterRef("pk"), seat__in=mine)
        return self.filter(Q(seat__in=mine) | Exists(helped))


class Task(models.Model):
    """A node of the task graph. `version` grows with each change, so that a stale edit is seen."""

    State = TaskState

    alliance = models.ForeignKey(Alliance, on_delete=models.PROTECT, related_name="tasks")
    code = models.CharField(max_length=12)
    title = models.CharField(_("title"), max_length=200)
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, null=True, related_name="tasks")
    helpers = models.ManyToManyField(Seat, related_name="helped_tasks", blank=True)
    after = models.ManyToManyField("self", symmetrical=False, related_name="before", blank=True)
    state = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in TaskState], default=TaskState.WAITING.value
    )
    version = models.IntegerField(default=1)
    is_mandatory = models.BooleanField(default=True)
    is_milestone = models.BooleanField(default=False)
    planned_start_at = models.DateTimeField()
    planned_finish_at = models.DateTimeField()
    due_at = models.DateTimeField(_("due"))
    low_days = models.FloatField(default=0.0, db_default=0.0)
    likely_days = models.FloatField(default=0.0, db_default=0.0)
    high_days = models.FloatField(default=0.0, db_default=0.0)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    ladder_step = models.PositiveSmallIntegerField(
        default=Step.NONE.value, db_default=Step.NONE.value, help_text=_("the last step that was taken")
    )
    ladder_at = models.DateTimeField(null=True, help_text=_("when the next step is taken"))
    ladder_seat = models.BigIntegerField(null=True, help_text=_("the seat that answered for it then"))
    ladder_for = models.DateTimeField(null=True, help_text=_("the due date that the steps are about"))
    target_units = models.IntegerField(null=True)
    done_units = models.IntegerField(default=0)
    reports_revenue = models.BooleanField(default=False, help_text=_("money is reported with it"))
    revenue_minor = models.BigIntegerField(default=0)
    shortfall = models.CharField(max_length=200, blank=True)
    needs_evidence = models.BooleanField(default=False, db_default=False)
    evidence_count = models.IntegerField(default=0, db_default=0)
    comment_count = models.IntegerField(default=0, db_default=0)
    exception_kind = models.CharField(max_length=20, blank=True)
    reported_by = models.ForeignKey(
        Firm,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        help_text=_("whose people reported the exception"),
    )
    is_unfounded = models.BooleanField(
        default=False,
        db_default=False,
        help_text=_(
            "who answered the exception says that it was not so, or only its reporter says that it was"
        ),
    )

    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering = ["planned_start_at", "code"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "code"], name="one_task_a_code"),
            models.CheckConstraint(
                condition=Q(done_units__gte=0, revenue_minor__gte=0), name="progress_not_negative"
            ),
            models.CheckConstraint(
                condition=~Q(state="finished") | Q(finished_at__isnull=False), name="finished_has_a_time"
            ),
            models.CheckConstraint(
                condition=Q(low_days__gte=0, likely_days__gte=F("low_days"), high_days__gte=F("likely_days")),
                name="task_days_rise",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(escalated_at=None) & ~Q(state__in=["finished", "cancelled"]),
                name="task_late",
            ),
            models.Index(
                fields=["alliance", "ladder_at"],
                condition=Q(state__in=["ready", "started"]),
                name="task_ladder",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class StockReport(models.Model):
    """Units that a warehouse counts in a place; the maker sees them live. A later report replaces an earlier one."""

    alliance = models.ForeignKey(Alliance, on_delete=models.PROTECT, related_name="stock_reports")
    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="+")
    place = models.CharField(_("place"), max_length=80)
    units = models.IntegerField(_("units"))
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["alliance", "firm", "place"], name="one_count_a_place"),
            models.CheckConstraint(condition=Q(units__gte=0), name="stock_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.units} in {self.place}"
