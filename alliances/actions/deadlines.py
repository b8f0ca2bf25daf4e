"""The clock: every deadline of an alliance, its invitations and its tasks acts here, each in its own transaction."""

import logging
from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from alliances.actions.ending import close_objections, dissolve, settle, write_off
from alliances.actions.forming import end_forming, expire
from alliances.actions.planning import launch
from alliances.actions.steps import advance, announce, lock, may
from alliances.actions.working import complete_if_done
from alliances.lifecycle import CLOSE_OBJECTIONS, WRITE_OFF, State, passed
from alliances.models import Alliance, Invitation, Task
from alliances.queries import board
from alliances.queries.facts import limits, next_deadline
from config.rows import CLOCK, Refused

log = logging.getLogger(__name__)
PREPARE: dict[str, Callable[[Alliance, datetime], None]] = {
    WRITE_OFF: write_off,
    CLOSE_OBJECTIONS: close_objections,
}


def act(now: datetime) -> int:
    """Let everything act whose time has come; returns how many things did. Safe to run in several processes."""
    todo: list[tuple[Callable[[int, datetime], None], int]] = [
        *((_expire, pk) for pk in Invitation.objects.due(now).values_list("pk", flat=True)),
        *((_look_at, pk) for pk in _waiting(now)),
        *((_escalate, pk) for pk in _late_alliances(now)),
    ]
    return sum(_try(verb, pk, now) for verb, pk in todo)


def _waiting(now: datetime) -> list[int]:
    rows = Alliance.objects.live().filter(Q(due_at__lte=now) | Q(state=State.COMMITTED))
    return list(rows.order_by("due_at").values_list("pk", flat=True))


def _late_alliances(now: datetime) -> list[int]:
    late = Task.objects.late(now).filter(escalated_at=None, alliance__state=State.OPERATING)
    return sorted(set(late.values_list("alliance_id", flat=True)))


def _try(verb: Callable[[int, datetime], None], pk: int, now: datetime) -> bool:
    """One failure must not keep the others waiting."""
    try:
        verb(pk, now)
    except Refused as refused:
        log.info("%s %s: %s", verb.__name__, pk, refused)
        return False
    except Exception:
        log.exception("%s %s failed", verb.__name__, pk)
        return False
    return True


def _expire(pk: int, now: datetime) -> None:
    expire(CLOCK, pk, now=now)


@transaction.atomic
def _look_at(pk: int, now: datetime) -> None:
    """Take the steps that the alliance's state has waiting, or set the next time to look."""
    alliance = lock(pk)
    if alliance.state == State.COMMITTED:
        launch(alliance, now)
    elif alliance.due_at and alliance.due_at <= now:
        _let_deadlines_act(alliance, now)


def _let_deadlines_act(alliance: Alliance, now: datetime) -> None:
    entered = (alliance.state, alliance.entered_at)
    for deadline in passed(State(alliance.state), alliance.entered_at, limits(alliance), now):
        if deadline.before:
            PREPARE[deadline.before](alliance, now)
        if may(alliance, deadline.verb, now):
            _take(alliance, deadline.verb, now)
            return
    if (alliance.state, alliance.entered_at) == entered:
        Alliance.objects.filter(pk=alliance.pk).update(due_at=next_deadline(alliance, now))


def _take(alliance: Alliance, verb: str, now: datetime) -> None:
    if verb in {"replan", "lapse"}:
        end_forming(alliance, verb, CLOCK, now, reason=_("The time to form the alliance has passed."))
    elif verb == "settle":
        settle(alliance, now)
    elif verb == "dissolve":
        dissolve(alliance, now)
    else:
        advance(alliance, verb, CLOCK, now, ending_reason=f"{verb}: deadline")
        announce(alliance, {"expire": "expired", "stand_down": "stood_down"}[verb], CLOCK, now)


@transaction.atomic
def _escalate(pk: int, now: datetime) -> None:
    """Say once that tasks are late: to the firm that answers for them and to the operators."""
    alliance = lock(pk)
    late = list(alliance.tasks.late(now).filter(escalated_at=None))
    if not late:
        return
    alliance.tasks.filter(pk__in=[task.pk for task in late]).update(escalated_at=now, version=F("version") + 1)
    rows = board.task_rows(alliance.tasks.filter(pk__in=[task.pk for task in late]))
    announce(alliance, "escalated", CLOCK, now, tasks=rows)
    complete_if_done(alliance, now)
