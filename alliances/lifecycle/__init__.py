"""The states of an alliance and its parts, who may move them, and what deadlines do. Pure."""

from alliances.lifecycle.alliance import ALLIANCE, ROWS, State, allowed
from alliances.lifecycle.deadlines import (
    CLOSE_DISPUTES,
    CLOSE_OBJECTIONS,
    DEADLINES,
    FREE_UNSIGNED,
    WRITE_OFF,
    Deadline,
    after_deadline,
    deadlines,
    due_at,
    passed,
)
from alliances.lifecycle.disputes import DISPUTE, DISPUTE_OVER, DisputeFacts, DisputeState
from alliances.lifecycle.facts import Facts
from alliances.lifecycle.machine import Actor, Guard, Machine, Ok, Refused, Transition
from alliances.lifecycle.parts import (
    INVITATION,
    SEAT,
    TASK,
    TASK_OVER,
    InvitationFacts,
    InvitationState,
    SeatFacts,
    SeatState,
    TaskFacts,
    TaskState,
)

__all__ = [
    "ALLIANCE",
    "CLOSE_DISPUTES",
    "CLOSE_OBJECTIONS",
    "DEADLINES",
    "DISPUTE",
    "DISPUTE_OVER",
    "FREE_UNSIGNED",
    "INVITATION",
    "ROWS",
    "SEAT",
    "TASK",
    "TASK_OVER",
    "WRITE_OFF",
    "Actor",
    "Deadline",
    "DisputeFacts",
    "DisputeState",
    "Facts",
    "Guard",
    "InvitationFacts",
    "InvitationState",
    "Machine",
    "Ok",
    "Refused",
    "SeatFacts",
    "SeatState",
    "State",
    "TaskFacts",
    "TaskState",
    "Transition",
    "after_deadline",
    "allowed",
    "deadlines",
    "due_at",
    "passed",
]
