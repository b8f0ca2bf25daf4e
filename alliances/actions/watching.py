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
    planned = _planned(alliance)
    expected = seen.expected_units * planned // max(alliance.units, 1)
    if not _has_changed(seen, expected):
        return False
    figures = {
        "planned_units": planned,
        "expected_units": expected,
        "wanted_units": seen.wanted_units,
        "least_units": seen.least_units,
        "most_units": seen.most_units,
        "revised_units": planned * seen.wanted_units // expected,
    }
    return propose_change(alliance, Change.Kind.DEMAND, figures, now)


def _planned(alliance: Alliance) -> int:
    """Units as agreed, or as they were last revised: what a person has followed is no change any more."""
    followed = alliance.changes.filter(kind=Change.Kind.DEMAND, state=Change.State.CONFIRMED)
    figures = followed.order_by("decided_at").values_list("figures", flat=True).last()
    return figures["revised_units"] if figures else alliance.units


def _has_changed(seen: matching.Outlook, expected: int) -> bool:
    """Much more or less is wanted, and what was expected lies outside of what may be: forecasts err by half."""
    if not expected or seen.least_units <= expected <= seen.most_units:
        return False
    return abs(seen.wanted_units - expected) > settings.DEMAND_CHANGE * expected


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
