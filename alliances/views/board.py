"""The board of an alliance, and the doors of its tasks, reports and settlement."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from alliances import actions
from alliances.forms import ExceptionForm, StockForm
from alliances.queries import agreement, desk
from alliances.queries import board as queries
from alliances.views.answers import back, carry_out, number, seen, verb_door
from config import clock
from config.doors import for_people, may_be_kept, person, refuse
from config.rows import Refused
from firms.queries import firms_of

TaskVerb = Callable[..., dict[str, Any]]
TASK_VERBS: dict[str, tuple[TaskVerb, str | Promise]] = {
    "start": (actions.start, _("Started.")),
    "progress": (actions.progress, _("Progress saved.")),
    "finish": (actions.finish, _("Finished.")),
    "hand_back": (actions.hand_back, _("Handed back.")),
    "reopen": (actions.reopen, _("Reopened.")),
}


@require_safe
@for_people
def board(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show the task board to partners, and to operators."""
    user, found = person(request), seen(request, key)
    shown = {
        "alliance": found,
        "state": queries.snapshot(found),
        "me": {"firms": [str(firm.key) for firm in firms_of(user.pk)], "is_operator": user.is_operator},
        "has_agreement": agreement.current(found) is not None,
        "stock_form": StockForm(),
        "exception_form": ExceptionForm(),
        "ending": desk.ending(user.pk, found),
        "now": clock.now(),
    }
    return may_be_kept(request, render(request, "alliances/board.html", shown))


@verb_door
def task(request: HttpRequest, key: UUID, task_id: int, verb: str) -> HttpResponse:
    """Carry out a verb of a task: start, progress, finish, hand_back, reopen."""
    if verb not in TASK_VERBS or not desk.is_task_of(seen(request, key), task_id):
        raise Http404
    to = back(request, f"{reverse('alliances:board', args=[key])}#task-{task_id}")
    function, said = TASK_VERBS[verb]
    try:
        sent = _sent(request, verb)
    except Refused as refused:
        return refuse(request, refused, to)
    return carry_out(request, function, task_id, to=to, said=said, **sent)


def _sent(request: HttpRequest, verb: str) -> dict[str, Any]:
    """The arguments of a verb as the form sent them; what was left empty keeps its present value."""
    sent: dict[str, Any] = {"expected_version": number(request, "expected_version")}
    if verb in {"progress", "finish"}:
        sent |= {name: number(request, name) for name in ("done_units", "revenue_minor")}
    if verb == "finish":
        whole = number(request, "all")
        sent["done_units"] = sent["done_units"] if whole is None else whole
        sent["shortfall"] = request.POST.get("shortfall", "")
        sent["unfounded"] = "unfounded" in request.POST
    return sent


@verb_door
def post_stock(request: HttpRequest, key: UUID) -> HttpResponse:
    """Report the units that are in a place."""
    seen(request, key)
    to = reverse("alliances:board", args=[key])
    form = StockForm(request.POST)
    if not form.is_valid():
        return refuse(request, Refused("invalid", _("Give a place and a whole number of units.")), to)
    return carry_out(
        request, actions.post_stock, str(key), to=to, said=_("Stock reported."), **form.cleaned_data
    )


@verb_door
def post_exception(request: HttpRequest, key: UUID) -> HttpResponse:
    """Report that something went wrong."""
    seen(request, key)
    to = back(request, reverse("alliances:board", args=[key]))
    form = ExceptionForm(request.POST)
    if not form.is_valid():
        return refuse(request, Refused("invalid", _("Choose what is wrong and say what happened.")), to)
    data = form.cleaned_data
    return carry_out(
        request,
        actions.post_exception,
        str(key),
        kind=data["kind"],
        text=data["text"],
        task_id=data["task"],
        to=to,
        said=_("Reported. A task was opened for whoever has to answer."),
    )
