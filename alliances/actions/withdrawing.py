"""An alliance to which nobody is bound is given up: back to planning, or for good."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from alliances.actions.heritage import file_conduct
from alliances.actions.sealing import seal
from alliances.actions.steps import advance, announce, lock_by, operator, said, step, tell_firm
from alliances.lifecycle import (
    INVITATION,
    SEAT,
    InvitationFacts,
    InvitationState,
    SeatFacts,
    SeatState,
    State,
)
from alliances.models import Alliance, Invitation
from alliances.queries import board, conduct
from config.rows import CLOCK, Actor, command
from firms import actions as firms_actions
from matching import actions as matching

EVENTS = {"replan": "replanned", "abort": "aborted", "lapse": "lapsed"}
LIVE = [InvitationState.PENDING.value, InvitationState.ACCEPTED.value]


@command
def abort(
    actor: Actor, alliance_key: str, *, reason: str, command_id: str | None = None, now: datetime
) -> dict[str, Any]:
    """Stop an alliance to which nobody is bound yet, with a reason; its opportunity may be planned again."""
    operator(actor)
    alliance = lock_by(key=alliance_key)
    why = said(reason, _("Say why you stop it."))
    end_forming(alliance, "abort", actor, now, reason=why, command_id=command_id)
    return {"alliance": alliance_key, "state": alliance.state}


def end_forming(
    alliance: Alliance, verb: str, actor: Actor, now: datetime, *, reason: str, command_id: str | None = None
) -> None:
    """Take back what was asked and held: back to proposed (`replan`), or for good (`abort`, `lapse`).

    `reason` is kept as it is: what the platform itself says is kept in English.
    """
    had_plan = alliance.state != State.PROPOSED
    unsigned = conduct.unsigned(alliance) if verb == "lapse" else []
    advance(alliance, verb, actor, now, ending_reason=reason[:400])
    withdraw(alliance, LIVE, actor, now)
    for seat in alliance.seats.exclude(state=SeatState.ENDED):
        step(seat, SEAT, "end", SeatFacts(), _platform(actor))
    if alliance.is_over:
        file_conduct(alliance, now, unsigned)
    firms_actions.release(f"{alliance.key}/", now=now)
    seats = board.seat_rows(alliance.seats.all())
    announce(alliance, EVENTS[verb], actor, now, command_id=command_id, note=reason, seats=seats)
    if alliance.is_over:
        alliance.root_hash = seal(alliance, now)
        alliance.save(update_fields=["root_hash"])
    if had_plan:
        matching.replan(alliance.opportunity_id, reason, now=now)


def withdraw(alliance: Alliance, states: list[str], actor: Actor, now: datetime) -> None:
    """Take back invitations, and tell the firms that have them."""
    by = _platform(actor)
    rows = Invitation.objects.filter(seat__alliance=alliance, state__in=states).select_related(
        "stream", "seat"
    )
    for invitation in rows.order_by("pk"):
        step(invitation, INVITATION, "withdraw", InvitationFacts(), by)
        tell_firm(invitation, "withdrawn", by, now)


def _platform(actor: Actor) -> Actor:
    """Nobody but an operator or the clock takes something back; a firm's answer only gives the occasion."""
    return actor if actor.is_operator else CLOCK
