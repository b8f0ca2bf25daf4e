"""Opportunities: does the trend behind one still live, and how much does the market still want?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from math import ceil
from typing import Any

from matching.characterise import characterise, usual
from matching.models import Opportunity, Spike
from matching.observations import Counts
from matching.queries.market import Name, counts_of, last_day, name_of, scale_of

WEEK = 7
QUANTILES = ("units_p10", "units_p50", "units_p90")
LEAST_SHARE = 0.2  # of the best week's surge, below which a trend counts as gone


@dataclass(frozen=True)
class Outlook:
    """What the markets of an opportunity want from today on, in units."""

    expected_units: int  # the median, as it was expected when the opportunity was raised
    wanted_units: int  # the median, with what has been observed since
    least_units: int  # 1 in 10 wants less
    most_units: int  # 1 in 10 wants more


def outlook(opportunity_id: int, now: datetime) -> Outlook:
    """How demand compares with what the plan was made for; without observations nothing has changed."""
    opportunity = Opportunity.objects.get(pk=opportunity_id)
    passed = max((now - opportunity.raised_at).days, 0)
    expected = {str(row.market): sum(row.demand_by_day[passed:]) for row in opportunity.markets.all()}
    spikes, counts = _observed(opportunity, now)
    wanted = {market: (units, units, units) for market, units in expected.items()}
    for name, spike in spikes.items():
        if name in counts and name[1] in wanted:
            told = characterise(counts[name], spike.onset_on, scale=scale_of(spike.source))
            wanted[name[1]] = (told.units_p10, told.units_p50, told.units_p90)
    least, median, most = (
        (sum(units) for units in zip(*wanted.values(), strict=True)) if wanted else (0, 0, 0)
    )
    return Outlook(sum(expected.values()), median, least, most)


def _observed(opportunity: Opportunity, now: datetime) -> tuple[dict[Name, Spike], dict[Name, Counts]]:
    """The latest answered surge of each series behind an opportunity, and the series' counts."""
    spikes = list(
        Spike.objects.answered()
        .filter(product_id=opportunity.product_id, market__in=opportunity.markets.values("market"))
        .order_by("first_on")
    )
    latest = {name_of(spike): spike for spike in spikes}
    return latest, counts_of(latest, until=last_day(now))


def trend_alive(opportunity_id: int, now: datetime) -> bool:
    """A trend lives until its time has passed, or its last week has lost most of what its best week had.

    What has no observations, because an operator raised it by hand, lives until its time has passed.
    """
    opportunity = Opportunity.objects.get(pk=opportunity_id)
    if now >= opportunity.until_at:
        return False
    latest, counts = _observed(opportunity, now)
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


def id_of(key: str) -> int:
    """The id of an opportunity by its key."""
    return Opportunity.objects.only("pk").get(key=key).pk


def wanted(opportunity_id: int, units: int | None = None) -> tuple[float, list[dict[str, Any]]]:
    """The half-life that was expected, and what each market wanted, as `raise_opportunity` takes it.

    With `units`, of that many in all, spread over the markets as before; rounded up, so that none is left out.
    """
    opportunity = Opportunity.objects.get(pk=opportunity_id)
    rows = list(opportunity.markets.order_by("-units_p50", "market"))
    expected = max(sum(row.units_p50 for row in rows), 1)
    part = Fraction(units or expected, expected)
    return opportunity.half_life_days, [
        {"market": str(row.market), **{name: ceil(getattr(row, name) * part) for name in QUANTILES}}
        for row in rows
    ]
