"""The operators' doors of the alliances room."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from alliances import actions
from alliances.forms import CounterForm
from alliances.queries import agreement, heritage, ledger, negotiation, settled, tables
from alliances.queries import console as queries
from alliances.queries.hitches import hitches
from alliances.queries.stages import stages
from alliances.queries.waiting import waiting
from alliances.views.answers import back, carry_out, number
from config import clock
from config.csv_file import csv_file, is_csv
from config.doors import for_operators, person, refuse
from config.rows import Refused

ROWS_SHOWN = 200


@require_POST
@for_operators
def approve(request: HttpRequest, key: UUID) -> HttpResponse:
    """Found the alliance that a proposal plans."""
    to = back(request, reverse("alliances:list"))
    try:
        hours = number(request, "ttl_hours")
    except Refused as refused:
        return refuse(request, refused, to)
    return carry_out(
        request,
        actions.approve,
        str(key),
        reason=request.POST.get("reason", ""),
        ttl_hours=hours,
        to=to,
        said=_("Approved. The firms of the plan are invited now."),
    )


@require_POST
@for_operators
def reject(request: HttpRequest, key: UUID) -> HttpResponse:
    to = back(request, reverse("alliances:list"))
    return carry_out(
        request, actions.reject, str(key), reason=request.POST.get("reason", ""), to=to, said=_("Rejected.")
    )


@require_safe
@for_operators
def list_(request: HttpRequest) -> HttpResponseBase:
    """List what waits for an operator, and the alliances by state, with what is late and why."""
    now, state = clock.now(), request.GET.get("state", "")
    table = tables.alliances(request.GET, now)
    if is_csv(request):
        return csv_file(request, "alliances", table.records())
    alliances = list(table.page)
    shown = {
        "table": table,
        "alliances": alliances,
        "hitches": hitches(alliances, now),
        "counts": queries.counts(),
        "waiting": waiting(now, person(request).pk),
        "state": state,
        "template_proposals": heritage.template_proposals().filter(state="open").count(),
        "now": now,
    }
    return render(request, "alliances/list.html", shown)


@require_safe
@for_operators
def detail(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show one alliance: seats, invitations, deadline, and its story."""
    found, now = queries.alliance(str(key)), clock.now()
    if found is None:
        raise Http404
    shown = {
        "alliance": found,
        "seats": found.seats.select_related("firm").prefetch_related("invitations__firm"),
        "exposed": ledger.exposed(found, now),
        "events": queries.story(found)[:ROWS_SHOWN],
        "open_objections": settled.waiting(found),
        "open_disputes": found.disputes.open().select_related("firm"),
        "agreement": agreement.current(found),
        "talks": [
            {
                "talk": negotiation.talk(row),
                "form": CounterForm(negotiation.offered(row), auto_id=f"{row.pk}_%s"),
            }
            for row in negotiation.open_proposals(found)
        ],
        "changes": queries.changes(found),
        "stages": stages(found, now),
        "hitches": hitches([found], now).get(found.pk, []),
        "told": heritage.told(found),
        "succession": heritage.succession(found.opportunity_id),
        "successors": heritage.successors(found),
        "now": now,
    }
    return render(request, "alliances/detail.html", shown)


@require_POST
@for_operators
def abort(request: HttpRequest, key: UUID) -> HttpResponse:
    to = reverse("alliances:detail", args=[key])
    return carry_out(
        request, actions.abort, str(key), reason=request.POST.get("reason", ""), to=to, said=_("Stopped.")
    )
