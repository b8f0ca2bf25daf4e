"""Opportunities: does the trend behind one still live?"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from matching.characterise import usual
from matching.models import Opportunity, Spike
from matching.queries.market import counts_of, name_of

WEEK = 7
LEAST_SHARE = 0.2  # of the best week's surge, below which a trend counts as gone


def trend_alive(opportunity_id: int, now: datetime) -> bool:
    """A trend lives until its time has passed, or its last week has lost most of what its best week had.

    What has no observations, because an operator raised it by hand, lives until its time has passed.
    """
    opportunity = Opportunity.objects.get(pk=opportunity_id)
    if now >= opportunity.until_at:
        return False
    spikes = list(
        Spike.objects.filter(
            product_id=opportunity.product_id,
            market__in=opportunity.markets.values("market"),
            answered_at__isnull=False,
            dismissed_at=None,
        ).order_by("-first_on")
    )
    counts = counts_of(map(name_of, spikes), until=now.date() + timedelta(days=1))
    latest = {name_of(spike): spike for spike in reversed(spikes)}
    alive = [
        _is_alive(counts[name].units, (spike.onset_on - counts[name].first_on).days)
        for name, spike in latest.items()
        if name in counts
    ]
    return not alive or any(alive)


def _is_alive(units: Sequence[int], onset: int) -> bool:
    level = usual(units, onset)
    surge = [value - level for value in units[onset:]]
    weeks = [sum(surge[at : at + WEEK]) for at in range(max(len(surge) - WEEK + 1, 1))]
    return weeks[-1] > 0 and weeks[-1] >= LEAST_SHARE * max(weeks)
