"""What waits for an operator, in all alliances: a few lists that fit on one page, most urgent first."""

from dataclasses import dataclass
from datetime import datetime

from alliances.escalation import Step
from alliances.lifecycle import State
from alliances.models import Alliance, Change, Dispute, Notice, Objection, Task

SHOWN = 20


@dataclass(frozen=True)
class Waiting:
    """What an operator should look at, and how many e-mails never arrived."""

    changes: list[Change]  # a partner to be replaced, another plan, an orderly end: yes or no
    late: list[Task]  # that the operators were told of
    objections: list[Objection]
    disputes: list[Dispute]
    ending: list[Alliance]  # whose state ends before long by itself
    undelivered: int

    @property
    def is_empty(self) -> bool:
        lists = (self.changes, self.late, self.objections, self.disputes, self.ending)
        return not (any(lists) or self.undelivered)


def waiting(now: datetime) -> Waiting:
    """Everything that waits for an operator now; a fixed number of queries."""
    late = Task.objects.open().filter(alliance__in=Alliance.objects.live(), ladder_step__gte=Step.OPERATOR)
    changes = Change.objects.filter(state=Change.State.WAITING)
    objections = Objection.objects.filter(answered_at=None, settlement__alliance__in=Alliance.objects.live())
    return Waiting(
        changes=list(changes.select_related("alliance", "seat__firm").order_by("due_at")[:SHOWN]),
        late=list(late.select_related("alliance", "seat__firm").order_by("due_at")[:SHOWN]),
        objections=list(objections.select_related("firm", "settlement__alliance").order_by("at")[:SHOWN]),
        disputes=list(Dispute.objects.open().select_related("firm", "alliance").order_by("due_at")[:SHOWN]),
        ending=_ending(now),
        undelivered=Notice.objects.undeliverable().count(),
    )


def _ending(now: datetime) -> list[Alliance]:
    rows = Alliance.objects.ending_soon(now).exclude(state=State.SETTLING).order_by("due_at")
    return [row for row in rows if row.ends_soon(now)][:SHOWN]
