"""The tasks of an alliance: planned, and opened by exceptions. Pure."""

from alliances.playbook.exceptions import ANSWERS, Answer, ExceptionKind, exception_task
from alliances.playbook.forecast import Course, Expected, Forecast, forecast
from alliances.playbook.mentions import mentioned
from alliances.playbook.planned import PlannedTask, SeatMissing, instantiate, seats_in
from alliances.playbook.template import (
    FIRST,
    Pattern,
    Template,
    first_template,
    template_body,
    template_of,
    timed,
)
from alliances.playbook.unwinding import Standing, wound_back

__all__ = [
    "ANSWERS",
    "FIRST",
    "Answer",
    "Course",
    "ExceptionKind",
    "Expected",
    "Forecast",
    "Pattern",
    "PlannedTask",
    "SeatMissing",
    "Standing",
    "Template",
    "exception_task",
    "first_template",
    "forecast",
    "instantiate",
    "mentioned",
    "seats_in",
    "template_body",
    "template_of",
    "timed",
    "wound_back",
]
