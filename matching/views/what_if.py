"""Playing with a proposal: another budget, another deadline, without a firm. Nothing is written."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from config import clock
from config.doors import for_operators, found
from matching.forms import WhatIfForm
from matching.queries import plans
from matching.queries.what_if import range_of, what_if


@require_safe
@for_operators
def play(request: HttpRequest, key: UUID) -> HttpResponse:
    """The limits as a form, and the proposal within them once they are sent."""
    opportunity = found(plans.opportunity(str(key)))
    case, reach = range_of(opportunity, clock.now())
    form = WhatIfForm(reach, request.GET or None)
    answer = what_if(opportunity, case, *form.limits) if request.GET and form.is_valid() else None
    shown = {"form": form, "answer": answer, "opportunity": opportunity}
    return render(request, "matching/what_if.html", shown)
