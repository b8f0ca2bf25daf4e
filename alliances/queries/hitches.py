"""What alliances wait for, and why: late tasks with their cause, and answers that have not come."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliances.lifecycle import TASK_OVER, InvitationState, SeatState, State, TaskState
from alliances.models import Alliance, Invitation, Seat, Share, Task
from config.templatetags.words import slot_label


@dataclass(frozen=True)
class Hitch:
    """One thing that is not done: what, why it is not, and since when it is late (None: it is not late yet)."""

    what: str
    why: str
    late_since: datetime | None = None


def hitches(alliances: Iterable[Alliance], now: datetime) -> dict[int, list[Hitch]]:
    """By alliance; causes before what only waits for them, the oldest first. A fixed number of queries."""
    shown = {row.pk: row for row in alliances}
    found: dict[int, list[Hitch]] = defaultdict(list)
    for task in sorted(_late(shown, now), key=_causes_first):
        found[task.alliance_id].append(Hitch(_named(task), _why(task), task.due_at))
    for task in _foreseen([row for row in shown.values() if row.days_late and row.pk not in found]):
        found[task.alliance_id].append(Hitch(_named(task), _moves_the_end(task, shown[task.alliance_id])))
    for seat in _unanswered(shown):
        found[seat.alliance_id].append(_unheld(seat, now))
    for share in _unconfirmed(shown):
        what = _("The share of %(firm)s") % {"firm": share.firm}
        found[share.settlement.alliance_id].append(Hitch(what, _("not confirmed yet")))
    return dict(found)


def _late(shown: dict[int, Alliance], now: datetime) -> list[Task]:
    living = [pk for pk, row in shown.items() if not row.is_over]
    before = Task.objects.exclude(state__in=TASK_OVER).select_related("seat__firm")
    rows = Task.objects.late(now).filter(alliance__in=living).select_related("seat__firm")
    return list(rows.prefetch_related(Prefetch("after", queryset=before, to_attr="missing")))


def _causes_first(task: Task) -> tuple[bool, datetime, int]:
    return task.state == TaskState.WAITING, task.due_at, task.pk


def _foreseen(slow: list[Alliance]) -> list[Task]:
    """Of alliances that are expected late though no task is: the open task that comes first of those that decide."""
    firsts = [first for row in slow if not row.is_over and (first := _first_critical(row)) is not None]
    return list(Task.objects.filter(pk__in=firsts).select_related("seat__firm").order_by("due_at", "pk"))


def _first_critical(alliance: Alliance) -> int | None:
    expected: dict[str, tuple[str, int]] = (alliance.forecast or {}).get("tasks", {})
    critical = [(finish_at, int(pk)) for pk, (finish_at, is_critical) in expected.items() if is_critical]
    return min(critical, default=("", None))[1]


def _moves_the_end(task: Task, alliance: Alliance) -> str:
    words = ngettext(
        "the end hangs on %(firm)s: expected %(days)s day later than planned",
        "the end hangs on %(firm)s: expected %(days)s days later than planned",
        alliance.days_late,
    )
    return words % {"firm": _holder(task), "days": alliance.days_late}


def _named(task: Task) -> str:
    return f"{task.code} {_(task.title)}"


def _why(task: Task) -> str:
    firm = _holder(task)
    if task.state == TaskState.STARTED and task.target_units:
        words = _("%(firm)s has done %(done)s of %(all)s units")
        return words % {"firm": firm, "done": task.done_units, "all": task.target_units}
    if task.state == TaskState.STARTED:
        return _("%(firm)s has begun it and not finished") % {"firm": firm}
    missing: list[Task] = getattr(task, "missing", [])
    if task.state == TaskState.WAITING and missing:
        names = ", ".join(f"{one.code} ({_holder(one)})" for one in missing)
        return _("waits for %(tasks)s") % {"tasks": names}
    return _("%(firm)s has not begun it") % {"firm": firm}


def _holder(task: Task) -> str:
    return str(task.seat.firm) if task.seat and task.seat.firm else _("nobody")


def _unanswered(shown: dict[int, Alliance]) -> list[Seat]:
    """Seats that alliances which form still need: nobody has accepted, or the agreement is not signed."""
    forming = [
        pk for pk, row in shown.items() if row.state in {State.INVITING, State.NEGOTIATING, State.EVOLVING}
    ]
    open_states = [SeatState.OPEN, SeatState.INVITED, SeatState.ACCEPTED]
    pending = Invitation.objects.filter(state=InvitationState.PENDING).select_related("firm")
    rows = Seat.objects.filter(alliance__in=forming, state__in=open_states, is_mandatory=True)
    kept = rows.exclude(alliance__state=State.INVITING, state=SeatState.ACCEPTED).select_related("firm")
    return list(kept.prefetch_related(Prefetch("invitations", queryset=pending, to_attr="pending")))


def _unheld(seat: Seat, now: datetime) -> Hitch:
    pending: list[Invitation] = getattr(seat, "pending", [])
    if seat.state == SeatState.ACCEPTED:
        return Hitch(slot_label(seat.slot), _("%(firm)s has not signed yet") % {"firm": seat.firm})
    if not pending:
        return Hitch(slot_label(seat.slot), _("nobody is asked"))
    asked = pending[0]
    why = _("%(firm)s has not answered yet") % {"firm": asked.firm}
    return Hitch(slot_label(seat.slot), why, asked.due_at if asked.due_at <= now else None)


def _unconfirmed(shown: dict[int, Alliance]) -> list[Share]:
    settling = [pk for pk, row in shown.items() if row.state == State.SETTLING]
    rows = Share.objects.filter(settlement__alliance__in=settling, confirmed_at=None)
    return list(rows.select_related("firm", "settlement").order_by("pk"))
