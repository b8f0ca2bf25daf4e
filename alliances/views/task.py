"""The page of one task, and the doors of its evidence and comments."""

import hashlib
from typing import Any
from uuid import UUID, uuid4

import segno
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from alliances import actions
from alliances.actions.evidence import too_large
from alliances.forms import CommentForm, EvidenceForm, ExceptionForm
from alliances.labels import written
from alliances.models import Alliance, Comment, Seat
from alliances.queries import desk
from alliances.queries import evidence as files
from alliances.queries import task as queries
from alliances.views.answers import carry_out, seen, verb_door
from config import clock
from config.doors import for_people, may_be_kept, person, refuse
from config.rows import Refused
from config.templatetags.words import slot_label
from firms.queries import firms_of


@require_safe
@for_people
def page(request: HttpRequest, key: UUID, task_id: int) -> HttpResponse:
    """Show everything about one task, to partners and operators."""
    user, alliance = person(request), seen(request, key)
    found = queries.page(alliance, task_id, user.pk)
    if found is None:
        raise Http404
    shown = {
        "alliance": alliance,
        "page": found,
        "me": {"firms": [str(firm.key) for firm in firms_of(user.pk)], "is_operator": user.is_operator},
        "evidence_form": EvidenceForm(auto_id="evidence-%s"),
        "comment_form": CommentForm(seats=_choices(found.seats)),
        "exception_form": ExceptionForm(initial={"task": task_id}, auto_id="wrong-%s"),
        "command_id": uuid4(),  # of this page's forms: sent twice on a bad line, done once
        "largest": settings.EVIDENCE_MAX_BYTES // 1024**2,
        "label": written(task_id),
        "label_qr": _label(request, key, task_id),
        "here": reverse("alliances:task-page", args=[key, task_id]),
        "now": clock.now(),
    }
    return may_be_kept(request, render(request, "alliances/task.html", shown))


def _label(request: HttpRequest, key: UUID, task_id: int) -> str:
    """The QR code of a task's label, as a picture."""
    address = request.build_absolute_uri(reverse("alliances:task-page", args=[key, task_id]))
    return str(segno.make(address, error="m").svg_data_uri(scale=4, border=2))


@verb_door
def post_evidence(request: HttpRequest, key: UUID, task_id: int) -> HttpResponse:
    """Hand in a file, a note or a count."""
    to = _page_of(seen(request, key), task_id)
    form = EvidenceForm(request.POST, request.FILES)
    if not form.is_valid():
        no = Refused("invalid", _("Something in this form is missing or has the wrong form."))
        return refuse(request, no, to)
    sent: dict[str, Any] = dict(form.cleaned_data)
    file = sent.pop("file")
    if file and file.size > settings.EVIDENCE_MAX_BYTES:  # before it is read into memory
        return refuse(request, Refused("file_too_large", too_large()), to)
    upload = actions.Upload(file.name, file.read()) if file else None
    return carry_out(
        request,
        actions.post_evidence,
        task_id,
        upload=upload,
        to=f"{to}#evidence",
        said=_("Evidence added."),
        sent=f"{sent} {hashlib.sha256(upload.content).hexdigest() if upload else ''}",
        **sent,
    )


@verb_door
def comment(request: HttpRequest, key: UUID, task_id: int) -> HttpResponse:
    """Say something about a task."""
    alliance = seen(request, key)
    to = _page_of(alliance, task_id)
    form = CommentForm(request.POST, seats=_choices(alliance.seats.all()))
    if not form.is_valid():
        return refuse(request, Refused("invalid", _("Write what you want to say.")), to)
    said = _("Your comment is there.")
    return carry_out(
        request,
        actions.comment,
        task_id,
        to=f"{to}#comments",
        said=said,
        sent=str(form.cleaned_data),
        **form.cleaned_data,
    )


@verb_door
def withdraw_comment(request: HttpRequest, key: UUID, comment_id: int) -> HttpResponse:
    """Take back one's own comment."""
    found = Comment.objects.filter(pk=comment_id, task__alliance=seen(request, key)).first()
    if found is None:
        raise Http404
    to = reverse("alliances:task-page", args=[key, found.task_id])
    said = _("Your comment is withdrawn.")
    return carry_out(request, actions.withdraw_comment, comment_id, to=f"{to}#comments", said=said)


@verb_door
def read_mentions(request: HttpRequest, key: UUID, task_id: int) -> HttpResponse:
    """Say that one has seen where one's firm was mentioned."""
    to = _page_of(seen(request, key), task_id)
    return carry_out(request, actions.read_mentions, task_id, to=to, said=_("Marked as seen."))


@require_safe
@for_people
def evidence(request: HttpRequest, key: UUID, evidence_key: UUID) -> HttpResponse:
    """Give a file to those who may see its alliance, as something to save, never as a page of ours."""
    found = files.file_of(seen(request, key), str(evidence_key), small="small" in request.GET)
    if found is None:
        raise Http404
    answer = HttpResponse(found.content, content_type=found.content_type)
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=found.name)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"  # access may end at any time
    return answer


def _page_of(alliance: Alliance, task_id: int) -> str:
    """The address of a task's page. Raises Http404 for a task of another alliance."""
    if not desk.is_task_of(alliance, task_id):
        raise Http404
    return reverse("alliances:task-page", args=[alliance.key, task_id])


def _choices(seats: Any) -> list[tuple[int, str]]:
    """Who may be told: the roles with the firms that hold them."""
    held: list[Seat] = [seat for seat in seats if seat.firm_id and seat.state == Seat.State.SIGNED]
    return [(seat.pk, f"{slot_label(seat.slot)} · {seat.firm}") for seat in held]
