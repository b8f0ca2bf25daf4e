"""A partner has not signed in time: its seat goes to the next candidate, and all others stay as they are."""

from datetime import datetime

from alliances.actions.agreeing import negotiate, take_back, take_over
from alliances.actions.heritage import file_unsigned
from alliances.actions.inviting import ask_next
from alliances.actions.steps import advance, announce, announce_to_operators, may, step, tell_firm
from alliances.lifecycle import (
    INVITATION,
    SEAT,
    InvitationFacts,
    InvitationState,
    SeatFacts,
    SeatState,
    State,
)
from alliances.models import Alliance, Seat
from alliances.queries import agreement as queries
from alliances.queries import board
from config.rows import CLOCK
from firms import actions as firms_actions


def reinvite(alliance: Alliance, now: datetime) -> None:
    """Take the document back, free the seats that were not signed, and ask for them again.

    A mandatory seat goes to its next candidate; an optional one is left out, and does not hold up the others.
    """
    seats = list(queries.unsigned_seats(alliance))
    file_unsigned(alliance, now)
    advance(alliance, "reinvite", CLOCK, now)
    take_back(alliance, now)
    for seat in seats:
        _free(alliance, seat, now)
    mandatory = [seat for seat in seats if seat.is_mandatory]
    for seat in mandatory:
        if alliance.state == State.INVITING:  # with nobody left for the one before, all fell back to planning
            ask_next(alliance, seat, now)
    if not mandatory and may(alliance, "negotiate", now):
        negotiate(alliance, now)


def free_unsigned(alliance: Alliance, now: datetime) -> None:
    """In mid-life: who accepted and has not signed in time is let go, and the next candidates are asked."""
    seats = list(queries.unsigned_seats(alliance))
    if not seats:
        return
    take_back(alliance, now)
    for seat in seats:
        _free(alliance, seat, now)
    for seat in seats:
        ask_next(alliance, seat, now)
    # others take seats over too, and sign anew without whom was let go
    if alliance.seats.filter(state=SeatState.ACCEPTED).exists():
        take_over(alliance, now)


def _free(alliance: Alliance, seat: Seat, now: datetime) -> None:
    accepted = seat.invitations.select_related("seat", "stream").get(state=InvitationState.ACCEPTED)
    step(accepted, INVITATION, "withdraw", InvitationFacts(), CLOCK)
    firms_actions.release(seat.purpose, now=now)
    step(seat, SEAT, "vacate", SeatFacts(), CLOCK, firm_id=None, terms={})
    tell_firm(accepted, "not_signed", CLOCK, now)
    # partners do not see who is asked in mid-life
    tell = announce_to_operators if alliance.state == State.EVOLVING else announce
    tell(alliance, "not_signed", CLOCK, now, seats=board.seat_rows([seat]))
