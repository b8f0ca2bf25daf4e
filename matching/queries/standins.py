"""Firms that could take over a seat of a living alliance, asked of the registry as it is today."""

from datetime import datetime, timedelta
from typing import Any

from matching.models import Proposal
from matching.plan.standins import Vacancy, bids_for
from matching.queries.economics import rates
from matching.queries.registry import registry

WEEKS = 12  # of capacity that are looked at

__all__ = ["Vacancy", "stand_ins"]


def stand_ins(proposal_id: int, vacancy: Vacancy, now: datetime) -> list[dict[str, Any]]:
    """Candidates `{"firm": id, "terms": {…}}` for a seat of the plan, best first; the rest of the team is fixed."""
    proposal = Proposal.objects.select_related("opportunity__product").get(pk=proposal_id)
    offers = registry(
        proposal.opportunity.product.hs6,
        list(vacancy.markets),
        currency=proposal.currency,
        rates=rates(),
        from_on=now.date() - timedelta(days=now.weekday()),
        weeks=WEEKS,
    )
    bids = bids_for(vacancy, offers, proposal.currency, now.date())
    return [{"firm": bid.firm.id, "terms": bid.terms} for bid in bids]
