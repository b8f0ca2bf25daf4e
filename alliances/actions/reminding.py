"""Before a deadline acts, those are told who could still do something: invited firms, partners, operators."""

from collections.abc import Callable
from datetime import datetime

from alliances.actions.notices import notify
from alliances.actions.steps import lock
from alliances.escalation import invitation_reminder
from alliances.lifecycle import SeatState, State
from alliances.models import Alliance, Invitation
from alliances.queries.rows import iso
from config.rows import claim
from firms import queries as firms


def ending_soon(now: datetime) -> list[int]:
    """Alliances whose state ends before long, so that it is time to say so."""
    rows = Alliance.objects.ending_soon(now).untold().order_by("due_at")
    return [row.pk for row in rows if row.ends_soon(now)]


def remind_invited(pk: int, now: datetime) -> bool:
    """Remind an invited firm's owners and managers, and set the next reminder."""
    # the alliance first, as everywhere: whoever answers holds it, and waits for the invitation
    lock(Invitation.objects.values_list("seat__alliance_id", flat=True).get(pk=pk))
    invitation = Invitation.objects.select_related("seat__alliance").get(pk=pk)
    following = invitation_reminder(invitation.sent_at, invitation.due_at, now)
    if not claim(Invitation.objects.to_remind(now).filter(pk=pk), remind_at=following):
        return False
    notify(
        "invitation_reminder",
        firms.readers([invitation.firm_id], may_sign=True),
        key=f"{pk}/{iso(invitation.remind_at)}",
        alliance=invitation.seat.alliance,
        invitation=invitation,
        until=invitation.due_at,
        now=now,
    )
    return True


def remind_of_state(pk: int, now: datetime) -> bool:
    """Tell once that the state of an alliance ends before long, and what then happens."""
    alliance = lock(pk)
    if alliance.reminded_for == alliance.entered_at or not alliance.ends_soon(now):
        return False
    alliance.reminded_for = alliance.entered_at
    alliance.save(update_fields=["reminded_for"])
    REMIND.get(State(alliance.state), _operators)(alliance, now)
    return True


def _operators(alliance: Alliance, now: datetime) -> None:
    _tell(f"near_{alliance.state}", firms.operators(), alliance, now)


def _unsigned(alliance: Alliance, now: datetime) -> None:
    """Firms that hold a seat and have not signed the agreement as it is now, and the operators."""
    signed = alliance.agreement.signatures.filter(hash=alliance.agreement.hash)
    seats = alliance.seats.filter(state=SeatState.ACCEPTED).exclude(firm__in=signed.values("firm_id"))
    missing = sorted(set(seats.values_list("firm_id", flat=True)))
    _tell("signature", firms.readers(filter(None, missing), may_sign=True), alliance, now)
    _operators(alliance, now)


def _unconfirmed(alliance: Alliance, now: datetime) -> None:
    """Firms that have neither confirmed their share nor objected, while they still may."""
    settlement = alliance.settlement
    objecting = settlement.objections.filter(answered_at=None).values("firm_id")
    silent = settlement.shares.filter(confirmed_at=None).exclude(firm__in=objecting)
    if settlement.objections_until_at > now:
        silent_ids = sorted(set(silent.values_list("firm_id", flat=True)))
        _tell("settlement_reminder", firms.readers(silent_ids, may_sign=True), alliance, now)


def _tell(kind: str, readers: list[firms.Reader], alliance: Alliance, now: datetime) -> None:
    key = f"{alliance.pk}/{iso(alliance.entered_at)}"
    notify(kind, readers, key=key, alliance=alliance, until=alliance.due_at, now=now)


REMIND: dict[State, Callable[[Alliance, datetime], None]] = {
    State.NEGOTIATING: _unsigned,
    State.SETTLING: _unconfirmed,
}
