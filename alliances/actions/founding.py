"""From a proposal to an alliance that invites: a named person decides, seats are written, firms are asked."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from alliances import terms
from alliances.actions.inviting import ask
from alliances.actions.steps import advance, announce, operator
from alliances.actions.withdrawing import end_forming
from alliances.lifecycle import State
from alliances.models import Agreement, Alliance, Decision, Seat, Stream
from config.rows import Actor, Refused, command
from firms import actions as firms_actions
from firms import queries as firms
from matching import actions as matching
from matching.queries import ChosenPlan, SeatPlan

LONGEST_HOURS = 336
SUPERSEDED = gettext_noop("A new plan was approved.")


@command
def approve(
    actor: Actor,
    proposal_key: str,
    *,
    reason: str = "",
    ttl_hours: int | None = None,
    command_id: str | None = None,
    now: datetime,
) -> dict[str, Any]:
    """Found an alliance on a proposal whose current risk report this person has opened, and invite its firms.

    `ttl_hours` is the time that they have to answer, when it is not the usual one.
    Raises Missing for anybody but an operator; Refused `risk_not_opened`, `not_standing`, and `candidates`
    when no firm that may be called is left for a mandatory seat.
    """
    by = operator(actor)
    if ttl_hours is not None and not 1 <= ttl_hours <= LONGEST_HOURS:
        raise Refused("ttl_hours", _("The time to answer is between 1 and 336 hours."))
    plan = matching.choose(actor, proposal_key, now=now)
    firms_actions.demand_others(actor, (seat.firm_id for seat in plan.seats))
    _give_up_former(plan.opportunity_id, actor, now)
    alliance = _found(plan, actor, ttl_hours, now)
    Decision.objects.create(
        kind=Decision.Kind.APPROVED,
        proposal_id=plan.proposal_id,
        report_id=plan.report_id,
        by_id=by,
        reason=reason[:400],
        at=now,
    )
    seats = _seat(alliance, plan)
    _write_common_terms(alliance, plan, now)
    advance(alliance, "invite", actor, now)
    announce(alliance, "approved", actor, now, command_id=command_id, note=reason)
    for seat in seats:
        ask(alliance, seat, seat.candidates, now)
    return {"alliance": str(alliance.key)}


@command
def reject(
    actor: Actor, proposal_key: str, *, reason: str, command_id: str | None = None, now: datetime
) -> dict[str, Any]:
    """Decide against a proposal, with a reason."""
    by = operator(actor)
    proposal_id = matching.reject(actor, proposal_key, reason=reason, now=now)
    Decision.objects.create(
        kind=Decision.Kind.REJECTED, proposal_id=proposal_id, by_id=by, reason=reason.strip()[:400], at=now
    )
    return {"proposal": proposal_key}


def _found(plan: ChosenPlan, actor: Actor, ttl_hours: int | None, now: datetime) -> Alliance:
    return Alliance.objects.create(
        title=plan.title[:200],
        title_zh=plan.title_zh[:200],
        product_id=plan.product_id,
        opportunity_id=plan.opportunity_id,
        proposal_id=plan.proposal_id,
        route=plan.route,
        currency=plan.currency,
        units=plan.units,
        state=State.PROPOSED.value,
        entered_at=now,
        founded_at=now,
        invitation_hours=ttl_hours,
        due_at=now + settings.INVITATION_TTL,
        end_at=datetime.combine(plan.ends_on + timedelta(days=1), time(), UTC),
        forming=Stream.objects.create(kind=Stream.Kind.FORMING),
        is_sample=actor.is_sample,
    )


def _seat(alliance: Alliance, plan: ChosenPlan) -> list[Seat]:
    """Write the plan's seats with the candidates that may be called; the planned firm is the first."""
    asked = {seat.firm_id for seat in plan.seats} | {
        row["firm"] for seat in plan.seats for row in seat.candidates
    }
    may_be_called = firms.callable_ids(asked)
    return Seat.objects.bulk_create(
        Seat(
            alliance=alliance,
            slot=seat.slot,
            number=seat.number,
            is_mandatory=seat.is_mandatory,
            candidates=[row for row in _candidates(seat) if row["firm"] in may_be_called],
        )
        for seat in plan.seats
    )


def _candidates(seat: SeatPlan) -> list[dict[str, Any]]:
    return [{"firm": seat.firm_id, "terms": seat.terms}, *seat.candidates]


def _write_common_terms(alliance: Alliance, plan: ChosenPlan, now: datetime) -> None:
    common = {
        "route": plan.route,
        "currency": plan.currency,
        "units": plan.units,
        "markets": sorted(plan.markets),
        "ends_on": plan.ends_on.isoformat(),
        "seats": sorted(f"{seat.slot}-{seat.number}" for seat in plan.seats),
    }
    text = terms.common(alliance.title, str(alliance.key), common)
    Agreement.objects.create(alliance=alliance, text=text, hash=terms.digest(text), made_at=now)


def _give_up_former(opportunity_id: int, actor: Actor, now: datetime) -> None:
    """An alliance that fell back to proposed ends when a new plan for its opportunity is approved."""
    formers = Alliance.objects.select_for_update().filter(opportunity_id=opportunity_id, state=State.PROPOSED)
    for former in formers.order_by("pk"):
        end_forming(former, "abort", actor, now, reason=SUPERSEDED)
