"""What waits for an operator, in all alliances: a few lists that fit on one page, most urgent first."""

from dataclasses import dataclass
from datetime import datetime

from alliances.escalation import Step
from alliances.lifecycle import State
from alliances.models import Alliance, Change, Dispute, Invitation, Notice, Objection, Task
from alliances.queries.negotiation import open_proposals

SHOWN = 20


@dataclass(frozen=True)
class Waiting:
    """What an operator should look at, and how many e-mails never arrived."""

    talks: list[Invitation]  # whose firm proposes other terms
    changes: list[Change]  # a partner to be replaced, another plan, an orderly end: yes or no
    late: list[Task]  # that the operators were told of
    objections: list[Objection]
    disputes: list[Dispute]
    suspended: list[Alliance]  # by somebody else: only a second person clears them
    ending: list[Alliance]  # whose state ends before long by itself
    undelivered: int

    @property
    def is_empty(self) -> bool:
        return not (self.decisions or self.late or self.ending or self.undelivered)

    @property
    def decisions(self) -> int:
        """How much of it goes on, or lapses, by a word of an operator."""
        for_people = len(self.talks) + len(self.changes) + len(self.suspended)
        return for_people + len(self.objections) + len(self.disputes)


def waiting(now: datetime, user_id: int) -> Waiting:
    """Everything that waits for this operator now; a fixed number of queries."""
    late = Task.objects.open().filter(alliance__in=Alliance.objects.live(), ladder_step__gte=Step.OPERATOR)
    changes = Change.objects.filter(state=Change.State.WAITING)
    objections = Objection.objects.filter(answered_at=None, settlement__alliance__in=Alliance.objects.live())
    suspended = Alliance.objects.filter(state=State.SUSPENDED).exclude(suspended_by=user_id)
    clearable = list(suspended.order_by("due_at")[:SHOWN])
    return Waiting(
        talks=list(open_proposals()[:SHOWN]),
        changes=list(changes.select_related("alliance", "seat__firm").order_by("due_at")[:SHOWN]),
        late=list(late.select_related("alliance", "seat__firm").order_by("due_at")[:SHOWN]),
        objections=list(objections.select_related("firm", "settlement__alliance").order_by("at")[:SHOWN]),
        disputes=list(Dispute.objects.open().select_related("firm", "alliance").order_by("due_at")[:SHOWN]),
        suspended=clearable,
        ending=[row for row in _ending(now) if row not in clearable],
        undelivered=Notice.objects.undeliverable().count(),
    )


def _ending(now: datetime) -> list[Alliance]:
    rows = Alliance.objects.ending_soon(now).exclude(state=State.SETTLING).order_by("due_at")
    return [row for row in rows if row.ends_soon(now)][:SHOWN]
