"""A named person chooses a proposal or rejects it; a plan that fell through is made again."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from config.rows import Actor, Missing, Refused, claim, move
from config.wake import wake
from matching.actions.reports import demand_opened
from matching.models import Opportunity, Proposal
from matching.problem import Reason
from matching.queries.contention import gone, gone_of
from matching.queries.proposals import ChosenPlan, chosen
from matching.queries.words import sentence


def choose(actor: Actor, proposal_key: str, *, now: datetime) -> ChosenPlan:
    """Take a standing proposal for an alliance, inside the caller's transaction.

    Raises Missing for who is no operator, Refused("not_standing"), Refused("risk_not_opened") and, when a firm has
    given its weeks to others meanwhile, Refused("capacity_gone"): then new proposals are on their way (replan_gone).
    """
    proposal, opportunity = _locked(actor, proposal_key)
    if proposal.state != Proposal.State.STANDING or opportunity.state not in Opportunity.UNDECIDED:
        raise Refused(
            "not_standing", _("This proposal no longer stands: look at the newer ones."), state=proposal.state
        )
    if now >= opportunity.until_at:
        raise Refused("too_late", _("The time of this opportunity has passed."))
    report = demand_opened(actor, proposal, now)
    _demand_capacity(proposal)
    move(proposal, Proposal.State.STANDING, Proposal.State.CHOSEN)
    opportunity.proposals.filter(state=Proposal.State.STANDING).update(state=Proposal.State.REPLACED)
    opportunity.state = Opportunity.State.APPROVED
    opportunity.save(update_fields=["state"])
    wake("console")
    return chosen(proposal, report.pk)


def _demand_capacity(proposal: Proposal) -> None:
    if lacking := gone(proposal):
        text = _("%(why)s New proposals are being made.") % {"why": sentence(lacking[0])}
        raise Refused("capacity_gone", text, firm=lacking[0]["firm"], free_units=lacking[0]["left"])


def replan_gone(now: datetime) -> int:
    """Opportunities with a standing proposal whose capacity went to others are planned anew; returns how many."""
    standing = Proposal.objects.standing().filter(opportunity__state=Opportunity.State.PROPOSED)
    known = dict(standing.values_list("pk", "opportunity_id"))
    lacking = gone_of(known)
    reasons = {known[number]: rows for number, rows in sorted(lacking.items(), reverse=True)}
    return sum(_reopen(opportunity_id, rows, now) for opportunity_id, rows in sorted(reasons.items()))


@transaction.atomic
def _reopen(opportunity_id: int, reasons: list[Reason], now: datetime) -> bool:
    """The proposals stay until new ones take their place; who would approve one meanwhile is told why not."""
    rows = Opportunity.objects.filter(pk=opportunity_id, state=Opportunity.State.PROPOSED)
    taken = claim(rows, state=Opportunity.State.OPEN, blocked_by=reasons, propose_at=now)
    if taken:
        wake("console")
    return taken


@transaction.atomic
def reject(actor: Actor, proposal_key: str, *, reason: str, now: datetime) -> int:
    """Decide against a standing proposal; returns its id. After the last one the opportunity is blocked."""
    proposal, opportunity = _locked(actor, proposal_key)
    if not reason.strip():
        raise Refused("no_reason", _("Say why."))
    if not move(proposal, Proposal.State.STANDING, Proposal.State.REJECTED):
        raise Refused("not_standing", _("This proposal no longer stands: look at the newer ones."))
    if opportunity.state == Opportunity.State.PROPOSED and not opportunity.proposals.standing().exists():
        opportunity.state = Opportunity.State.BLOCKED
        opportunity.blocked_by = [{"code": "all_rejected"}]
        opportunity.save(update_fields=["state", "blocked_by"])
    wake("console")
    return proposal.pk


def _locked(actor: Actor, proposal_key: str) -> tuple[Proposal, Opportunity]:
    """The opportunity's row is locked first, then its proposal is read."""
    rows = Opportunity.objects.select_for_update(no_key=True, of=("self",)).select_related("product")
    opportunity = rows.filter(proposals__key=proposal_key).first() if actor.is_operator else None
    if opportunity is None:
        raise Missing()
    proposal = Proposal.objects.get(key=proposal_key)
    proposal.opportunity = opportunity
    return proposal, opportunity


@transaction.atomic
def replan(opportunity_id: int, reason: str, *, now: datetime) -> None:
    """The alliance of an opportunity fell through: it is open again, unless its time has passed.

    When another opportunity of the product is open by now, that one carries on.
    """
    opportunity = Opportunity.objects.select_for_update(no_key=True).get(pk=opportunity_id)
    if opportunity.state != Opportunity.State.APPROVED:
        return
    opportunity.proposals.filter(state=Proposal.State.CHOSEN).update(state=Proposal.State.REPLACED)
    rivals = Opportunity.objects.undecided().filter(product_id=opportunity.product_id)
    over = now >= opportunity.until_at or rivals.exists()
    opportunity.state = Opportunity.State.EXPIRED if over else Opportunity.State.OPEN
    opportunity.blocked_by = [{"code": "fell_through", "why": reason[:400]}]
    opportunity.propose_at = now
    opportunity.save(update_fields=["state", "blocked_by", "propose_at"])
    wake("console")


@transaction.atomic
def try_again(actor: Actor, key: str, *, now: datetime) -> None:
    """An operator asks for new proposals with what firms offer now."""
    opportunity = Opportunity.objects.select_for_update(no_key=True).filter(key=key).first()
    if not actor.is_operator or opportunity is None:
        raise Missing()
    if opportunity.state not in Opportunity.UNDECIDED:
        raise Refused(
            "opportunity_closed", _("This opportunity was decided already."), state=opportunity.state
        )
    opportunity.state, opportunity.propose_at = Opportunity.State.OPEN, now
    opportunity.save(update_fields=["state", "propose_at"])
    wake("console")
