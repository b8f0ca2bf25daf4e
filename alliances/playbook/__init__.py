"""The tasks of an alliance: planned, made ready, opened by exceptions. Pure."""

from alliances.playbook.exceptions import ANSWERS, Answer, ExceptionKind, exception_task
from alliances.playbook.planned import (
    PlannedTask,
    SeatMissing,
    for_route,
    instantiate,
    open_mandatory,
    seats_in,
)
from alliances.playbook.progress import (
    CLOSED,
    Step,
    advance,
    facts_of,
    may_finish,
    may_start,
    next_ready,
    open_holds,
    open_predecessors,
)

__all__ = [
    "ANSWERS",
    "CLOSED",
    "Answer",
    "ExceptionKind",
    "PlannedTask",
    "SeatMissing",
    "Step",
    "advance",
    "exception_task",
    "facts_of",
    "for_route",
    "instantiate",
    "may_finish",
    "may_start",
    "next_ready",
    "open_holds",
    "open_mandatory",
    "open_predecessors",
    "seats_in",
]
