"""What remains, and what follows: lessons of partners, templates that learn, successors."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliances import actions
from alliances.forms import SuccessorForm
from alliances.queries import console, heritage
from alliances.views.answers import back, carry_out, verb_door
from config import clock
from config.doors import actor, for_operators, found, sent_well
from matching import queries as matching

SHOWN = 50


@verb_door
def add_lesson(request: HttpRequest, key: UUID) -> HttpResponse:
    to = back(request, reverse("alliances:board", args=[key]))
    text = request.POST.get("text", "")
    return carry_out(request, actions.add_lesson, str(key), text=text, to=to, said=_("Written down."))


@require_safe
@for_operators
def templates(request: HttpRequest) -> HttpResponse:
    """Show the tasks whose days should be others, with how often each was seen."""
    return render(request, "alliances/templates.html", {"proposals": heritage.template_proposals()[:SHOWN]})


@require_POST
@for_operators
def adopt_template(request: HttpRequest, proposal_id: int) -> HttpResponse:
    said = _("Adopted. New plans use these days.")
    return carry_out(
        request, actions.adopt_template, proposal_id, to=reverse("alliances:templates"), said=said
    )


@require_POST
@for_operators
def dismiss_template(request: HttpRequest, proposal_id: int) -> HttpResponse:
    return carry_out(
        request,
        actions.dismiss_template,
        proposal_id,
        reason=request.POST.get("reason", ""),
        to=reverse("alliances:templates"),
        said=_("Set aside."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_operators
def found_successor(request: HttpRequest, key: UUID) -> HttpResponse:
    """Raise an opportunity after a dissolved alliance, with what its predecessor was expected to sell."""
    former = found(console.alliance(str(key)))
    half_life, markets = matching.wanted(former.opportunity_id)
    form = SuccessorForm(markets, request.POST or None, initial={"half_life_days": half_life})
    made: dict[str, Any] = {}

    def act() -> None:
        made.update(actions.found_successor(actor(request), str(key), **form.cleaned_data, now=clock.now()))

    if sent_well(request, form, act, _("Raised. Proposals are being made.")):
        return redirect("matching:opportunity", made["opportunity"])
    return render(request, "alliances/successor.html", {"form": form, "alliance": former})
