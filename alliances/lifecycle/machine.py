"""A state machine as a table of rows; the alliance and its small parts are instances of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

S = TypeVar("S", bound=StrEnum)
F = TypeVar("F")


class Actor(StrEnum):
    """Who may call a verb."""

    OPERATOR = "operator"  # a named person of the platform
    MEMBER = "member"  # a person of a firm that holds a seat
    CLOCK = "clock"  # the platform itself, when a deadline has passed or a guard has come to hold


@dataclass(frozen=True)
class Guard(Generic[F]):
    """A condition on the facts."""

    name: str  # also the reason code of a refusal
    holds: Callable[[F], bool]  # the predicate, pure
    refusal: str  # what to tell who was refused, in English


@dataclass(frozen=True)
class Transition(Generic[S, F]):
    """One row: in state `before`, `verb` leads to `after` when every guard holds."""

    before: S  # state in which the verb may be called
    verb: str  # bare verb, as in URLs and actions
    after: S  # state that it leads to; the same state where only something is recorded
    who: frozenset[Actor]  # who may call it
    guards: tuple[Guard[F], ...] = ()  # all must hold; the first that does not is the reason


@dataclass(frozen=True)
class Ok(Generic[S]):
    """The verb is allowed and leads to `after`."""

    after: S  # the next state

    def __bool__(self) -> bool:
        return True


@dataclass(frozen=True)
class Refused:
    """The verb is not allowed."""

    code: str  # stable reason: a guard's name, "no_such_step" or "not_yours"
    text: str  # the reason in English

    def __bool__(self) -> bool:
        return False


NO_SUCH_STEP = "no_such_step"
NOT_YOURS = "not_yours"


@dataclass(frozen=True)
class Machine(Generic[S, F]):
    """All rows of one kind of thing."""

    states: type[S]  # the enum of its states
    initial: S  # where each one begins
    rows: tuple[Transition[S, F], ...]  # the table; at most one row for a state and a verb

    def find(self, state: S, verb: str) -> Transition[S, F] | None:
        """The row for a verb in a state."""
        return next((row for row in self.rows if (row.before, row.verb) == (state, verb)), None)

    def allowed(self, state: S, verb: str, facts: F, actor: Actor | None = None) -> Ok[S] | Refused:
        """May the verb be called now? Without an actor only the guards are asked."""
        row = self.find(state, verb)
        if row is None:
            return Refused(NO_SUCH_STEP, "This is not possible in the present state.")
        if actor is not None and actor not in row.who:
            return Refused(NOT_YOURS, "This step is not yours to take.")
        broken = next((guard for guard in row.guards if not guard.holds(facts)), None)
        return Refused(broken.name, broken.refusal) if broken else Ok(row.after)

    def verbs(self, state: S, facts: F, actor: Actor | None = None) -> tuple[str, ...]:
        """The verbs that may be called now, in the order of the table."""
        possible = (row.verb for row in self.rows if row.before == state)
        return tuple(verb for verb in possible if self.allowed(state, verb, facts, actor))

    @property
    def in_force(self) -> frozenset[S]:
        """The states that the table can reach from the initial one."""
        reached = {self.initial}
        for _ in self.rows:
            reached |= {row.after for row in self.rows if row.before in reached}
        return frozenset(reached)

    @property
    def terminal(self) -> frozenset[S]:
        """Reachable states that nothing leads out of: what has come here never comes back to life."""
        return self.in_force - {row.before for row in self.rows}


def who(*actors: Actor) -> frozenset[Actor]:
    """The actors of a row."""
    return frozenset(actors)


def row_for_each(
    states: Iterable[S], verb: str, after: S, by: frozenset[Actor], *guards: Guard[F]
) -> tuple[Transition[S, F], ...]:
    """The same row for several states."""
    return tuple(Transition(state, verb, after, by, guards) for state in states)
