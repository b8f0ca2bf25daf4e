"""Spreadsheets: templates and what one has go out, files come in, are looked at, and are taken in or discarded."""

from itertools import chain, islice
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config import clock
from config.csv_file import csv_file
from config.doors import actor, carry_out, for_people, found, sent_well
from firms import actions
from firms import sheets as forms_of_sheets
from firms.forms.sheets import SheetForm
from firms.models import Member, Sheet
from firms.queries.sheet_words import about_file, faults
from firms.queries.sheets import heading, table, texts
from firms.sheets import FORMS, Form
from firms.sheets.writing import MEDIA
from firms.views.doors import firm_page, my_membership

SHOWN_ROWS, SHOWN_FAULTS, SHOWN_SHEETS = 25, 100, 10


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def sheets(request: HttpRequest, key: UUID, kind: str) -> HttpResponse:
    """Send a file of one kind; download the template and what the firm has; see what was sent before."""
    member, form_of = my_membership(request, key), _form(kind)
    form = SheetForm(kind, request.POST or None, request.FILES or None)
    made: dict[str, Any] = {}

    def act() -> object:
        file = form.cleaned_data["file"]
        sent = {"name": file.name or "", "content": file.read(), "place": form.cleaned_data.get("place", "")}
        made.update(actions.send_sheet(actor(request), key, kind, **sent, now=clock.now()))
        return made

    if sent_well(request, form, act, _("The file was sent; it is being read.")):
        return redirect("firms:sheet", key, made["sheet"])
    shown = {
        "kind": kind,
        "page": kind,
        "title": Sheet.Kind(kind).label,
        "form": form,
        "columns": heading(form_of),
        "earlier": member.firm.sheets.filter(kind=kind).defer("content").order_by("-sent_at")[:SHOWN_SHEETS],
    }
    return firm_page(request, "firms/sheets.html", member, **shown)


@require_safe
@for_people
def sheet(request: HttpRequest, key: UUID, sheet_key: UUID) -> HttpResponse:
    """How far a sheet is, what it would do, and what is wrong in it."""
    member = my_membership(request, key)
    mine = _sheet(member, sheet_key)
    form_of = _form(mine.kind)
    parts = mine.parts.all()[:1]
    rows = [(number, does, values) for part in parts for number, does, values in part.rows[:SHOWN_ROWS]]
    shown = {
        "sheet": mine,
        "page": mine.kind,
        "problem": about_file(mine),
        "faults": list(islice(faults(mine), SHOWN_FAULTS)) if mine.wrong_rows else [],
        "columns": heading(form_of),
        "rows": [(number, does, texts(form_of, values)) for number, does, values in rows],
        "is_working": mine.state in Sheet.WORKING,
        "changes": mine.new_rows + mine.changed_rows,
    }
    return firm_page(request, "firms/sheet.html", member, **shown)


@require_POST
@for_people
def take_in(request: HttpRequest, key: UUID, sheet_key: UUID) -> HttpResponse:
    mine = _sheet(my_membership(request, key), sheet_key)

    def act() -> object:
        return actions.take_in_sheet(actor(request), mine.key, now=clock.now())

    to = reverse("firms:sheet", args=[key, sheet_key])
    return carry_out(request, act, to, _("All rows are being taken in, in one step."))


@require_POST
@for_people
def discard(request: HttpRequest, key: UUID, sheet_key: UUID) -> HttpResponse:
    mine = _sheet(my_membership(request, key), sheet_key)

    def act() -> object:
        return actions.discard_sheet(actor(request), mine.key, now=clock.now())

    to = reverse("firms:sheets", args=[key, mine.kind])
    return carry_out(request, act, to, _("The file was discarded; nothing was taken in."))


@require_safe
@for_people
def download(request: HttpRequest, key: UUID, kind: str, form: str) -> HttpResponse:
    """What the firm has, in the form in which it can be sent again; with `?template` an example row alone."""
    member, form_of = my_membership(request, key), _form(kind)
    if form not in MEDIA:
        raise Http404
    if "template" in request.GET:
        return _file(f"{kind}-template", form, heading(form_of), [[c.example for c in form_of.columns]])
    return _file(kind, form, heading(form_of), table(member.firm, form_of, clock.now()))


@require_safe
@for_people
def wrong_rows(request: HttpRequest, key: UUID, sheet_key: UUID) -> HttpResponseBase:
    """Every fault of a sheet as a CSV file: row, column, what, how to mend it."""
    mine = _sheet(my_membership(request, key), sheet_key)
    titles = [translate("Row"), translate("Column"), translate("What is wrong"), translate("How to mend it")]
    rows = ([one.row, one.column, one.what, one.mend] for one in faults(mine))
    return csv_file(request, "wrong-rows", chain([titles], rows))


def _file(name: str, form: str, titles: list[str], rows: Any) -> HttpResponse:
    answer = HttpResponse(forms_of_sheets.written(titles, rows, form), content_type=MEDIA[form])
    answer["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return answer


def _form(kind: str) -> Form:
    if kind not in FORMS:
        raise Http404
    return FORMS[kind]


def _sheet(member: Member, sheet_key: UUID) -> Sheet:
    return found(member.firm.sheets.filter(key=sheet_key).defer("content").first())
