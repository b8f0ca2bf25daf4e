"""An alliance ends before its work is done: no new work, and only what is left over is dealt with."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from alliances.actions.flow import cascade, conclude, count_leftovers, resume
from alliances.actions.steps import (
    advance,
    announce,
    lock_by,
    lock_seen,
    may,
    may_not_sign,
    operator,
    person,
    said,
    step,
)
from alliances.actions.withdrawing import withdraw
from alliances.lifecycle import SEAT, TASK, InvitationState, SeatFacts, State, TaskFacts
from alliances.models import Alliance, Change, Grant, Seat, Task
from alliances.playbook import Standing, wound_back
from alliances.queries import board
from alliances.queries.facts import VACANT
from config.rows import CLOCK, Actor, Refused, command
from firms import actions as firms_actions
from firms import queries as firms

AGREED = gettext_noop("All partners agreed to end early.")
EVENTS = {
    "stand_down": "stood_down",
    "expire": "ended",
    "end_early": "ended_early",
    "stop": "stopped",
    "give_up": "given_up",
}


@command
def stop(
    actor: Actor, alliance_key: str, *, reason: str, command_id: str | None = None, now: datetime
) -> dict[str, Any]:
    """End an alliance whose partners are bound, as an operator, with a reason: orderly, and settled."""
    operator(actor)
    alliance = lock_by(key=alliance_key)
    why = said(reason, _("Say why you stop it."))[:400]
    wind_down(alliance, "stop", actor, now, reason=why, command_id=command_id)
    return {"alliance": alliance_key, "state": alliance.state}


@command
def agree_to_end(
    actor: Actor, alliance_key: str, *, command_id: str | None = None, now: datetime
) -> dict[str, Any]:
    """Agree for one's firms to an early end; when every partner has, the alliance winds down."""
    alliance, grants = _partners_grants(actor, alliance_key)
    if grants.filter(agreed_to_end_at=None).update(agreed_to_end_at=now):
        announce(alliance, "end_agreed", actor, now, command_id=command_id)
        if may(alliance, "end_early", now):
            wind_down(alliance, "end_early", CLOCK, now, reason=AGREED)
    return {"agreed": True, "state": alliance.state}


@command
def go_on(actor: Actor, alliance_key: str, *, command_id: str | None = None, now: datetime) -> dict[str, Any]:
    """Take back one's agreement to an early end, as long as not every partner has agreed."""
    alliance, grants = _partners_grants(actor, alliance_key)
    if grants.exclude(agreed_to_end_at=None).update(agreed_to_end_at=None):
        announce(alliance, "end_withdrawn", actor, now, command_id=command_id)
    return {"agreed": False, "state": alliance.state}


def wind_down(
    alliance: Alliance, verb: str, actor: Actor, now: datetime, *, reason: str, command_id: str | None = None
) -> None:
    """Take a step to winding down, and wind the task graph back. `reason` is kept as it is. Raises Refused."""
    advance(alliance, verb, actor, now, ending_reason=reason[:400])
    close_vacant(alliance, now)
    Change.objects.filter(alliance=alliance, state=Change.State.WAITING).update(state=Change.State.LAPSED)
    tasks = board.task_rows(_wind_back(alliance, now))
    seats = board.seat_rows(alliance.seats.all())
    announce(alliance, EVENTS[verb], actor, now, command_id=command_id, note=reason, tasks=tasks, seats=seats)
    conclude(alliance, now)


def do_without(alliance: Alliance, seat: Seat, now: datetime) -> None:
    """Nobody takes over an optional seat: its open tasks are cancelled, and the others go on."""
    end_seat(seat, now)
    tasks = [*cancel(seat.tasks.open()), *cascade(alliance, now)]
    seats = board.seat_rows([seat])
    announce(alliance, "seat_dropped", CLOCK, now, tasks=board.task_rows(tasks), seats=seats)
    resume(alliance, now)


def close_vacant(alliance: Alliance, now: datetime) -> None:
    """Nobody is looked for any more: invitations are withdrawn, what was held is released."""
    if not alliance.seats.filter(state__in=VACANT).exists():
        return
    withdraw(alliance, [InvitationState.PENDING.value], CLOCK, now)
    for seat in alliance.seats.filter(state__in=VACANT):
        end_seat(seat, now)


def end_seat(seat: Seat, now: datetime) -> None:
    """End a seat, and release what is held for it."""
    step(seat, SEAT, "end", SeatFacts(), CLOCK)
    firms_actions.release(seat.purpose, now=now)


def cancel(tasks: Iterable[Task]) -> list[Task]:
    """Cancel tasks; returns them as they are then."""
    found = list(tasks)
    for task in found:
        step(task, TASK, "cancel", TaskFacts(), CLOCK, version=F("version") + 1)
        task.refresh_from_db()
    return found


def _wind_back(alliance: Alliance, now: datetime) -> list[Task]:
    """Cancel what is not needed to close, and make ready what waited for it."""
    rows = [
        Standing(row.code, row.state, row.done_units, bool(row.exception_kind))
        for row in alliance.tasks.filter(is_milestone=False)
    ]
    unneeded = alliance.tasks.filter(code__in=wound_back(rows)) | alliance.tasks.filter(is_milestone=True)
    changed = cancel(unneeded.open())
    if changed:
        changed += count_leftovers(alliance)
    return list({task.pk: task for task in [*changed, *cascade(alliance, now)]}.values())


def _partners_grants(actor: Actor, alliance_key: str) -> tuple[Alliance, Any]:
    """The working alliance, locked, and the live grants of the firms for which this person may sign."""
    user_id, alliance = person(actor), lock_seen(actor, alliance_key)
    if alliance.state not in {State.OPERATING, State.EVOLVING}:
        raise Refused("not_working", _("The alliance does not work now."), state=alliance.state)
    held = Grant.objects.filter(alliance=alliance, ended_at=None).order_by("firm_id")
    mine = [firm for firm in held.values_list("firm_id", flat=True) if firms.may_sign(user_id, firm)]
    if not mine:
        raise may_not_sign()
    return alliance, held.filter(firm_id__in=mine)
