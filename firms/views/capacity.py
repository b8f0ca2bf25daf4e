"""How much of a firm is free: the coming weeks of each line."""

from datetime import date
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from config import clock
from config.doors import actor, carry_out, for_people, found, refuse, sent_well, wants_json
from config.rows import Refused
from firms import actions
from firms.forms.capacity import CapacityForm, LineForm, PaintForm
from firms.models import CapacityWeek, Line, Member
from firms.views.doors import firm_page, my_membership
from firms.weeks import level, mondays

WEEKS_SHOWN = 12
WEEKS_PAINTED = 26


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
    one = _line(member, line_id)
    weeks = mondays(clock.now().date(), WEEKS_SHOWN)
    rows = {row.week_on: row for row in _rows([one], weeks).values()}
    form = CapacityForm(weeks, rows, request.POST or None)

    def act() -> object:
        return actions.publish_capacity(actor(request), key, line_id, form.units_by_week(), now=clock.now())

    if sent_well(request, form, act, _("Published.")):
        return redirect("firms:capacity", key)
    return _line_page(request, member, one, form, PaintForm(_painted_weeks()))


@require_POST
@for_people
def paint(request: HttpRequest, key: UUID, line_id: int) -> HttpResponse:
    """Give the chosen weeks one value, in one command; the page then offers to undo it."""
    member = my_membership(request, key)
    one = _line(member, line_id)
    form, command_id = PaintForm(_painted_weeks(), request.POST), request.POST.get("command_id", "")[:64]
    here = reverse("firms:line", args=[key, line_id])

    def act() -> object:
        sent = form.cleaned_data["weeks"], form.cleaned_data["units"]
        return actions.paint_capacity(
            actor(request), key, line_id, *sent, now=clock.now(), command_id=command_id or None
        )

    if form.is_valid():
        return carry_out(request, act, f"{here}?painted={quote(command_id)}", _("Published."))
    if wants_json(request):
        return refuse(request, Refused("invalid", " ".join(_errors(form))), here)
    weeks = mondays(clock.now().date(), WEEKS_SHOWN)
    table = CapacityForm(weeks, {row.week_on: row for row in _rows([one], weeks).values()})
    return _line_page(request, member, one, table, form)


@require_POST
@for_people
def unpaint(request: HttpRequest, key: UUID, line_id: int) -> HttpResponse:
    """Give the weeks of a painting back what they had."""

    def act() -> object:
        painted = request.POST.get("painted", "")[:64]
        return actions.unpaint_capacity(actor(request), key, line_id, painted, now=clock.now())

    return carry_out(request, act, reverse("firms:line", args=[key, line_id]), _("It is as before."))


def _errors(form: PaintForm) -> list[str]:
    return [str(error) for errors in form.errors.values() for error in errors]


def _painted_weeks() -> list[date]:
    return mondays(clock.now().date(), WEEKS_PAINTED)


def _line(member: Member, line_id: int) -> Line:
    return found(member.firm.lines.filter(pk=line_id).first())


def _line_page(
    request: HttpRequest, member: Member, one: Line, form: CapacityForm, painting: PaintForm
) -> HttpResponse:
    weeks = _painted_weeks()
    rows = _rows([one], weeks)
    most = max((row.published_units for row in rows.values()), default=0)
    chosen = set(request.POST.getlist("weeks"))
    shown = {
        "line": one,
        "form": form,
        "painting": painting,
        "weeks": [
            {
                "on": week_on,
                "row": (row := rows.get((one.pk, week_on))),
                "level": level(row.published_units, most) if row else 0,
                "is_chosen": week_on.isoformat() in chosen,
            }
            for week_on in weeks
        ],
        "painted": request.GET.get("painted", ""),
        "command_id": uuid4(),
    }
    return firm_page(request, "firms/line.html", member, **shown)


def _table(one: Line, weeks: list[date], rows: dict[tuple[int, date], CapacityWeek]) -> dict[str, Any]:
    """One line with its weeks, and when anything of it was published last."""
    shown = [(week_on, rows.get((one.pk, week_on))) for week_on in weeks]
    published = [row.published_at for _week_on, row in shown if row]
    return {"line": one, "weeks": shown, "published_at": max(published, default=None)}


def _rows(lines: list[Line], weeks: list[date]) -> dict[tuple[int, date], CapacityWeek]:
    found = CapacityWeek.objects.filter(line__in=lines, week_on__range=(weeks[0], weeks[-1]))
    return {(row.line_id, row.week_on): row for row in found}
