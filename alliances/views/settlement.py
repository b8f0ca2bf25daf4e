"""The settlement and its disputes, as partners and operators see them; and the doors of what they do about them."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from alliances import actions, terms
from alliances.forms.corrections import AnswerForm, CorrectionsForm, RulingForm
from alliances.models import Alliance
from alliances.queries import settled as queries
from alliances.views.answers import back, carry_out, number, seen, verb_door
from config import clock
from config.doors import actor, for_operators, for_people, found, person, refuse, sent_well
from config.rows import Refused
from firms.queries import firm_ids_of


@require_safe
@for_people
def settlement(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show the shares with what they are made of, its versions, and what is objected to."""
    left = queries.left_by(person(request).pk, str(key))
    if left is not None:
        return _own_share(request, left)
    alliance = seen(request, key)
    if not queries.is_computed(alliance):
        raise Http404
    return _settlement_page(request, alliance)


def _settlement_page(
    request: HttpRequest, alliance: Alliance, sent: CorrectionsForm | None = None
) -> HttpResponse:
    """The shares for all who see the alliance; a form that was refused is shown again as it was sent."""
    settlement, inputs = alliance.settlement, _choices(request, alliance)
    shown = {
        "alliance": alliance,
        "settlement": settlement,
        "shares": settlement.shares.select_related("firm").order_by("-amount_minor"),
        "inputs": queries.named_inputs(settlement),
        "versions": queries.versions(settlement),
        "objections": [
            (line, _form(AnswerForm, "answer", line.row.pk, inputs, sent))
            for line in queries.objections(alliance, clock.now())
        ],
        "here": reverse("alliances:settlement", args=[alliance.key]),
        **_common(request, alliance, sent),
    }
    return render(request, "alliances/settlement.html", shown)


def _own_share(request: HttpRequest, alliance: Alliance) -> HttpResponse:
    """What a firm sees that has left: its own share; not what others get, among them who took its seat."""
    mine, now = set(firm_ids_of(person(request).pk)), clock.now()
    objections = queries.objections(alliance, now)
    shown = {
        "alliance": alliance,
        "settlement": alliance.settlement,
        "shares": alliance.settlement.shares.filter(firm_id__in=mine).select_related("firm"),
        "objections": [line for line in objections if line.row.firm_id in mine],
        "now": now,
    }
    return render(request, "alliances/own_share.html", shown)


@require_safe
@for_people
def disputes(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show the disputes of an alliance, and take a new one about its work."""
    return _disputes_page(request, seen(request, key))


def _disputes_page(
    request: HttpRequest, alliance: Alliance, sent: CorrectionsForm | None = None
) -> HttpResponse:
    """The disputes; a ruling that was refused is shown again as it was sent."""
    here = reverse("alliances:disputes", args=[alliance.key])
    shown = {"alliance": alliance, "here": here, **_common(request, alliance, sent)}
    return render(request, "alliances/disputes.html", shown)


@require_safe
@for_people
def inputs(request: HttpRequest, key: UUID) -> HttpResponse:
    """The canonical inputs as a file, from which anyone computes the shares again."""
    alliance = seen(request, key)
    if not queries.is_computed(alliance):
        raise Http404
    text = terms.canonical(alliance.settlement.inputs)
    name = f"settlement-{alliance.key}-{alliance.settlement.version}.json"
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
    alliance = found(queries.objected(objection_id))
    form = AnswerForm(_choices(request, alliance), request.POST, auto_id=_ids("answer", objection_id))

    def act() -> None:
        answer, fixes = form.cleaned_data["answer"], form.corrections()
        actions.answer_objection(
            actor(request), objection_id, answer=answer, corrections=fixes, now=clock.now()
        )

    if sent_well(request, form, act, _("Answered.")):
        return redirect(back(request, reverse("alliances:list")))
    return _settlement_page(request, alliance, form)


@require_POST
@for_operators
def rule(request: HttpRequest, dispute_id: int) -> HttpResponse:
    """Rule on a dispute: uphold it with corrections, or dismiss it."""
    alliance = found(queries.disputed(dispute_id))
    form = RulingForm(_choices(request, alliance), request.POST, auto_id=_ids("rule", dispute_id))

    def act() -> None:
        said = {name: form.cleaned_data[name] for name in ("reasons", "alone")}
        outcome, fixes = request.POST.get("outcome", ""), form.corrections()
        actions.rule(actor(request), dispute_id, outcome=outcome, corrections=fixes, now=clock.now(), **said)

    if sent_well(request, form, act, _("Ruled.")):
        return redirect(back(request, reverse("alliances:list")))
    page = _settlement_page if queries.is_computed(alliance) else _disputes_page
    return page(request, alliance, form)


def _common(request: HttpRequest, alliance: Alliance, sent: CorrectionsForm | None) -> dict[str, Any]:
    inputs = _choices(request, alliance)
    return {
        "disputes": [
            (row, _form(RulingForm, "rule", row.pk, inputs, sent)) for row in queries.disputes(alliance)
        ],
        "sent": sent,
        "mine": set(firm_ids_of(person(request).pk)),
        "now": clock.now(),
    }


def _choices(request: HttpRequest, alliance: Alliance) -> list[tuple[str, str]]:
    """What may be corrected, by name; only operators correct."""
    if not person(request).is_operator:
        return []
    return [
        (row["key"], render_to_string("alliances/_input.html", {"input": row}))
        for row in queries.choices(alliance)
    ]


def _form(
    of: type[CorrectionsForm],
    verb: str,
    pk: int,
    inputs: list[tuple[str, str]],
    sent: CorrectionsForm | None,
) -> CorrectionsForm:
    """The form about one row: the one that was sent, where it was about this."""
    if sent is not None and sent.auto_id == _ids(verb, pk):
        return sent
    return of(inputs, auto_id=_ids(verb, pk))


def _ids(verb: str, pk: int) -> str:
    return f"{verb}-{pk}-%s"
