"""Compliance stops an alliance; a second person clears it, or its limit ends it."""

from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from alliances.actions.flow import conclude
from alliances.actions.inviting import invite
from alliances.actions.steps import advance, announce, lock_by, may, operator, said
from alliances.lifecycle import SeatState
from alliances.models import Alliance
from alliances.queries import board
from config.rows import Actor, command


@command
def suspend(
    actor: Actor, alliance_key: str, *, reason: str, command_id: str | None = None, now: datetime
) -> dict[str, Any]:
    """Stop all work of an alliance, with a reason; another operator has to clear it."""
    by = operator(actor)
    alliance = lock_by(key=alliance_key)
    why = said(reason, _("Say why the alliance is suspended."))[:400]
    advance(alliance, "suspend", actor, now, suspended_by_id=by)
    announce(alliance, "suspended", actor, now, command_id=command_id, note=why)
    return {"alliance": alliance_key, "state": alliance.state}


@command
def clear(
    actor: Actor, alliance_key: str, *, reason: str, command_id: str | None = None, now: datetime
) -> dict[str, Any]:
    """Let a suspended alliance go on, as an operator who did not suspend it; open tasks get the lost time back."""
    operator(actor)
    alliance = lock_by(key=alliance_key)
    why = said(reason, _("Say why the alliance may go on."))[:400]
    lost = now - alliance.entered_at
    advance(alliance, "clear", actor, now, suspended_by_id=None)
    delayed = alliance.tasks.open()
    delayed.update(due_at=F("due_at") + lost, version=F("version") + 1)
    rows = board.task_rows(delayed.all())
    announce(alliance, "cleared", actor, now, command_id=command_id, note=why, tasks=rows)
    _look_for_partners_again(alliance, actor, now)
    conclude(alliance, now)
    return {"alliance": alliance_key, "state": alliance.state}


def _look_for_partners_again(alliance: Alliance, actor: Actor, now: datetime) -> None:
    """A seat that was vacant before is looked for on; the invitations that are out still stand."""
    if not may(alliance, "evolve", now):
        return
    advance(alliance, "evolve", actor, now)
    announce(alliance, "evolving", actor, now)
    for seat in alliance.seats.filter(succeeds__isnull=False, state=SeatState.OPEN):
        invite(alliance, seat, now)
