"""A firm proposes other terms for its invitation; an operator takes them, refuses them, or offers others in turn."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from alliances import negotiation, terms
from alliances.actions.inviting import FORMS, offer_text, own_invitation, wait_again
from alliances.actions.steps import announce_to_operators, lock_by, operator, person, step, tell_firm
from alliances.escalation import invitation_reminder
from alliances.lifecycle import INVITATION, InvitationFacts
from alliances.models import Alliance, CounterOffer, Event, Invitation
from alliances.negotiation import Fault, Move, Wish, WrongTerms
from alliances.queries import board
from alliances.queries import negotiation as queries
from alliances.queries.facts import limits
from config.rows import Actor, Missing, Refused, command
from firms import actions as firms_actions


@command
def counter(
    actor: Actor,
    invitation_key: str,
    *,
    terms_hash: str,
    prices: Mapping[int, int] | None = None,
    units: int | None = None,
    from_on: date | None = None,
    until_on: date | None = None,
    note: str = "",
    command_id: str | None = None,
    now: datetime,
) -> dict[str, Any]:
    """Propose other terms than those that were shown; what is offered stands meanwhile.

    Raises Refused `rounds`, `proposal_open`, `same_terms`, `in_time`, and `nothing`, `price`, `units`, `dates`.
    """
    alliance, invitation = own_invitation(actor, invitation_key)
    facts = _facts(alliance, invitation, now, terms_hash=terms_hash)
    step(invitation, INVITATION, "counter", facts, actor)
    wished = _changed(invitation, Wish(prices or {}, units, from_on, until_on))
    number = _say(alliance, invitation, Move.PROPOSED, wished, actor, now, note, command_id)
    return {"invitation": invitation_key, "number": number}


@command
def accept_counter(
    actor: Actor,
    invitation_key: str,
    *,
    number: int,
    note: str = "",
    command_id: str | None = None,
    now: datetime,
) -> dict[str, Any]:
    """Offer the firm what it proposed; it then accepts exactly that."""
    alliance, invitation, proposed = _waiting(actor, invitation_key, number, now)
    return _answer(alliance, invitation, Move.ACCEPTED, proposed.terms, actor, now, note, command_id)


@command
def refuse_counter(
    actor: Actor,
    invitation_key: str,
    *,
    number: int,
    note: str = "",
    command_id: str | None = None,
    now: datetime,
) -> dict[str, Any]:
    """Do not take what the firm proposed; what was offered stands until its time is over."""
    alliance, invitation, _proposed = _waiting(actor, invitation_key, number, now)
    standing = queries.offered(invitation)
    return _answer(alliance, invitation, Move.REFUSED, standing, actor, now, note, command_id)


@command
def offer_other(
    actor: Actor,
    invitation_key: str,
    *,
    number: int,
    prices: Mapping[int, int] | None = None,
    units: int | None = None,
    from_on: date | None = None,
    until_on: date | None = None,
    note: str = "",
    command_id: str | None = None,
    now: datetime,
) -> dict[str, Any]:
    """Offer other terms in turn: they take the place of what was offered."""
    alliance, invitation, _proposed = _waiting(actor, invitation_key, number, now)
    wished = _changed(invitation, Wish(prices or {}, units, from_on, until_on))
    return _answer(alliance, invitation, Move.OFFERED, wished, actor, now, note, command_id)


def _waiting(
    actor: Actor, invitation_key: str, number: int, now: datetime
) -> tuple[Alliance, Invitation, CounterOffer]:
    """The proposal that an operator answers, its alliance locked. Raises Missing, Refused."""
    operator(actor)
    alliance = lock_by(seats__invitations__key=invitation_key)
    invitation = Invitation.objects.select_related("seat__alliance", "stream").get(key=invitation_key)
    firms_actions.demand_others(actor, [invitation.firm_id])
    step(invitation, INVITATION, "answer", _facts(alliance, invitation, now), actor)
    proposed = invitation.counter_offers.order_by("number").last()
    if proposed is None:
        raise Missing
    if proposed.number != number:
        raise Refused("conflict", _("The firm has proposed something else meanwhile. Look at it first."))
    return alliance, invitation, proposed


def _answer(
    alliance: Alliance,
    invitation: Invitation,
    move: Move,
    offered: dict[str, Any],
    actor: Actor,
    now: datetime,
    note: str,
    command_id: str | None,
) -> dict[str, Any]:
    """Give the firm time to look at the answer, and say it; taken or new terms are what is offered from now on."""
    _extend(alliance, invitation, now)
    _say(alliance, invitation, move, offered, actor, now, note, command_id)
    return {"invitation": str(invitation.key), "terms_hash": invitation.terms_hash}


def _say(
    alliance: Alliance,
    invitation: Invitation,
    move: Move,
    offered: dict[str, Any],
    actor: Actor,
    now: datetime,
    note: str,
    command_id: str | None,
) -> int:
    """Add the move, rewrite the offer where it changes, and record both where the firm and the operators see it."""
    before, old_hash = queries.offered(invitation), invitation.terms_hash
    if move in {Move.ACCEPTED, Move.OFFERED}:
        _rewrite(alliance, invitation, offered)
    number = invitation.counter_offers.count() + 1
    changes = {"number": number, "move": move.value, "old_hash": old_hash, "new_hash": invitation.terms_hash}
    kind = KINDS[move]
    event: Event = tell_firm(
        invitation, kind, actor, now, command_id=command_id, note=note.strip(), offer=changes
    )
    CounterOffer.objects.create(
        invitation=invitation,
        number=number,
        move=move.value,
        by_id=person(actor),
        before=before,
        terms=offered,
        note=event.note,
        at=now,
    )
    rows = board.seat_rows([invitation.seat])
    announce_to_operators(alliance, kind, actor, now, command_id=command_id, seats=rows)
    return number


def _rewrite(alliance: Alliance, invitation: Invitation, offered: dict[str, Any]) -> None:
    seat = invitation.seat
    seat.terms = offered
    seat.save(update_fields=["terms"])
    invitation.terms = offer_text(alliance, seat)
    invitation.terms_hash = terms.digest(invitation.terms)
    invitation.save(update_fields=["terms", "terms_hash"])


def _extend(alliance: Alliance, invitation: Invitation, now: datetime) -> None:
    """Some hours at least to look at the answer, and never more than an invitation has; the alliance waits too."""
    longest = limits(alliance).get("inviting", settings.INVITATION_TTL)
    span: timedelta = min(settings.NEGOTIATION_EXTENSION, longest)
    if now + span <= invitation.due_at:
        return
    invitation.due_at = now + span
    invitation.remind_at = invitation_reminder(invitation.sent_at, invitation.due_at, now)
    invitation.save(update_fields=["due_at", "remind_at"])
    wait_again(alliance, now)


def _facts(
    alliance: Alliance, invitation: Invitation, now: datetime, *, terms_hash: str | None = None
) -> InvitationFacts:
    said = queries.moves(invitation)
    return InvitationFacts(
        is_expired=now >= invitation.due_at,
        is_inviting=alliance.state in FORMS,
        terms_match=terms_hash in {None, invitation.terms_hash},
        may_propose=negotiation.rounds_left(said, settings.NEGOTIATION_ROUNDS) > 0,
        is_proposal_open=negotiation.turn(said) is negotiation.Turn.OPERATOR,
    )


def _changed(invitation: Invitation, wish: Wish) -> dict[str, Any]:
    try:
        return negotiation.changed(queries.offered(invitation), wish)
    except WrongTerms as wrong:
        raise Refused(wrong.fault.value, _words(wrong.fault)) from None


def _words(fault: Fault) -> str:
    return {
        Fault.NOTHING: _("Change a price, the units or a date; otherwise accept or decline."),
        Fault.PRICE: _("A price is an amount of 0 or more, for one of the listed items."),
        Fault.UNITS: _("Units can only become fewer, and at least one stays for each item."),
        Fault.DATES: _("The work cannot end before it begins."),
    }[fault]


KINDS = {
    Move.PROPOSED: "countered",
    Move.ACCEPTED: "counter_accepted",
    Move.REFUSED: "counter_refused",
    Move.OFFERED: "counter_offered",
}
