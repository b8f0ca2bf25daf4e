"""The small machine of a dispute: it is ruled on, withdrawn, or its time passes and the record stands."""

from dataclasses import dataclass
from enum import StrEnum

from alliances.lifecycle.machine import Actor, Guard, Machine, Transition, who


class DisputeState(StrEnum):
    """What became of a dispute."""

    OPEN = "open"  # waits for a ruling
    UPHELD = "upheld"  # ruled: the firm is right, what it disputes is corrected
    DISMISSED = "dismissed"  # ruled: the record is right
    WITHDRAWN = "withdrawn"  # the firm took it back
    STOOD = "stood"  # nobody ruled in time: the record stands


DISPUTE_OVER = frozenset(DisputeState) - {DisputeState.OPEN}


@dataclass(frozen=True)
class DisputeFacts:
    """What decides over a dispute."""

    is_second_person: bool = True  # who rules has taken no side, and acts for no partner
    is_only_operator: bool = False  # nobody else can rule, and the ruling says so
    has_corrections: bool = False  # the ruling corrects something
    deadline_passed: bool = False  # the time for a ruling has passed


SECOND = Guard[DisputeFacts](
    "second_person",
    lambda f: f.is_second_person or f.is_only_operator,
    "Somebody else has to rule: you answered this objection, referred it yourself, or act for a partner.",
)
CORRECTS = Guard[DisputeFacts]("corrects", lambda f: f.has_corrections, "Say what is corrected, and to what.")
CHANGES_NOTHING = Guard[DisputeFacts](
    "corrects_nothing", lambda f: not f.has_corrections, "A dispute that is dismissed corrects nothing."
)
TIME_UP = Guard[DisputeFacts]("deadline_passed", lambda f: f.deadline_passed, "There is still time to rule.")

_OPERATOR = who(Actor.OPERATOR)
DISPUTE: Machine[DisputeState, DisputeFacts] = Machine(
    DisputeState,
    DisputeState.OPEN,
    (
        Transition(DisputeState.OPEN, "uphold", DisputeState.UPHELD, _OPERATOR, (SECOND, CORRECTS)),
        Transition(
            DisputeState.OPEN, "dismiss", DisputeState.DISMISSED, _OPERATOR, (SECOND, CHANGES_NOTHING)
        ),
        Transition(DisputeState.OPEN, "withdraw", DisputeState.WITHDRAWN, who(Actor.MEMBER)),
        Transition(DisputeState.OPEN, "let_stand", DisputeState.STOOD, who(Actor.CLOCK), (TIME_UP,)),
    ),
)
