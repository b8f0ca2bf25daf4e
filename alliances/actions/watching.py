"""While an alliance works, its market is looked at: a dead trend or a changed demand goes to a person."""

from datetime import datetime

from django.conf import settings

from alliances import exits
from alliances.actions.changing import propose_change
from alliances.actions.computing import paid_seats, seller_of, work_of
from alliances.actions.steps import lock
from alliances.lifecycle import State
from alliances.models import Alliance, Change
from matching import queries as matching

WATCHED = [State.OPERATING.value, State.EVOLVING.value]


def watch(alliance_id: int, now: datetime) -> bool:
    """Look at the market behind an alliance, and propose what follows; in the caller's transaction."""
    alliance = lock(alliance_id)
    if alliance.state not in WATCHED:
        return False
    alliance.watched_at = now
    alliance.save(update_fields=["watched_at"])
    seen = matching.outlook(alliance.opportunity_id, now)
    if not matching.trend_alive(alliance.opportunity_id, now):
        return propose_change(alliance, Change.Kind.STAND_DOWN, _ways_out(alliance, seen), now)
    return _has_changed(seen) and propose_change(alliance, Change.Kind.DEMAND, _demand(alliance, seen), now)


def _has_changed(seen: matching.Outlook) -> bool:
    """Much more or less is wanted, and what was expected lies outside of what may be: forecasts err by half."""
    if not seen.expected_units or seen.least_units <= seen.expected_units <= seen.most_units:
        return False
    return abs(seen.wanted_units - seen.expected_units) > settings.DEMAND_CHANGE * seen.expected_units


def _demand(alliance: Alliance, seen: matching.Outlook) -> dict[str, int]:
    return {
        "planned_units": alliance.units,
        "expected_units": seen.expected_units,
        "wanted_units": seen.wanted_units,
        "least_units": seen.least_units,
        "most_units": seen.most_units,
        "revised_units": alliance.units * seen.wanted_units // seen.expected_units,
    }


def _ways_out(alliance: Alliance, seen: matching.Outlook) -> dict[str, object]:
    seats = paid_seats(alliance)
    prices = list(matching.plan_of(alliance.proposal_id).prices_minor.values())
    found = exits.ways(
        work_of(alliance, seats),
        seller_of(seats),
        alliance.currency,
        wanted_units=seen.wanted_units,
        price_minor=sum(prices) // max(len(prices), 1),
    )
    return {"ways": exits.packed(found), "wanted_units": seen.wanted_units}
