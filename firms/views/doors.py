"""What the pages of a firm share: its own people come in, and see what they may do."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from config.doors import Text, person
from config.rows import Missing
from firms.models import Firm, Member

PHONE = "phone"  # the cookie by which a shared phone knows itself


def secret_of(request: HttpRequest) -> str:
    """The secret of a shared phone; empty on every other device."""
    return request.COOKIES.get(PHONE, "")


def session_of(request: HttpRequest) -> str:
    """The key of the session, which is kept from here on."""
    if not request.session.session_key:
        request.session.create()
    return str(request.session.session_key)


def my_membership(request: HttpRequest, key: UUID) -> Member:
    """Return the person's own membership of a firm, with the firm. Raises Missing."""
    rows = Member.objects.active().filter(user_id=person(request).pk, firm__key=key)
    found = rows.select_related("firm").first()
    if found is None:
        raise Missing()
    return found


def firm_page(request: HttpRequest, template: str, member: Member, **shown: Any) -> HttpResponse:
    """Show one of the firm's own pages."""
    several = Firm.objects.of(person(request).pk).count() > 1
    around = {"firm": member.firm, "member": member, "may_change": member.may_change, "has_several": several}
    return render(request, template, {**around, **shown})


def ask(
    request: HttpRequest, member: Member, question: Text, what_follows: Text, label: Text, back: str
) -> HttpResponse:
    """Ask once before something is gone: the same address does it when the answer is sent."""
    shown = {"question": question, "what_follows": what_follows, "label": label, "back": back}
    return firm_page(request, "firms/ask.html", member, **shown)
