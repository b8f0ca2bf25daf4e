"""Every live state has a deadline that acts; what the clock does when it has passed.

Inviting counts from the last invitation sent, so that each next candidate has its full time to answer.
Operating counts to the end date, which the caller gives as the setting of this alliance.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from alliances.lifecycle.alliance import ALLIANCE, State
from alliances.lifecycle.facts import Facts
from alliances.lifecycle.machine import Transition


@dataclass(frozen=True)
class Deadline:
    """How long a state may last, and what then happens by itself."""

    state: State  # the live state
    setting: str  # name of the setting, platform-wide and per alliance
    default: timedelta  # when nothing is set
    verb: str  # what the clock then calls
    before: str = ""  # what the caller has to do first, in the same transaction, so that the guards hold


WRITE_OFF = "write_off_leftovers"
CLOSE_OBJECTIONS = "close_objections"
CLOSE_DISPUTES = "close_disputes"
FREE_UNSIGNED = "free_unsigned"

DEADLINES: tuple[Deadline, ...] = (
    Deadline(State.PROPOSED, "proposed", timedelta(hours=72), "lapse"),
    Deadline(State.INVITING, "inviting", timedelta(hours=48), "replan"),
    Deadline(State.NEGOTIATING, "negotiating", timedelta(hours=48), "reinvite"),
    Deadline(State.NEGOTIATING, "negotiating", timedelta(hours=48), "lapse"),
    Deadline(State.COMMITTED, "committed", timedelta(hours=24), "expire"),
    Deadline(State.OPERATING, "operating", timedelta(days=150), "expire"),
    Deadline(State.EVOLVING, "evolving", timedelta(hours=72), "give_up", before=FREE_UNSIGNED),
    Deadline(State.SUSPENDED, "suspended", timedelta(days=7), "expire"),
    Deadline(State.WINDING_DOWN, "cooling_off", timedelta(hours=24), "settle"),
    Deadline(State.WINDING_DOWN, "winding_down", timedelta(days=14), "settle", before=WRITE_OFF),
    Deadline(State.SETTLING, "objections", timedelta(hours=72), "dissolve"),
    Deadline(State.SETTLING, "answers", timedelta(days=14), "dissolve", before=CLOSE_OBJECTIONS),
    Deadline(State.DISPUTED, "dispute", timedelta(days=14), "resume", before=CLOSE_DISPUTES),
)


def deadlines(
    state: State, entered_at: datetime, settings: Mapping[str, timedelta]
) -> tuple[tuple[datetime, Deadline], ...]:
    """Every deadline of a state with its time, earliest first; `settings` overrides the defaults by name."""
    mine = [row for row in DEADLINES if row.state == state]
    timed = [(entered_at + settings.get(row.setting, row.default), row) for row in mine]
    return tuple(sorted(timed, key=lambda pair: pair[0]))


def due_at(
    state: State, entered_at: datetime, settings: Mapping[str, timedelta], *, after: datetime | None = None
) -> datetime | None:
    """When the clock must next look at the alliance: the first deadline of its state later than `after`.

    None in a state without deadlines, or when all of them have passed.
    """
    times = (at for at, _ in deadlines(state, entered_at, settings))
    return next((at for at in times if after is None or at > after), None)


def passed(
    state: State, entered_at: datetime, settings: Mapping[str, timedelta], now: datetime
) -> tuple[Deadline, ...]:
    """The deadlines that have passed, earliest first; the clock calls their verbs until one is allowed."""
    return tuple(row for at, row in deadlines(state, entered_at, settings) if at <= now)


def after_deadline(state: State) -> Transition[State, Facts] | None:
    """The clock's step when the last deadline of a state has passed; None for a terminal state."""
    last = next((row for row in reversed(DEADLINES) if row.state == state), None)
    return ALLIANCE.find(state, last.verb) if last else None
