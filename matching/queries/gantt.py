"""The schedule of proposals as a person reads it: a drawing, and the same as a table."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from matching import gantt
from matching.models import Proposal
from matching.plan.graph import from_json


@dataclass(frozen=True)
class Line:
    """A task with the calendar days on which it is expected to begin and to be done."""

    bar: gantt.Bar
    from_on: date
    until_on: date


@dataclass(frozen=True)
class Gantt:
    """The drawing, and its lines for who cannot see it."""

    drawing: SafeString
    lines: Sequence[Line]


def gantts(proposals: Sequence[Proposal]) -> list[Gantt]:
    """The schedules of these proposals, all drawn to the same scale."""
    rows = [gantt.bars(from_json(proposal.tasks)) for proposal in proposals]
    days = max((bar.last for own in rows for bar in own), default=1.0)
    return [_gantt(proposal, own, days) for proposal, own in zip(proposals, rows, strict=True)]


def _gantt(proposal: Proposal, rows: Sequence[gantt.Bar], days: float) -> Gantt:
    start_on = date.fromisoformat(proposal.plan["start_on"])
    label = _("Schedule of proposal %(rank)s: %(count)s tasks in %(days)s days") % {
        "rank": proposal.rank,
        "count": len(rows),
        "days": math.ceil(max((row.last for row in rows), default=0)),
    }
    drawn = gantt.drawing(rows, days=days, label=label, unit=_("day"))
    lines = [_line(row, start_on) for row in rows]
    return Gantt(mark_safe(drawn), lines)  # noqa: S308 - numbers, codes and an escaped label


def _line(bar: gantt.Bar, start_on: date) -> Line:
    first, last = math.floor(bar.first), max(math.floor(bar.first), math.ceil(bar.last) - 1)
    return Line(bar, start_on + timedelta(days=first), start_on + timedelta(days=last))
