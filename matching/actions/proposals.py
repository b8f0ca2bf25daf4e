"""Proposals are made: read, solve outside any transaction, write in one short one."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max

from config.wake import wake
from matching.actions.reports import report_on
from matching.models import Opportunity, Proposal, ProposedSeat
from matching.plan.answers import answers
from matching.plan.blocked import blocked_by
from matching.plan.draft import Draft, draft, risk_to_json
from matching.plan.graph import to_json
from matching.plan.terms import Bid
from matching.problem import Case, Reason
from matching.queries.cases import case_of
from matching.solver import solve

log = logging.getLogger(__name__)

PROPOSING = 0x51674A2  # class of the locks under which one opportunity is solved
WHY_ANEW = ("capacity_gone", "fell_through")  # told with the new proposals, too
PAUSE = timedelta(hours=1)  # before an opportunity is tried again that could not be solved at all


@dataclass(frozen=True)
class Outcome:
    """What a search for proposals came to."""

    drafts: Sequence[Draft]
    reasons: Sequence[Reason]
    why_not: Mapping[int, list[Reason]] = field(
        default_factory=dict
    )  # of firms that the best plan is without


def propose_due(now: datetime) -> int:
    """Make proposals for every opportunity that waits for them; returns for how many.

    One that fails in an unforeseen way is logged and tried again later, so that it does not hold up the others.
    """
    due = Opportunity.objects.due(now).order_by("propose_at", "pk").values_list("pk", flat=True)
    return sum(_propose_or_pause(opportunity_id, now) for opportunity_id in list(due))


def _propose_or_pause(opportunity_id: int, now: datetime) -> bool:
    try:
        return propose(opportunity_id, now=now)
    except Exception:
        log.exception("opportunity %s could not be solved", opportunity_id)
        Opportunity.objects.due(now).filter(pk=opportunity_id).update(propose_at=now + PAUSE)
        return False


def propose(opportunity_id: int, *, now: datetime) -> bool:
    """Make the proposals of one opportunity; false when somebody else does, or its inputs changed."""
    with _alone(opportunity_id) as is_mine:
        asked = (
            Opportunity.objects.due(now)
            .filter(pk=opportunity_id)
            .values_list("propose_at", flat=True)
            .first()
        )
        if not is_mine or asked is None:
            return False
        case, left_out = case_of(opportunity_id, now)
        return _write(opportunity_id, asked, search(case, left_out), now)


@contextmanager
def _alone(opportunity_id: int) -> Iterator[bool]:
    """Whether this connection is the only one that solves the opportunity; the lock dies with the process."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [PROPOSING, opportunity_id])
        is_mine = bool(cursor.fetchone()[0])
    try:
        yield is_mine
    finally:
        if is_mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [PROPOSING, opportunity_id])


def search(case: Case, left_out: Sequence[Reason]) -> Outcome:
    """Solve a case; without a plan, say what binds."""
    if not case.markets or not case.survival:
        return Outcome((), left_out or [{"code": "trend_over"}])
    found = answers(case, solve, seconds=settings.MATCHING_SECONDS)
    drafts = [
        draft(team, bound=found.bound, explanations=found.explanations[n])
        for n, team in enumerate(found.teams)
    ]
    if not drafts:
        return Outcome((), [*left_out, *blocked_by(case)])
    return Outcome(drafts, left_out, found.why_not)


@transaction.atomic
def _write(opportunity_id: int, asked: datetime, outcome: Outcome, now: datetime) -> bool:
    """Replace the standing proposals, unless the opportunity has moved on since it was read."""
    taken = Opportunity.objects.select_for_update(no_key=True).filter(
        pk=opportunity_id, state=Opportunity.State.OPEN, propose_at=asked
    )
    opportunity = taken.first()
    if opportunity is None:
        return False
    why = [row for row in opportunity.blocked_by if row["code"] in WHY_ANEW]
    opportunity.proposals.filter(state=Proposal.State.STANDING).update(state=Proposal.State.REPLACED)
    last = opportunity.proposals.aggregate(last=Max("round"))["last"] or 0
    for rank, row in enumerate(outcome.drafts, 1):
        place = {"opportunity": opportunity, "round": last + 1, "rank": rank}
        _write_proposal(row, replace(outcome, reasons=[*outcome.reasons, *why]), place, now)
    opportunity.state = Opportunity.State.PROPOSED if outcome.drafts else Opportunity.State.BLOCKED
    opportunity.blocked_by = list(outcome.reasons)
    opportunity.save(update_fields=["state", "blocked_by"])
    wake("console")
    return True


def _write_proposal(row: Draft, outcome: Outcome, place: dict[str, Any], now: datetime) -> None:
    why_not = outcome.why_not if place["rank"] == 1 else {}
    proposal = Proposal.objects.create(
        **place,
        route=row.route,
        currency=row.risk.currency,
        units=row.units,
        revenue_minor=row.revenue_minor,
        cost_minor=row.cost_minor,
        margin_minor=row.margin_minor,
        bound_minor=row.bound_minor,
        dispatchable_on=row.dispatchable_on,
        ends_on=row.ends_on,
        plan={**row.plan, "risk": risk_to_json(row.risk), "why_not": why_not},
        tasks=to_json(row.tasks),
        reasons=[*row.reasons, *outcome.reasons],
        inputs_hash=row.inputs_hash,
        made_at=now,
    )
    ProposedSeat.objects.bulk_create(
        ProposedSeat(
            proposal=proposal,
            slot=seat.slot,
            number=seat.number,
            is_mandatory=seat.is_mandatory,
            firm_id=seat.first.firm.id,
            terms=seat.first.terms,
            candidates=[_candidate(bid) for bid in seat.rest],
        )
        for seat in row.seats
    )
    report_on(proposal, now=now)


def _candidate(bid: Bid) -> dict[str, object]:
    return {"firm": bid.firm.id, "terms": bid.terms}
