"""The clock: deadlines of alliances, invitations and tasks act here, each in its own transaction."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_noop

from alliances.actions.changing import lapse_change
from alliances.actions.climbing import climb, waiting
from alliances.actions.computing import settle
from alliances.actions.dissolving import dissolve
from alliances.actions.inviting import expire
from alliances.actions.planning import launch
from alliances.actions.reinviting import free_unsigned, reinvite
from alliances.actions.reminding import ending_soon, remind_invited, remind_of_state
from alliances.actions.replacing import replace_suspended
from alliances.actions.ruling import close_disputes, let_stand, resume
from alliances.actions.settling import close_objections, write_off
from alliances.actions.steps import announce, lock, may
from alliances.actions.watching import watch
from alliances.actions.winding import wind_down
from alliances.actions.withdrawing import end_forming
from alliances.actions.work import WORKING
from alliances.lifecycle import (
    CLOSE_DISPUTES,
    CLOSE_OBJECTIONS,
    FREE_UNSIGNED,
    WRITE_OFF,
    SeatState,
    State,
    passed,
)
from alliances.models import Alliance, Change, Dispute, Invitation, Seat, Task
from alliances.queries import board
from alliances.queries.facts import limits, next_deadline
from config import logs
from config.rows import CLOCK, Refused
from firms import queries as firms

log = logging.getLogger(__name__)
Look = Callable[[int, datetime], bool]
TOO_SLOW = gettext_noop("The time to form the alliance has passed.")
NOT_LAUNCHED = gettext_noop("The time to begin has passed.")
NOBODY_FOUND = gettext_noop("Nobody was found who takes over a seat.")
ENDINGS = {
    State.COMMITTED: NOT_LAUNCHED,
    State.OPERATING: gettext_noop("The agreed end date has passed."),
    State.SUSPENDED: gettext_noop("The suspension was not cleared in time."),
}
LIVING = [State.OPERATING.value, State.EVOLVING.value]


def act(now: datetime) -> int:
    """Let everything act whose time has come; returns how many did. Safe in several processes."""
    todo: list[tuple[Look, Iterable[int]]] = [
        (_expire, list(Invitation.objects.due(now).values_list("pk", flat=True))),
        (_look_at, _waiting(now)),
        (_let_stand, _unruled(now)),
        (_escalate, _late_alliances(now)),
        (replace_suspended, _with_suspended_partners()),
        (lapse_change, _changes_due(now)),
        (watch, _unwatched(now)),
        (remind_invited, list(Invitation.objects.to_remind(now).values_list("pk", flat=True))),
        (remind_of_state, ending_soon(now)),
    ]
    return sum(_try(look, pk, now) for look, keys in todo for pk in keys)


def _waiting(now: datetime) -> list[int]:
    rows = Alliance.objects.live().filter(Q(due_at__lte=now) | Q(state=State.COMMITTED))
    return list(rows.order_by("due_at").values_list("pk", flat=True))


def _late_alliances(now: datetime) -> list[int]:
    """Alliances at work in which a task is late, or has a step of the ladder to take."""
    late = Task.objects.late(now).filter(escalated_at=None).order_by().values_list("alliance_id", flat=True)
    at_work = Alliance.objects.filter(pk__in=set(late) | waiting(now), state__in=WORKING)
    return sorted(at_work.values_list("pk", flat=True))


def _with_suspended_partners() -> list[int]:
    held = Seat.objects.filter(state=SeatState.SIGNED, alliance__state__in=LIVING)
    pairs = list(held.values_list("alliance_id", "firm_id").distinct())
    may_work = firms.callable_ids(firm for _alliance, firm in pairs if firm)
    return sorted({alliance for alliance, firm in pairs if firm not in may_work})


def _changes_due(now: datetime) -> list[int]:
    waiting = Change.objects.filter(state=Change.State.WAITING, due_at__lte=now)
    return list(waiting.order_by("due_at").values_list("pk", flat=True))


def _unwatched(now: datetime) -> list[int]:
    since = now - settings.WATCH_EVERY
    rows = Alliance.objects.filter(state__in=LIVING).filter(Q(watched_at=None) | Q(watched_at__lte=since))
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _unruled(now: datetime) -> list[int]:
    """Alliances that go on while a dispute waits; a disputed settlement has its own deadline."""
    due = Dispute.objects.due(now).exclude(alliance__state=State.DISPUTED)
    return sorted(set(due.values_list("alliance_id", flat=True)))


def _try(look: Look, pk: int, now: datetime) -> bool:
    """Look in a transaction: a failure keeps nothing, and must not keep the others waiting."""
    with logs.apart():
        try:
            with transaction.atomic():
                return look(pk, now)
        except Refused as refused:
            log.info("%s %s: %s", look.__name__, pk, refused)
        except Exception:
            log.exception("%s %s failed", look.__name__, pk)
        return False


def _expire(pk: int, now: datetime) -> bool:
    expire(CLOCK, pk, now=now)
    return True


def _look_at(pk: int, now: datetime) -> bool:
    """Take the step that the alliance's state has waiting, or set the next time to look."""
    alliance = lock(pk)
    is_due = alliance.due_at is not None and alliance.due_at <= now
    if alliance.state == State.COMMITTED and not is_due:
        return launch(alliance, now)
    return is_due and _let_deadlines_act(alliance, now)


def _let_deadlines_act(alliance: Alliance, now: datetime) -> bool:
    state = State(alliance.state)
    for deadline in passed(state, alliance.entered_at, limits(alliance), now):
        if deadline.before:
            PREPARE[deadline.before](alliance, now)
        if may(alliance, deadline.verb, now):
            TAKE[deadline.verb](alliance, now)
            return True
    alliance.due_at = next_deadline(alliance, now)
    alliance.save(update_fields=["due_at"])
    return False


def _give_up(verb: str) -> Callable[[Alliance, datetime], None]:
    def take(alliance: Alliance, now: datetime) -> None:
        end_forming(alliance, verb, CLOCK, now, reason=TOO_SLOW)

    return take


def _end(alliance: Alliance, now: datetime) -> None:
    """The launch deadline, the end date or the limit of a suspension has passed: only what is left over is done."""
    wind_down(alliance, "expire", CLOCK, now, reason=ENDINGS[State(alliance.state)])


def _give_in(alliance: Alliance, now: datetime) -> None:
    wind_down(alliance, "give_up", CLOCK, now, reason=NOBODY_FOUND)


PREPARE: dict[str, Callable[[Alliance, datetime], None]] = {
    WRITE_OFF: write_off,
    CLOSE_OBJECTIONS: close_objections,
    CLOSE_DISPUTES: close_disputes,
    FREE_UNSIGNED: free_unsigned,
}
TAKE: dict[str, Callable[[Alliance, datetime], None]] = {
    "lapse": _give_up("lapse"),
    "replan": _give_up("replan"),
    "reinvite": reinvite,
    "expire": _end,
    "give_up": _give_in,
    "settle": settle,
    "dissolve": dissolve,
    "resume": resume,
}


def _let_stand(pk: int, now: datetime) -> bool:
    let_stand(lock(pk), now)
    return True


def _escalate(pk: int, now: datetime) -> bool:
    """Record once that tasks are late, and let those that are in somebody's hands climb the ladder."""
    alliance = lock(pk)
    if alliance.state not in WORKING:
        return False
    is_told = _record_late(alliance, now)
    return climb(alliance, now) or is_told


def _record_late(alliance: Alliance, now: datetime) -> bool:
    late = [task.pk for task in alliance.tasks.late(now).filter(escalated_at=None)]
    if not late:
        return False
    rows = alliance.tasks.filter(pk__in=late)
    rows.update(escalated_at=now, version=F("version") + 1)
    announce(alliance, "escalated", CLOCK, now, tasks=board.task_rows(rows.all()))
    return True
