"""The table of alliances: which columns it has, and what sorts them."""

from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from alliances.models import Alliance
from alliances.queries import console
from config.tables import Column, Table
from config.templatetags.states import LABELS
from config.templatetags.words import ROUTES

LIVING = "living"


def _late_days(row: Alliance) -> object:
    return round(row.lateness.total_seconds() / 86_400, 1) if row.lateness else None


ALLIANCES = (
    Column("title", _("Alliance"), str, ("title",)),
    Column("state", _("State"), lambda row: LABELS.get(row.state, row.state), ("state",)),
    Column("due", _("Next deadline"), lambda row: row.due_at, ("due_at",)),
    Column(
        "tasks",
        _("Tasks"),
        lambda row: f"{row.tasks_over} / {row.tasks_total}",
        ("tasks_total",),
        is_number=True,
    ),
    Column("late", _("Late"), lambda row: row.tasks_late, ("tasks_late",), is_number=True),
    Column("why", _("What it waits for, and why"), lambda row: "", is_filed=False),
    Column("ends", _("Expected end"), lambda row: row.forecast_at, ("forecast_at",)),
    Column("late_days", _("Days late"), _late_days, is_number=True, is_shown=False),
    Column("reason", _("Reason of the end"), lambda row: row.ending_reason, is_shown=False),
    Column("route", _("Route"), lambda row: ROUTES.get(row.route, row.route), ("route",)),
    Column("units", _("Units"), lambda row: row.units, ("units",), is_number=True, is_shown=False),
    Column("founded", _("Founded"), lambda row: row.founded_at, ("founded_at",), is_shown=False),
)


def alliances(asked: QueryDict, now: datetime) -> Table[Alliance]:
    """Alliances, newest first; those of a state when one is asked for, or all that live."""
    state = asked.get("state", "")
    rows: Any = console.living(now) if state == LIVING else console.alliances(now, state)
    return Table(rows, ALLIANCES, asked, searched=("title", "product__title", "product__title_zh"))
