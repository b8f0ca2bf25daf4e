"""A firm reads its account and appeals; operators answer. Nobody else sees a line of it."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from config import clock
from config.doors import actor, carry_out, for_operators, for_people
from firms import actions
from firms.models import Observation
from firms.queries import reputation as queries
from firms.reputation import MOST_OF_ONE, NEWEST
from firms.views.doors import firm_page, my_membership

SHOWN = 200


@require_safe
@for_people
def reputation(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show what the firm's conduct says about it, with every reason."""
    member, now = my_membership(request, key), clock.now()
    shown = {
        "competencies": competencies(queries.figures(member.firm, now)),
        "lines": queries.account(member.firm, now)[:SHOWN],
        "newest": NEWEST,
        "most_of_one": MOST_OF_ONE,
    }
    return firm_page(request, "firms/reputation.html", member, **shown)


@require_POST
@for_people
def appeal(request: HttpRequest, key: UUID, observation_id: int) -> HttpResponse:
    text = request.POST.get("text", "")

    def act() -> object:
        return actions.appeal(actor(request), key, observation_id, text=text, now=clock.now())

    to = reverse("firms:reputation", args=[key])
    return carry_out(request, act, to, _("Your appeal waits for an operator."))


@require_safe
@for_operators
def appeals(request: HttpRequest) -> HttpResponse:
    """List the appeals that wait, the most urgent first."""
    return render(request, "firms/console/appeals.html", {"appeals": queries.open_appeals()[:SHOWN]})


@require_POST
@for_operators
def uphold(request: HttpRequest, appeal_id: int) -> HttpResponse:
    answer = request.POST.get("answer", "")

    def act() -> object:
        return actions.uphold(actor(request), appeal_id, answer=answer, now=clock.now())

    return carry_out(request, act, reverse("firms:appeals"), _("Upheld: the line is struck."))


@require_POST
@for_operators
def dismiss(request: HttpRequest, appeal_id: int) -> HttpResponse:
    answer = request.POST.get("answer", "")

    def act() -> object:
        return actions.dismiss(actor(request), appeal_id, answer=answer, now=clock.now())

    return carry_out(request, act, reverse("firms:appeals"), _("Dismissed: the line stands."))


def competencies(figures: queries.Figures) -> list[dict[str, Any]]:
    """The figures of each competency with the names of their dimensions."""
    names = dict(Observation.Dimension.choices)
    return [
        {
            "slot": slot,
            "scope": scope,
            "figures": [{"label": names[name], "figure": one} for name, one in found.items()],
        }
        for (slot, scope), found in figures.items()
    ]
