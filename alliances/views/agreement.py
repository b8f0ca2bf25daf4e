"""The agreement for its partners: on a page, on paper, as the exact bytes; and the door through which it is signed."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from alliances import actions
from alliances.queries import agreement as queries
from alliances.views import paper
from alliances.views.answers import carry_out, verb_door
from config import clock
from config.doors import for_people, person


@require_safe
@for_people
def agreement(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show what was agreed, who signed it, and what this person has to sign."""
    found = _seen(request, key)
    now = clock.now()
    shown = {
        "paper": found,
        "alliance": found.alliance,
        "signings": queries.signings(person(request).pk, found.alliance, now),
        "now": now,
    }
    return render(request, "alliances/agreement.html", shown)


@require_safe
@for_people
def pdf(request: HttpRequest, key: UUID) -> HttpResponse:
    """The agreement on paper, in the reader's language around the canonical text."""
    found = _seen(request, key)
    return _file(paper.pdf_of(found), "application/pdf", f"agreement-{found.agreement.hash[:8]}.pdf")


@require_safe
@for_people
def text(request: HttpRequest, key: UUID) -> HttpResponse:
    """The canonical bytes whose SHA-256 is the agreement's hash."""
    found = _seen(request, key).agreement
    return _file(found.text.encode(), "application/json", f"agreement-{found.hash[:8]}.json")


@require_safe
@for_people
def statement(request: HttpRequest, key: UUID, firm: UUID) -> HttpResponse:
    """The bytes that a firm of this person has to sign."""
    found = _seen(request, key)
    rows = queries.signings(person(request).pk, found.alliance, clock.now())
    mine = next((row for row in rows if row.firm.key == str(firm)), None)
    if mine is None:
        raise Http404
    return _file(mine.statement.encode(), "text/plain; charset=utf-8", "statement.txt")


@verb_door
def sign(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take a signature that was made outside, or let the platform's key sign."""
    return carry_out(
        request,
        actions.sign,
        str(key),
        signature=request.POST.get("signature", ""),
        firm_key=request.POST.get("firm", ""),
        to=reverse("alliances:agreement", args=[key]),
        said=_("Signed."),
    )


def _seen(request: HttpRequest, key: UUID) -> queries.Paper:
    """The agreement that this person may read, in the version that the address asks for."""
    user, number = person(request), request.GET.get("number", "")
    alliance = queries.readable(user.pk, str(key), is_operator=user.is_operator)
    wanted = int(number) if number.isdecimal() and len(number) < 6 else None
    found = queries.paper(alliance, None if user.is_operator else user.pk, wanted) if alliance else None
    if found is None:
        raise Http404
    return found


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
