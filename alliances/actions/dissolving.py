"""The end of an alliance: nothing stays open but the record."""

from datetime import datetime

from alliances.actions.heritage import file_conduct
from alliances.actions.learning import learn
from alliances.actions.sealing import seal
from alliances.actions.steps import announce, may, require, step
from alliances.lifecycle import ALLIANCE, SEAT, SeatFacts, SeatState, State
from alliances.lifecycle import Actor as Who
from alliances.models import Alliance, Settlement
from alliances.queries import board
from alliances.queries.facts import gather
from config.rows import CLOCK
from firms import actions as firms_actions


def dissolve_if_possible(alliance: Alliance, now: datetime) -> None:
    """Dissolve at once when nobody is waited for any more."""
    if alliance.state == State.SETTLING and may(alliance, "dissolve", now):
        dissolve(alliance, now)


def dissolve(alliance: Alliance, now: datetime) -> None:
    """End the alliance: conduct, capacity, seats, access, streams; the record is sealed by its root."""
    facts = gather(alliance, "dissolve", now)
    require(ALLIANCE.allowed(State(alliance.state), "dissolve", facts, Who.CLOCK))
    Settlement.objects.filter(alliance=alliance).update(confirmed_at=now)
    learn(alliance, now)
    file_conduct(alliance, now)  # before capacity: firms are locked first, as everywhere
    firms_actions.release(f"{alliance.key}/", now=now)
    for seat in alliance.seats.exclude(state=SeatState.ENDED):
        step(seat, SEAT, "end", SeatFacts(), CLOCK)
    alliance.grants.filter(ended_at=None).update(ended_at=now)
    alliance.state, alliance.entered_at, alliance.due_at = State.DISSOLVED.value, now, None
    alliance.dissolved_at = now
    announce(alliance, "dissolved", CLOCK, now, seats=board.seat_rows(alliance.seats.all()))
    alliance.root_hash = seal(alliance, now)
    alliance.save(update_fields=["state", "entered_at", "due_at", "dissolved_at", "root_hash"])
