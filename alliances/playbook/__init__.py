"""The tasks of an alliance: planned, and opened by exceptions. Pure."""

from alliances.playbook.exceptions import ANSWERS, Answer, ExceptionKind, exception_task
from alliances.playbook.planned import PlannedTask, SeatMissing, instantiate, seats_in

__all__ = [
    "ANSWERS",
    "Answer",
    "ExceptionKind",
    "PlannedTask",
    "SeatMissing",
    "exception_task",
    "instantiate",
    "seats_in",
]
