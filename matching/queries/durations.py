"""The days that alliances took, as plans use them."""

from matching.blueprint import Days
from matching.models import TaskDays
from matching.problem import Learned


def learned() -> Learned:
    """All days that an operator has adopted."""
    rows = TaskDays.objects.order_by("route", "code")
    return Learned(tuple((row.route, row.code, Days(row.low, row.likely, row.high)) for row in rows))
