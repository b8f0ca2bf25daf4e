"""The life of an alliance as one table (source: domain.md, "Life cycle of an alliance").

A state that is in the enum and in no row (evolving, suspended) is not in force yet; it comes into
force with its rows here and its deadline in `deadlines`. Nothing else has to change.
"""

from enum import StrEnum

from alliances.lifecycle import facts
from alliances.lifecycle.machine import Actor, Machine, Ok, Refused, Transition, row_for_each, who


class State(StrEnum):
    """Where an alliance stands in its life."""

    PROPOSED = "proposed"  # a plan is on the table, nobody is asked yet
    INVITING = "inviting"  # firms are asked for their seats
    NEGOTIATING = "negotiating"  # all seats are filled, the agreement is being signed
    COMMITTED = "committed"  # all have signed, capacity is reserved
    OPERATING = "operating"  # tasks are worked off
    EVOLVING = "evolving"  # a seat or the demand changes while work goes on
    SUSPENDED = "suspended"  # stopped by compliance
    WINDING_DOWN = "winding_down"  # no new work; left-overs are dealt with
    SETTLING = "settling"  # shares are shown and may be objected to
    DISPUTED = "disputed"  # an objection waits for a ruling
    DISSOLVED = "dissolved"  # ended, nothing open, record sealed
    ABORTED = "aborted"  # ended before anybody was bound


OPERATOR = who(Actor.OPERATOR)
CLOCK = who(Actor.CLOCK)
EITHER = who(Actor.OPERATOR, Actor.CLOCK)
PEOPLE = who(Actor.OPERATOR, Actor.MEMBER)
ANYONE = who(Actor.OPERATOR, Actor.MEMBER, Actor.CLOCK)

_UNBOUND = (State.PROPOSED, State.INVITING, State.NEGOTIATING)
_BOUND = (State.COMMITTED, State.OPERATING, State.SUSPENDED)  # what ends by itself when its time is up
_WORKING = (State.OPERATING, State.EVOLVING)
_LIVING = (State.COMMITTED, State.OPERATING, State.EVOLVING, State.SUSPENDED)

ROWS: tuple[Transition[State, facts.Facts], ...] = (
    Transition(
        State.PROPOSED, "invite", State.INVITING, OPERATOR, (facts.DECIDED, facts.ACYCLIC, facts.CANDIDATES)
    ),
    Transition(State.INVITING, "negotiate", State.NEGOTIATING, EITHER, (facts.ACCEPTED,)),
    Transition(State.INVITING, "replan", State.PROPOSED, EITHER, (facts.NOBODY_LEFT,)),
    Transition(State.NEGOTIATING, "commit", State.COMMITTED, EITHER, (facts.ACCEPTED, facts.SIGNED)),
    Transition(State.NEGOTIATING, "reinvite", State.INVITING, CLOCK, (facts.TIME_UP, facts.STAND_IN)),
    *row_for_each(_UNBOUND, "abort", State.ABORTED, OPERATOR),
    *row_for_each((State.PROPOSED, State.NEGOTIATING), "lapse", State.ABORTED, CLOCK, facts.TIME_UP),
    Transition(State.COMMITTED, "launch", State.OPERATING, EITHER, (facts.WORKSPACE, facts.ALIVE)),
    Transition(
        State.OPERATING,
        "complete",
        State.WINDING_DOWN,
        EITHER,
        (facts.HAD_TASKS, facts.TASKS_DONE, facts.NO_DISPUTES),  # the return window is task E2
    ),
    Transition(State.COMMITTED, "stand_down", State.WINDING_DOWN, EITHER, (facts.TREND_OVER,)),
    *row_for_each(_WORKING, "stand_down", State.WINDING_DOWN, OPERATOR, facts.TREND_OVER),
    *row_for_each(_BOUND, "expire", State.WINDING_DOWN, CLOCK, facts.TIME_UP),
    *row_for_each(_WORKING, "end_early", State.WINDING_DOWN, ANYONE, facts.AGREED),
    *row_for_each(_LIVING, "stop", State.WINDING_DOWN, OPERATOR),
    Transition(State.OPERATING, "evolve", State.EVOLVING, ANYONE, (facts.VACANT,)),
    Transition(State.EVOLVING, "resume", State.OPERATING, EITHER, (facts.FILLED,)),
    Transition(State.EVOLVING, "give_up", State.WINDING_DOWN, EITHER, (facts.NOBODY_LEFT,)),
    *row_for_each(_WORKING, "suspend", State.SUSPENDED, OPERATOR),
    Transition(State.SUSPENDED, "clear", State.OPERATING, OPERATOR, (facts.ANOTHER_PERSON,)),
    Transition(
        State.WINDING_DOWN,
        "reopen",
        State.OPERATING,
        ANYONE,
        (facts.STILL_WARM, facts.WAS_COMPLETED, facts.FIRST_TIME),
    ),
    Transition(
        State.WINDING_DOWN,
        "settle",
        State.SETTLING,
        EITHER,
        (facts.COOLED_OFF, facts.LEFTOVERS, facts.NO_DISPUTES),
    ),
    Transition(
        State.SETTLING,
        "dissolve",
        State.DISSOLVED,
        EITHER,
        (
            facts.LEFTOVERS,
            facts.SETTLED,
            facts.ZERO,
            facts.NO_OBJECTIONS,
            facts.NO_DISPUTES,
            facts.ACCEPTED_SHARES,
        ),
    ),
    Transition(State.SETTLING, "recompute", State.SETTLING, EITHER, (facts.NO_DISPUTES, facts.MORE_VERSIONS)),
    Transition(State.SETTLING, "dispute", State.DISPUTED, PEOPLE, (facts.IN_DISPUTE,)),
    Transition(State.DISPUTED, "resume", State.SETTLING, ANYONE, (facts.NO_DISPUTES,)),
)

ALLIANCE: Machine[State, facts.Facts] = Machine(State, State.PROPOSED, ROWS)


def allowed(state: State, verb: str, about: facts.Facts, actor: Actor | None = None) -> Ok[State] | Refused:
    """May the verb be called on an alliance in this state? Without an actor only the guards are asked."""
    return ALLIANCE.allowed(state, verb, about, actor)
