"""How much of a firm is free: the coming weeks of each line."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from config import clock
from config.doors import actor, for_people, sent_well
from config.rows import Missing
from firms import actions
from firms.forms.capacity import CapacityForm, LineForm
from firms.models import CapacityWeek, Line
from firms.views.doors import firm_page, my_membership
from firms.weeks import mondays

WEEKS_SHOWN = 12


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def capacity(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show all lines with what is published, promised and free; name a new line."""
    member = my_membership(request, key)
    form = LineForm(request.POST or None)

    def act() -> object:
        return actions.add_line(actor(request), key, form.cleaned_data["name"], now=clock.now())

    if sent_well(request, form, act, _("The line was added.")):
        return redirect("firms:capacity", key)
    weeks = mondays(clock.now().date(), WEEKS_SHOWN)
    lines = list(member.firm.lines.order_by("name"))
    rows = _rows(lines, weeks)
    tables = [_table(one, weeks, rows) for one in lines]
    return firm_page(request, "firms/capacity.html", member, form=form, tables=tables)


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def line(request: HttpRequest, key: UUID, line_id: int) -> HttpResponse:
    """Publish the coming weeks of one line."""
    member = my_membership(request, key)
    found = member.firm.lines.filter(pk=line_id).first()
    if found is None:
        raise Missing()
    weeks = mondays(clock.now().date(), WEEKS_SHOWN)
    rows = {week_on: row for (_line, week_on), row in _rows([found], weeks).items()}
    form = CapacityForm(weeks, rows, request.POST or None)

    def act() -> object:
        return actions.publish_capacity(actor(request), key, line_id, form.units_by_week(), now=clock.now())

    if sent_well(request, form, act, _("Published.")):
        return redirect("firms:capacity", key)
    shown: dict[str, Any] = {"line": found, "form": form}
    return firm_page(request, "firms/line.html", member, **shown)


def _table(one: Line, weeks: list[date], rows: dict[tuple[int, date], CapacityWeek]) -> dict[str, Any]:
    """One line with its weeks, and when anything of it was published last."""
    shown = [(week_on, rows.get((one.pk, week_on))) for week_on in weeks]
    published = [row.published_at for _week_on, row in shown if row]
    return {"line": one, "weeks": shown, "published_at": max(published, default=None)}


def _rows(lines: list[Line], weeks: list[date]) -> dict[tuple[int, date], CapacityWeek]:
    found = CapacityWeek.objects.filter(line__in=lines, week_on__range=(weeks[0], weeks[-1]))
    return {(row.line_id, row.week_on): row for row in found}
