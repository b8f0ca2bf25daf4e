"""Operators verify firms."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from config import clock
from config.csv_file import csv_file, is_csv
from config.doors import actor, for_operators, sent_well
from config.forms import Sent
from config.rows import Missing
from firms import actions
from firms.forms.joining import ReasonForm, VerifyForm
from firms.models import Firm
from firms.queries import tables
from firms.queries.finding import lookalikes
from firms.queries.reputation import figures, open_appeals
from firms.views.reputation import competencies

STATES = Firm.State


@require_safe
@for_operators
def firms(request: HttpRequest) -> HttpResponseBase:
    """List the firms of a state; first those that wait."""
    state = request.GET.get("state", STATES.APPLIED)
    wanted = state if state in STATES.values else STATES.APPLIED
    table = tables.firms(request.GET, wanted)
    if is_csv(request):
        return csv_file(request, "firms", table.records())
    tabs = [(one.value, one.label, Firm.objects.filter(state=one).count()) for one in STATES]
    shown = {"table": table, "tabs": tabs, "state": wanted, "appeals": open_appeals().count()}
    return render(request, "firms/console/firms.html", shown)


@require_safe
@for_operators
def firm(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show all that is known of a firm, and what can be decided."""
    return _show(request, _firm(key), VerifyForm(), ReasonForm())


@require_http_methods(["POST"])
@for_operators
def verify(request: HttpRequest, key: UUID) -> HttpResponse:
    form = VerifyForm(request.POST)

    def act() -> object:
        return actions.verify(actor(request), key, **form.cleaned_data, now=clock.now())

    return _decide(request, key, form, act, _("The firm is verified: it can be called now."))


@require_http_methods(["POST"])
@for_operators
def refuse(request: HttpRequest, key: UUID) -> HttpResponse:
    form = ReasonForm(request.POST)

    def act() -> object:
        return actions.refuse(actor(request), key, form.cleaned_data["reason"], now=clock.now())

    return _decide(request, key, form, act, _("The application was refused."))


@require_http_methods(["POST"])
@for_operators
def suspend(request: HttpRequest, key: UUID) -> HttpResponse:
    form = ReasonForm(request.POST)

    def act() -> object:
        return actions.suspend(actor(request), key, form.cleaned_data["reason"], now=clock.now())

    return _decide(request, key, form, act, _("The firm is suspended: it is not called any more."))


def _decide(request: HttpRequest, key: UUID, form: Sent, act: Any, said: str | Promise) -> HttpResponse:
    found = _firm(key)
    if sent_well(request, form, act, said):
        return redirect("firms:console")
    if form.non_field_errors():
        messages.error(request, " ".join(map(str, form.non_field_errors())))
        return redirect("firms:console-firm", key)
    verifying = form if isinstance(form, VerifyForm) else VerifyForm()
    return _show(request, found, verifying, form if isinstance(form, ReasonForm) else ReasonForm())


def _firm(key: UUID) -> Firm:
    found = Firm.objects.filter(key=key).prefetch_related("identifiers", "sites", "members__user").first()
    if found is None:
        raise Missing()
    return found


def _show(request: HttpRequest, found: Firm, verifying: Sent, reason: Sent) -> HttpResponse:
    namesakes = Firm.objects.filter(legal_person=found.legal_person).exclude(pk=found.pk)
    shown = {
        "firm": found,
        "members": [member for member in found.members.all() if member.ended_at is None],
        "verify_form": verifying,
        "reason_form": reason,
        "may_verify": found.state != STATES.VERIFIED,
        "namesakes": namesakes,
        "lookalikes": lookalikes(found),
        "competencies": competencies(figures(found, clock.now())),
    }
    return render(request, "firms/console/firm.html", shown)
