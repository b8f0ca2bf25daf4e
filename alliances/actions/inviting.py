"""Firms are asked, and answer: accept, decline, let the time pass; the next one is asked."""

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from alliances import terms
from alliances.actions.agreeing import negotiate, take_over
from alliances.actions.steps import (
    announce_to_operators,
    lock,
    lock_by,
    may,
    may_not_sign,
    person,
    step,
    tell_firm,
)
from alliances.actions.winding import do_without
from alliances.actions.withdrawing import end_forming
from alliances.escalation import invitation_reminder
from alliances.lifecycle import (
    INVITATION,
    SEAT,
    InvitationFacts,
    InvitationState,
    SeatFacts,
    State,
)
from alliances.models import Alliance, Invitation, Seat, Stream
from alliances.queries import board, negotiation
from alliances.queries.facts import next_deadline, time_to_answer
from config.rows import CLOCK, Actor, Missing, Refused, command
from firms import actions as firms_actions
from firms import queries as firms
from firms.actions import Wanted

FORMS = {State.INVITING, State.EVOLVING}  # states in which firms are asked
INSPECTS = {"maker": "quality", "quality": "maker"}  # never the same legal person
UNANSWERED = gettext_noop("The firm's proposal was not answered in time.")
NOBODY_LEFT = gettext_noop("No candidate is left for a mandatory seat.")


@command
def accept(
    actor: Actor, invitation_key: str, *, terms_hash: str, command_id: str | None = None, now: datetime
) -> dict[str, Any]:
    """Accept exactly the terms that were shown, a mandate to sign them, and hold the capacity that they need.

    Raises Refused (`capacity_gone`, `same_terms`, `in_time`, …); then nothing has changed.
    """
    alliance, invitation = own_invitation(actor, invitation_key)
    if invitation.state == InvitationState.ACCEPTED and invitation.terms_hash == terms_hash:
        return {"invitation": invitation_key, "state": invitation.state}
    _demand_callable(invitation)
    facts = InvitationFacts(
        is_expired=now >= invitation.due_at,
        is_inviting=alliance.state in FORMS,
        terms_match=terms_hash == invitation.terms_hash,
    )
    step(invitation, INVITATION, "accept", facts, actor, answered_at=now, answered_by_id=person(actor))
    seat = invitation.seat
    firms_actions.keep_key(invitation.firm_id, now=now)
    step(seat, SEAT, "accept", SeatFacts(), actor)
    tell_firm(invitation, "accepted", actor, now, command_id=command_id)
    _tell_operators(alliance, "accepted", actor, now, seat, command_id)
    # late, since everybody who wants the same weeks waits for the end of this transaction; and a firm's own rows
    # are everywhere taken before its weeks
    firms_actions.hold(seat.purpose, _wanted(seat), now=now)
    if alliance.state == State.EVOLVING:
        take_over(alliance, now)
    elif may(alliance, "negotiate", now):
        negotiate(alliance, now)
    return {"invitation": invitation_key, "state": invitation.state}


@command
def decline(
    actor: Actor, invitation_key: str, *, reason: str = "", command_id: str | None = None, now: datetime
) -> dict[str, Any]:
    """Say no; the next firm is asked."""
    alliance, invitation = own_invitation(actor, invitation_key)
    if invitation.state == InvitationState.DECLINED:
        return {"invitation": invitation_key, "state": invitation.state}
    facts = InvitationFacts(is_expired=now >= invitation.due_at)
    answer = {"answered_at": now, "answered_by_id": person(actor), "decline_reason": reason[:400]}
    step(invitation, INVITATION, "decline", facts, actor, **answer)
    tell_firm(invitation, "declined", actor, now, command_id=command_id, note=reason)
    _vacate(alliance, invitation.seat, actor, now, "declined")
    return {"invitation": invitation_key, "state": invitation.state}


@command
def expire(
    actor: Actor, invitation_id: int, *, command_id: str | None = None, now: datetime
) -> dict[str, Any]:
    """Let an unanswered invitation end; the next firm is asked."""
    alliance = lock_by(seats__invitations=invitation_id)
    invitation = Invitation.objects.select_related("seat", "stream").get(pk=invitation_id)
    step(invitation, INVITATION, "expire", InvitationFacts(is_expired=now >= invitation.due_at), actor)
    # a proposal that nobody answered ends with the invitation, and both sides are told why
    is_unanswered = negotiation.waits(invitation)
    if is_unanswered:
        _tell_operators(alliance, "unanswered", actor, now, invitation.seat)
    why = UNANSWERED if is_unanswered else ""
    tell_firm(invitation, "expired", actor, now, command_id=command_id, note=why)
    _vacate(alliance, invitation.seat, actor, now, "expired")
    return {"state": invitation.state}


def invite(alliance: Alliance, seat: Seat, now: datetime) -> bool:
    """Ask the next candidate that may be called and was not asked yet; false when none is left."""
    asked = set(seat.invitations.values_list("firm_id", flat=True))
    if len(asked) >= settings.INVITATIONS_PER_SEAT:
        return _nobody_left(seat)
    may_be_called = firms.callable_ids([row["firm"] for row in seat.candidates])
    rest = [row for row in seat.candidates if row["firm"] not in asked and row["firm"] in may_be_called]
    return ask(alliance, seat, rest, now)


def ask(alliance: Alliance, seat: Seat, candidates: list[dict[str, Any]], now: datetime) -> bool:
    """Ask the first of these callable firms that would not inspect its own goods; false when there is none."""
    rest = _independent(alliance, seat, candidates)
    if not rest:
        return _nobody_left(seat)
    first = rest[0]
    step(
        seat, SEAT, "invite", SeatFacts(), CLOCK,
        firm_id=first["firm"], terms=first["terms"], candidates=rest[1:],
    )  # fmt: skip
    tell_firm(_write_invitation(alliance, seat, now), "invited", CLOCK, now)
    wait_again(alliance, now)
    _tell_operators(alliance, "invited", CLOCK, now, seat)
    return True


def _nobody_left(seat: Seat) -> bool:
    Seat.objects.filter(pk=seat.pk).update(candidates=[])
    return False


def _independent(alliance: Alliance, seat: Seat, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave out who would inspect its own goods (source: domain.md, "Slots"); a stand-in may bring that about."""
    if seat.slot not in INSPECTS:
        return rows
    held = alliance.seats.filter(slot=INSPECTS[seat.slot], firm__isnull=False)
    others = set(held.values_list("firm__legal_person", flat=True))
    persons = firms.legal_persons(row["firm"] for row in rows) if others else {}
    return [row for row in rows if persons.get(row["firm"]) not in others]


def offer_text(alliance: Alliance, seat: Seat) -> str:
    """The canonical offer of a seat, with its present terms."""
    return terms.offer(alliance.title, str(alliance.key), alliance.common.hash, str(seat), seat.terms)


def _write_invitation(alliance: Alliance, seat: Seat, now: datetime) -> Invitation:
    if (firm := seat.firm) is None:
        raise Missing
    text = offer_text(alliance, seat)
    due_at = now + time_to_answer(alliance)
    return Invitation.objects.create(
        seat=seat,
        firm=firm,
        terms=text,
        terms_hash=terms.digest(text),
        sent_at=now,
        due_at=due_at,
        remind_at=invitation_reminder(now, due_at, now),
        stream=Stream.objects.create(kind=Stream.Kind.INVITATION),
    )


def _vacate(alliance: Alliance, seat: Seat, actor: Actor, now: datetime, kind: str) -> None:
    """A firm did not take its seat: the next one is asked."""
    step(seat, SEAT, "vacate", SeatFacts(), actor, firm_id=None, terms={})
    _tell_operators(alliance, kind, actor, now, seat)
    ask_next(alliance, seat, now)


def wait_again(alliance: Alliance, now: datetime) -> None:
    """Each next candidate has its full time to answer: the deadline counts from the last invitation."""
    before = alliance.entered_at, alliance.due_at
    alliance.entered_at = now
    alliance.due_at = next_deadline(alliance, now)
    if (alliance.entered_at, alliance.due_at) != before:
        alliance.save(update_fields=["entered_at", "due_at"])


def ask_next(alliance: Alliance, seat: Seat, now: datetime) -> None:
    """Ask the next candidate for a seat that is free again; with nobody left, what forms falls back to planning."""
    if alliance.state not in FORMS or invite(alliance, seat, now):
        return
    if alliance.state == State.EVOLVING:
        _tell_operators(alliance, "nobody_left", CLOCK, now, seat)
        if not seat.is_mandatory:
            do_without(alliance, seat, now)
    elif seat.is_mandatory:
        end_forming(alliance, "replan", CLOCK, now, reason=NOBODY_LEFT)


def _tell_operators(
    alliance: Alliance, kind: str, actor: Actor, now: datetime, seat: Seat, command_id: str | None = None
) -> None:
    announce_to_operators(alliance, kind, actor, now, command_id=command_id, seats=board.seat_rows([seat]))


def own_invitation(actor: Actor, invitation_key: str) -> tuple[Alliance, Invitation]:
    """The invitation of a firm for which this person may sign, and its alliance, locked. Raises Missing."""
    user_id = person(actor)
    mine = Invitation.objects.of(user_id).filter(key=invitation_key)
    found = mine.values_list("firm_id", "seat__alliance_id").first()
    if found is None:
        raise Missing
    firm_id, alliance_id = found
    if not firms.may_sign(user_id, firm_id):
        raise may_not_sign()
    alliance = lock(alliance_id)
    invitation = Invitation.objects.select_related("seat__firm", "stream").get(key=invitation_key)
    invitation.seat.alliance = alliance
    return alliance, invitation


def _demand_callable(invitation: Invitation) -> None:
    if not firms.callable_ids([invitation.firm_id]):
        raise Refused("not_callable", _("Your firm is suspended: it cannot take a seat now."))


def _wanted(seat: Seat) -> list[Wanted]:
    return [
        Wanted(
            row["line"], date.fromisoformat(row["from_on"]), date.fromisoformat(row["until_on"]), row["units"]
        )
        for row in seat.terms.get("capacity", [])
    ]
