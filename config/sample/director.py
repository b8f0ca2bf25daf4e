"""The pace of the sample world: days pass fast while nobody is asked anything, and slowly while somebody is."""

from datetime import datetime

from alliances.lifecycle import InvitationState, State
from alliances.models import Alliance, Invitation
from config import clock
from config.models import Clock
from config.sample import actors
from matching.models import Opportunity

HOUR = 3600.0
IDLE, WORKING, ASKING = 12 * HOUR, 8 * HOUR, 0.5 * HOUR  # market seconds in a second
ACTIVE = [State.COMMITTED, State.OPERATING, State.WINDING_DOWN, State.SETTLING]


def act(now: datetime) -> None:
    """Let the sample actors act, and set the pace for what waits now."""
    actors.act(now)
    wanted = pace()
    kept = Clock.objects.filter(pk=1).first()
    if kept is not None and kept.speed != wanted:
        clock.set_pace(wanted)


def pace() -> float:
    """Slow while a proposal or an invitation waits for a person, brisk while work is done, fast otherwise."""
    deciding = Opportunity.objects.filter(
        state__in=[Opportunity.State.OPEN, Opportunity.State.PROPOSED]
    ).exists()
    full = Alliance.objects.filter(state__in=ACTIVE).count() >= actors.ALLIANCES_AT_ONCE
    if Invitation.objects.filter(state=InvitationState.PENDING).exists() or (deciding and not full):
        return ASKING
    return WORKING if Alliance.objects.filter(state__in=ACTIVE).exists() else IDLE
