"""From an approved proposal to commitment: decide, invite, accept, decline, time out, commit."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from alliances import terms
from alliances.actions.steps import advance, announce, lock, lock_by, may, step, tell_firm
from alliances.lifecycle import INVITATION, SEAT, InvitationFacts, InvitationState, SeatFacts, SeatState, State
from alliances.models import Agreement, Alliance, Decision, Grant, Invitation, Seat, Signature, Stream
from alliances.queries import board
from config.rows import CLOCK, Actor, Missing, Refused, command
from firms import actions as firms_actions
from firms import queries as firms
from firms.actions import Wanted
from matching import actions as matching
from matching.queries import ChosenPlan


@command
def approve(actor: Actor, proposal_key: str, *, reason: str = "", command_id: str | None = None, now: datetime) -> dict[str, Any]:
    """Found an alliance on a proposal whose current risk report this person has opened, and invite its firms.

    Raises Missing for anybody but an operator, Refused when the report was not opened or the plan is not standing.
    """
    if not actor.is_operator:
        raise Missing
    plan = matching.choose(actor, proposal_key, now=now)
    _give_up_former(plan.opportunity_id, actor, now)
    alliance = _found(plan, now)
    Decision.objects.create(
        kind=Decision.Kind.APPROVED,
        proposal_id=plan.proposal_id,
        report_id=plan.report_id,
        by_id=actor.user_id,
        reason=reason,
        at=now,
    )
    _seat(alliance, plan)
    _write_agreement(alliance, plan, now)
    advance(alliance, "invite", actor, now)
    announce(alliance, "approved", actor, now, command_id=command_id, note=reason)
    for seat in alliance.seats.all():
        _invite(alliance, seat, now)
    _give_up_if_impossible(alliance, now)
    return {"alliance": str(alliance.key)}


@command
def reject(actor: Actor, proposal_key: str, *, reason: str, command_id: str | None = None, now: datetime) -> dict[str, Any]:
    """Decide against a proposal, with a reason."""
    if not actor.is_operator:
        raise Missing
    if not reason.strip():
        raise Refused("reason_missing", _("Say why you reject it."))
    proposal_id = matching.reject(actor, proposal_key, reason=reason, now=now)
    Decision.objects.create(
        kind=Decision.Kind.REJECTED, proposal_id=proposal_id, by_id=actor.user_id, reason=reason, at=now
    )
    return {"proposal": proposal_key}


@command
def accept(
    actor: Actor, invitation_key: str, *, terms_hash: str, command_id: str | None = None, now: datetime
) -> dict[str, Any]:
    """Sign exactly the terms that were shown, and hold the capacity that they need.

    Raises Refused (`capacity_gone`, `same_terms`, `in_time`, …); then nothing has changed.
    """
    alliance, invitation = _mine(actor, invitation_key)
    if invitation.state == InvitationState.ACCEPTED and invitation.terms_hash == terms_hash:
        return {"invitation": invitation_key, "state": invitation.state}
    facts = InvitationFacts(
        is_expired=now >= invitation.due_at,
        is_inviting=alliance.state == State.INVITING,
        terms_match=terms_hash == invitation.terms_hash,
    )
    step(invitation, INVITATION, "accept", facts, actor, answered_at=now, answered_by_id=actor.user_id)
    seat = invitation.seat
    firms_actions.hold(seat.purpose, _wanted(seat), now=now)
    step(seat, SEAT, "accept", SeatFacts(), actor)
    agreement = alliance.agreement
    Signature.objects.get_or_create(
        agreement=agreement,
        firm_id=invitation.firm_id,
        defaults={"by_id": actor.user_id, "hash": agreement.hash, "at": now},
    )
    tell_firm(invitation, "accepted", actor, now, command_id=command_id)
    announce(alliance, "accepted", actor, now, command_id=command_id, seats=board.seat_rows([seat]))
    if may(alliance, "negotiate", now):
        _commit(alliance, now)
    return {"invitation": invitation_key, "state": invitation.state}


@command
def decline(
    actor: Actor, invitation_key: str, *, reason: str = "", command_id: str | None = None, now: datetime
) -> dict[str, Any]:
    """Say no; the next firm is asked."""
    alliance, invitation = _mine(actor, invitation_key)
    if invitation.state == InvitationState.DECLINED:
        return {"invitation": invitation_key, "state": invitation.state}
    facts = InvitationFacts(is_expired=now >= invitation.due_at)
    step(
        invitation, INVITATION, "decline", facts, actor,
        answered_at=now, answered_by_id=actor.user_id, decline_reason=reason[:400],
    )  # fmt: skip
    tell_firm(invitation, "declined", actor, now, command_id=command_id, note=reason)
    _ask_next(alliance, invitation.seat, actor, now, "declined")
    return {"invitation": invitation_key, "state": invitation.state}


@command
def expire(actor: Actor, invitation_id: int, *, command_id: str | None = None, now: datetime) -> dict[str, Any]:
    """Let an unanswered invitation end; the next firm is asked."""
    alliance = lock_by(seats__invitations=invitation_id)
    invitation = Invitation.objects.select_related("seat", "stream").get(pk=invitation_id)
    step(invitation, INVITATION, "expire", InvitationFacts(is_expired=now >= invitation.due_at), actor)
    tell_firm(invitation, "expired", actor, now, command_id=command_id)
    _ask_next(alliance, invitation.seat, actor, now, "expired")
    return {"state": invitation.state}


@command
def abort(actor: Actor, alliance_key: str, *, reason: str, command_id: str | None = None, now: datetime) -> dict[str, Any]:
    """Stop an alliance to which nobody is bound yet, with a reason; its opportunity may be planned again."""
    if not actor.is_operator:
        raise Missing
    if not reason.strip():
        raise Refused("reason_missing", _("Say why you stop it."))
    alliance = lock_by(key=alliance_key)
    end_forming(alliance, "abort", actor, now, reason=reason)
    return {"alliance": alliance_key, "state": alliance.state}


def end_forming(alliance: Alliance, verb: str, actor: Actor, now: datetime, *, reason: str) -> None:
    """Take back what was asked and held: back to proposed (`replan`), or for good (`abort`, `lapse`)."""
    had_plan = alliance.state != State.PROPOSED
    changes: dict[str, Any] = {"ending_reason": reason[:400]}
    advance(alliance, verb, actor, now, **changes)
    _withdraw_all(alliance, actor, now)
    announce(alliance, {"replan": "replanned", "abort": "aborted", "lapse": "lapsed"}[verb], actor, now, note=reason)
    if had_plan:
        matching.replan(alliance.opportunity_id, reason, now=now)


def _mine(actor: Actor, invitation_key: str) -> tuple[Alliance, Invitation]:
    """The invitation of a firm for which this person may sign, and its alliance, locked. Raises Missing."""
    found = Invitation.objects.of(actor.user_id or 0).filter(key=invitation_key).select_related("seat").first()
    if found is None:
        raise Missing
    if not firms.may_sign(actor.user_id or 0, found.firm_id):
        raise Refused("may_not_sign", _("Only an owner or a manager of the firm may answer for it."))
    alliance = lock(found.seat.alliance_id)
    return alliance, Invitation.objects.select_related("seat__alliance", "stream").get(pk=found.pk)


def _found(plan: ChosenPlan, now: datetime) -> Alliance:
    forming = Stream.objects.create(kind=Stream.Kind.FORMING)
    return Alliance.objects.create(
        title=plan.title,
        product_id=plan.product_id,
        opportunity_id=plan.opportunity_id,
        proposal_id=plan.proposal_id,
        route=plan.route,
        currency=plan.currency,
        units=plan.units,
        state=State.PROPOSED.value,
        entered_at=now,
        founded_at=now,
        due_at=now + settings.INVITATION_TTL,
        end_at=datetime.combine(plan.ends_on + timedelta(days=1), time(), UTC),
        forming=forming,
    )


def _seat(alliance: Alliance, plan: ChosenPlan) -> None:
    """Write the plan's seats; the planned firm is the first candidate of each."""
    Seat.objects.bulk_create(
        Seat(
            alliance=alliance,
            slot=seat.slot,
            number=seat.number,
            is_mandatory=seat.is_mandatory,
            candidates=[{"firm": seat.firm_id, "terms": seat.terms}, *seat.candidates],
        )
        for seat in plan.seats
    )


def _wanted(seat: Seat) -> list[Wanted]:
    return [
        Wanted(row["line"], date.fromisoformat(row["from_on"]), date.fromisoformat(row["until_on"]), row["units"])
        for row in seat.terms.get("capacity", [])
    ]


def _write_agreement(alliance: Alliance, plan: ChosenPlan, now: datetime) -> None:
    common = {
        "route": plan.route,
        "currency": plan.currency,
        "units": plan.units,
        "markets": sorted(plan.markets),
        "ends_on": plan.ends_on.isoformat(),
        "seats": sorted(f"{seat.slot}-{seat.number}" for seat in plan.seats),
    }
    text = terms.agreement(alliance.title, str(alliance.key), common)
    Agreement.objects.create(alliance=alliance, text=text, hash=terms.digest(text), made_at=now)


def _invite(alliance: Alliance, seat: Seat, now: datetime) -> bool:
    """Ask the next candidate that may be called and was not asked yet; false when none is left."""
    asked = set(seat.invitations.values_list("firm_id", flat=True))
    callable_ids = firms.callable_ids([row["firm"] for row in seat.candidates])
    rest = [row for row in seat.candidates if row["firm"] not in asked and row["firm"] in callable_ids]
    if not rest:
        Seat.objects.filter(pk=seat.pk).update(candidates=[])
        return False
    first = rest[0]
    step(seat, SEAT, "invite", SeatFacts(), CLOCK, firm_id=first["firm"], terms=first["terms"], candidates=rest[1:])
    text = terms.offer(alliance.title, str(alliance.key), alliance.agreement.hash, str(seat), first["terms"])
    due = now + settings.INVITATION_TTL
    invitation = Invitation.objects.create(
        seat=seat,
        firm_id=first["firm"],
        terms=text,
        terms_hash=terms.digest(text),
        sent_at=now,
        due_at=due,
        stream=Stream.objects.create(kind=Stream.Kind.INVITATION),
    )
    Alliance.objects.filter(pk=alliance.pk).update(entered_at=now, due_at=due)
    alliance.entered_at, alliance.due_at = now, due
    tell_firm(invitation, "invited", CLOCK, now)
    announce(alliance, "invited", CLOCK, now, seats=board.seat_rows([seat]))
    return True


def _ask_next(alliance: Alliance, seat: Seat, actor: Actor, now: datetime, kind: str) -> None:
    step(seat, SEAT, "vacate", SeatFacts(), actor, firm_id=None, terms={})
    announce(alliance, kind, actor, now, seats=board.seat_rows([seat]))
    if alliance.state == State.INVITING and not _invite(alliance, seat, now):
        _give_up_if_impossible(alliance, now)


def _give_up_if_impossible(alliance: Alliance, now: datetime) -> None:
    """Back to proposed when a mandatory seat has nobody left to ask."""
    if alliance.seats.filter(is_mandatory=True, state=SeatState.OPEN, candidates=[]).exists():
        end_forming(alliance, "replan", CLOCK, now, reason=_("No candidate is left for a mandatory seat."))


def _give_up_former(opportunity_id: int, actor: Actor, now: datetime) -> None:
    """An alliance that fell back to proposed ends when a new plan for its opportunity is approved."""
    for former in Alliance.objects.select_for_update().filter(opportunity_id=opportunity_id, state=State.PROPOSED):
        end_forming(former, "abort", actor, now, reason=_("A new plan was approved."))


def _withdraw_all(alliance: Alliance, actor: Actor, now: datetime) -> None:
    by = actor if actor.is_operator else CLOCK
    live = [InvitationState.PENDING.value]
    for invitation in Invitation.objects.filter(seat__alliance=alliance, state__in=live).select_related("stream", "seat"):
        step(invitation, INVITATION, "withdraw", InvitationFacts(), by)
        tell_firm(invitation, "withdrawn", by, now)
    for seat in alliance.seats.exclude(state=SeatState.ENDED):
        step(seat, SEAT, "end", SeatFacts(), by)
    firms_actions.release(f"{alliance.key}/", now=now)


def _commit(alliance: Alliance, now: datetime) -> None:
    """Bind the partners: holds become reservations, the alliance gets its stream, its partners their access."""
    advance(alliance, "negotiate", CLOCK, now)
    advance(alliance, "commit", CLOCK, now)
    _drop_optional(alliance, now)
    for seat in alliance.seats.filter(state=SeatState.ACCEPTED):
        step(seat, SEAT, "sign", SeatFacts(), Actor("member", CLOCK.key))
    firms_actions.reserve(f"{alliance.key}/", now=now)
    announce(alliance, "committed", CLOCK, now)
    alliance.stream = Stream.objects.create(kind=Stream.Kind.ALLIANCE)
    alliance.save(update_fields=["stream"])
    partners = sorted(set(alliance.seats.filter(state=SeatState.SIGNED).values_list("firm_id", flat=True)))
    Grant.objects.bulk_create(Grant(alliance=alliance, firm_id=firm, granted_at=now) for firm in partners)
    announce(alliance, "committed", CLOCK, now, seats=board.seat_rows(alliance.seats.all()))


def _drop_optional(alliance: Alliance, now: datetime) -> None:
    """An optional seat that nobody has accepted by now is left out."""
    rows = Invitation.objects.filter(seat__alliance=alliance, state=InvitationState.PENDING)
    for invitation in rows.select_related("stream", "seat"):
        step(invitation, INVITATION, "withdraw", InvitationFacts(), CLOCK)
        tell_firm(invitation, "withdrawn", CLOCK, now)
    for seat in alliance.seats.filter(state__in=[SeatState.OPEN, SeatState.INVITED]):
        step(seat, SEAT, "end", SeatFacts(), CLOCK)
