"""Phones that workers share: joining by a code, taking turns by PIN, and what a manager sees of it."""

from typing import Any
from uuid import UUID

import segno
from django.contrib import messages
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from config import clock
from config.doors import actor, carry_out, for_people, must_be_forgotten, person, sent_well
from config.rows import Refused
from config.wake import wake
from firms import actions
from firms.forms.phones import CodeForm, PinForm, SwitchForm
from firms.models import Phone, User
from firms.models.phones import TURN, workers_with_pin
from firms.pins import written
from firms.views.doors import PHONE, firm_page, my_membership, secret_of, session_of

COOKIE_SECONDS = 2 * 365 * 24 * 3600
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def work(request: HttpRequest) -> HttpResponse:
    """Join a firm as a worker by its code, on this phone."""
    form = CodeForm(request.POST or None, initial={"code": request.GET.get("code", "")})
    turn: Any = None

    def act() -> None:
        nonlocal turn
        turn = actions.join_by_code(**form.cleaned_data, phone=secret_of(request), now=clock.now())

    if not sent_well(request, form, act, _("Welcome. Your tasks appear here.")):
        return render(request, "firms/work.html", {"form": form})
    return _begin(request, turn.user, turn.secret)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def switch(request: HttpRequest) -> HttpResponse:
    """Give this phone to another worker of its firm; any other device has nothing here."""
    phone = Phone.objects.of_secret(secret_of(request)).select_related("firm").first()
    if phone is None:
        return redirect("account_login")
    people = [(row.user_id, row.user.shown_name) for row in workers_with_pin(phone.firm)]
    form = SwitchForm(request.POST or None, people=people)
    taker: User | None = None

    def act() -> None:
        nonlocal taker
        given = form.cleaned_data
        taker = actions.switch(secret_of(request), given["user"], given["pin"], now=clock.now())

    if sent_well(request, form, act, _("It is your turn.")) and taker:
        return _begin(request, taker, "")
    shown = {"form": form, "firm": phone.firm, "people": people}
    return must_be_forgotten(render(request, "firms/switch.html", shown))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def phones(request: HttpRequest, key: UUID) -> HttpResponse:
    """The firm's shared phones; a code, as text and as QR code, is shown the once that it is made."""
    member = my_membership(request, key)
    code = _made_code(request, key) if request.method == "POST" else ""
    link = request.build_absolute_uri(f"{reverse('firms:work')}?code={code}") if code else ""
    phones = member.firm.phones.filter(ended_at=None).order_by("since_at")
    workers = member.firm.members.active().select_related("user")
    names = {row.user_id: row.user.shown_name for row in workers}  # others may have signed in there too
    shown = {
        "code": written(code) if code else "",
        "link": link,
        "qr": segno.make(link, error="m").svg_data_uri(scale=6, border=2) if link else "",
        "phones": [(phone, names.get(phone.taken_by_id or 0, "")) for phone in phones],
        "workers": workers_with_pin(member.firm),
    }
    return firm_page(request, "firms/phones.html", member, **shown)


def _made_code(request: HttpRequest, key: UUID) -> str:
    try:
        return actions.make_code(actor(request), key, now=clock.now())
    except Refused as refused:
        messages.error(request, str(refused.text))
        return ""


@require_POST
@for_people
def share(request: HttpRequest, key: UUID) -> HttpResponse:
    """Make the device in hand one of the firm's."""
    secret = ""

    def act() -> None:
        nonlocal secret
        secret = actions.share_phone(actor(request), key, now=clock.now())

    answer = carry_out(request, act, reverse("firms:phones", args=[key]), _("This device is shared now."))
    if secret:
        actions.take_phone(secret, person(request).pk, session_of(request), now=clock.now())
    return _keep(request, answer, secret)


@require_POST
@for_people
def end_phone(request: HttpRequest, key: UUID, phone_id: int) -> HttpResponse:
    """Let a phone open nothing any more, also for whoever has it now."""

    def act() -> object:
        return actions.end_phone(actor(request), key, phone_id, now=clock.now())

    said = _("The phone opens nothing any more: whoever had it is signed out.")
    return carry_out(request, act, reverse("firms:phones", args=[key]), said)


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def pin(request: HttpRequest) -> HttpResponse:
    """Choose one's PIN for the firm's phones; in a turn, which somebody may have left open, by the present one."""
    form = PinForm(request.POST or None, is_turn=TURN in request.session)

    def act() -> None:
        actions.set_pin(actor(request), **form.cleaned_data, now=clock.now())

    if sent_well(request, form, act, _("Your PIN is set.")):
        return redirect("firms:pin")
    return render(request, "firms/pin.html", {"form": form})


def _begin(request: HttpRequest, user: User, secret: str) -> HttpResponse:
    """A turn begins, and the one before ends, with all that it has open."""
    before = request.user.pk
    login(request, user, backend=BACKEND)
    request.session[TURN] = True
    if before:
        wake(f"session:{before}")
    if not actions.take_phone(secret or secret_of(request), user.pk, session_of(request), now=clock.now()):
        logout(request)  # the firm has ended the phone at this moment
    return _keep(request, redirect("alliances:desk"), secret)


def _keep(request: HttpRequest, answer: HttpResponse, secret: str) -> HttpResponse:
    if secret:
        answer.set_cookie(
            PHONE, secret, max_age=COOKIE_SECONDS, httponly=True, samesite="Lax", secure=request.is_secure()
        )
    return answer
