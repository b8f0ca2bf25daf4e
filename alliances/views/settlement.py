"""The settlement and its disputes, as partners and operators see them; and the doors of what they do about them."""

import re
from decimal import Decimal
from typing import Any
from uuid import UUID

from babel.numbers import get_currency_precision
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from alliances import actions, terms
from alliances.models import Alliance
from alliances.queries import settled as queries
from alliances.views.answers import back, carry_out, number, seen, verb_door
from config import clock
from config.doors import for_operators, for_people, person, refuse
from config.rows import Refused
from firms.queries import firm_ids_of

ROWS = range(3)  # corrections that a form takes at once
AMOUNT = re.compile(r"[0-9]{1,15}(\.[0-9]{1,4})?")
NO_AMOUNT = _("Write an amount such as 120.50.")


@require_safe
@for_people
def settlement(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show the shares with what they are made of, its versions, and what is objected to."""
    left = queries.left_by(person(request).pk, str(key))
    if left is not None:
        return _own_share(request, left)
    found = seen(request, key)
    if getattr(found, "settlement", None) is None:
        raise Http404
    now = clock.now()
    shown = {
        "alliance": found,
        "settlement": found.settlement,
        "shares": found.settlement.shares.select_related("firm").order_by("-amount_minor"),
        "inputs": queries.named_inputs(found.settlement),
        "versions": queries.versions(found.settlement),
        "objections": queries.objections(found, now),
        **_common(request, key),
    }
    return render(request, "alliances/settlement.html", shown)


def _own_share(request: HttpRequest, found: Alliance) -> HttpResponse:
    """What a firm sees that has left: its own share; not what others get, among them who took its seat."""
    mine, now = set(firm_ids_of(person(request).pk)), clock.now()
    objections = queries.objections(found, now)
    shown = {
        "alliance": found,
        "settlement": found.settlement,
        "shares": found.settlement.shares.filter(firm_id__in=mine).select_related("firm"),
        "objections": [line for line in objections if line.row.firm_id in mine],
        "now": now,
    }
    return render(request, "alliances/own_share.html", shown)


@require_safe
@for_people
def disputes(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show the disputes of an alliance, and take a new one about its work."""
    shown = {"alliance": seen(request, key), **_common(request, key)}
    return render(request, "alliances/disputes.html", shown)


@require_safe
@for_people
def inputs(request: HttpRequest, key: UUID) -> HttpResponse:
    """The canonical inputs as a file, from which anyone computes the shares again."""
    found = seen(request, key)
    if getattr(found, "settlement", None) is None:
        raise Http404
    text = terms.canonical(found.settlement.inputs)
    name = f"settlement-{found.key}-{found.settlement.version}.json"
    return HttpResponse(
        text,
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@verb_door
def confirm(request: HttpRequest, key: UUID) -> HttpResponse:
    to = reverse("alliances:desk")
    try:
        version = number(request, "expected_version")
    except Refused as refused:
        return refuse(request, refused, to)
    said = _("You have confirmed your share.")
    return carry_out(request, actions.confirm, str(key), expected_version=version, to=to, said=said)


@verb_door
def object_(request: HttpRequest, key: UUID) -> HttpResponse:
    return carry_out(
        request,
        actions.object_,
        str(key),
        text=request.POST.get("text", ""),
        matter=request.POST.get("matter", ""),
        to=reverse("alliances:settlement", args=[key]),
        said=_("Your objection is recorded. An operator answers it before the alliance can dissolve."),
    )


@verb_door
def accept_answer(request: HttpRequest, objection_id: int) -> HttpResponse:
    to = back(request, reverse("alliances:desk"))
    return carry_out(request, actions.accept_answer, objection_id, to=to, said=_("You accept the answer."))


@verb_door
def dispute(request: HttpRequest, objection_id: int) -> HttpResponse:
    """Take an objection to a ruling."""
    return carry_out(
        request,
        actions.dispute,
        objection_id,
        text=request.POST.get("text", ""),
        to=back(request, reverse("alliances:desk")),
        said=_("The dispute is open. A second person rules on it."),
    )


@verb_door
def dispute_work(request: HttpRequest, key: UUID) -> HttpResponse:
    seen(request, key)
    to = reverse("alliances:disputes", args=[key])
    try:
        task = number(request, "task")
    except Refused as refused:
        return refuse(request, refused, to)
    said = _("The dispute is open. A second person rules on it.")
    text = request.POST.get("text", "")
    return carry_out(request, actions.dispute_work, str(key), text=text, task_id=task, to=to, said=said)


@verb_door
def withdraw_dispute(request: HttpRequest, dispute_id: int) -> HttpResponse:
    to = back(request, reverse("alliances:desk"))
    return carry_out(request, actions.withdraw_dispute, dispute_id, to=to, said=_("Withdrawn."))


@require_POST
@for_operators
def answer_objection(request: HttpRequest, objection_id: int) -> HttpResponse:
    """Answer an objection; corrections uphold it."""
    to = back(request, reverse("alliances:list"))
    try:
        sent = _corrections(request)
    except Refused as refused:
        return refuse(request, refused, to)
    answer = request.POST.get("answer", "")
    return carry_out(
        request,
        actions.answer_objection,
        objection_id,
        answer=answer,
        corrections=sent,
        to=to,
        said=_("Answered."),
    )


@require_POST
@for_operators
def rule(request: HttpRequest, dispute_id: int) -> HttpResponse:
    """Rule on a dispute: uphold it with corrections, or dismiss it."""
    to = back(request, reverse("alliances:list"))
    try:
        sent = _corrections(request)
    except Refused as refused:
        return refuse(request, refused, to)
    said = {name: request.POST.get(name, "") for name in ("outcome", "reasons", "alone")}
    return carry_out(request, actions.rule, dispute_id, **said, corrections=sent, to=to, said=_("Ruled."))


def _common(request: HttpRequest, key: UUID) -> dict[str, Any]:
    found = seen(request, key)
    return {
        "disputes": queries.disputes(found),
        "choices": queries.choices(found),
        "rows": ROWS,
        "mine": set(firm_ids_of(person(request).pk)),
        "now": clock.now(),
    }


def _corrections(request: HttpRequest) -> list[dict[str, Any]]:
    """The corrections of a form, without the rows that were left empty. Raises Refused."""
    wanted = [row for row in ROWS if request.POST.get(f"input-{row}")]
    return [_correction(request, row) for row in wanted]


def _correction(request: HttpRequest, row: int) -> dict[str, Any]:
    named = request.POST[f"input-{row}"]
    return {
        "input": named,
        "units": number(request, f"units-{row}"),
        "amount_minor": _minor(request.POST.get(f"amount-{row}", ""), named.rpartition("|")[2]),
        "evidence": request.POST.get(f"evidence-{row}", ""),
    }


def _minor(text: str, currency: str) -> int | None:
    """An amount as people write it, in minor units of its currency. Raises Refused."""
    written = text.strip().replace(",", "")
    if not written:
        return None
    minor = Decimal(written if AMOUNT.fullmatch(written) else "-1").scaleb(
        get_currency_precision(currency or "EUR")
    )
    if minor < 0 or minor != int(minor):
        raise Refused("no_amount", NO_AMOUNT)
    return int(minor)
