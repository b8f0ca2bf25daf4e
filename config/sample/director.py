"""The pace of the sample world: days pass fast while nobody is asked anything, and slowly while somebody is."""

from datetime import datetime

from django.conf import settings

from alliances.lifecycle import InvitationState, State
from alliances.models import Alliance, Event, Invitation
from config import clock
from config.models import Clock
from config.sample import actors
from matching.models import Opportunity

HOUR = 3600.0
IDLE, WORKING, ASKING = 12 * HOUR, 8 * HOUR, 0.5 * HOUR  # market seconds in a second
ACTIVE = [State.OPERATING, State.WINDING_DOWN, State.SETTLING]


def act(now: datetime) -> None:
    """Let the sample actors act, and set the pace for what waits now."""
    actors.act(now)
    if Clock.objects.filter(pk=1).exists():
        clock.set_pace(pace())  # also when it is unchanged: a platform that is killed resumes from here


def resume() -> None:
    """Let the market go on where it stopped: nights in which nothing ran are no years of the market.

    Its pace is that of the day until somebody acts, for a start takes seconds in which nobody could.
    """
    kept = Clock.objects.filter(pk=1).first()
    if kept is None:
        return
    last = Event.objects.order_by("-at").values_list("at", flat=True).first()
    clock.set_pace(1.0, start_at=max(kept.anchor_market_at, last or kept.anchor_market_at))


def pace() -> float:
    """Slow while a proposal, an invitation or a launch waits, brisk while work is done, fast otherwise."""
    deciding = Opportunity.objects.filter(
        state__in=[Opportunity.State.OPEN, Opportunity.State.PROPOSED]
    ).exists()
    active = Alliance.objects.filter(state__in=ACTIVE).count()
    launching = Alliance.objects.filter(state=State.COMMITTED).exists()
    invited = Invitation.objects.filter(state=InvitationState.PENDING).exists()
    asked = invited or launching or actors.waits_for_a_visitor()
    if asked or (deciding and active < actors.ALLIANCES_AT_ONCE):
        return ASKING
    return (WORKING if active else IDLE) * settings.SAMPLE_HASTE
