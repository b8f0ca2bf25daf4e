"""Competencies in a table of cells that are saved together."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from config import clock
from config.doors import actor, for_people, sent_well
from firms import actions
from firms.forms.table import TITLES, CompetencyTable
from firms.views.doors import firm_page, my_membership

ROWS = 40


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def table(request: HttpRequest, key: UUID) -> HttpResponse:
    """Change costs, minimum orders, lead times and stock of many competencies at once."""
    member = my_membership(request, key)
    rows = member.firm.competency_offers.filter(withdrawn_at=None).order_by("pk")
    pages = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    form = CompetencyTable(list(pages), request.POST or None)

    def act() -> object:
        return actions.change_competencies(actor(request), key, form.changes(), now=clock.now())

    if sent_well(request, form, act, _("Saved.")):
        return redirect("firms:offers", key, "competencies")
    shown = {"form": form, "titles": TITLES.values(), "pages": pages, "page": "competencies"}
    return firm_page(request, "firms/table.html", member, **shown)
