"""Carry out one verb for a person, and answer with a page and a message, or with JSON."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from config import clock
from config.rows import Actor, Missing, Refused

if TYPE_CHECKING:
    from firms.models import User

NOT_A_NUMBER = _("Write a whole number, such as 120.")
Verb = Callable[..., dict[str, Any]]
View = Callable[..., HttpResponse]


def person(request: HttpRequest) -> "User":
    """The logged-in person; `login_required` stands before."""
    assert request.user.is_authenticated  # noqa: S101 - narrows the type
    return request.user


def member_only(view: View) -> View:
    return login_required(view)


def operator_only(view: View) -> View:
    """Operators only; to anybody else the page does not exist."""

    @login_required
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not person(request).is_operator:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def verb_door(view: View) -> View:
    return require_POST(login_required(view))


def carry_out(
    request: HttpRequest, verb: Verb, *args: Any, to: str, said: str | Promise, **kwargs: Any
) -> HttpResponse:
    """Call `verb(actor, …, now, command_id)`; then go to `to` with a message, or answer JSON to a script."""
    actor: Actor = person(request).actor
    try:
        result = verb(
            actor, *args, command_id=request.POST.get("command_id") or None, now=clock.now(), **kwargs
        )
    except Missing as missing:
        raise Http404 from missing
    except Refused as refused:
        if wants_json(request):
            body = {"ok": False, "code": refused.code, "text": str(refused.text), "detail": refused.detail}
            return JsonResponse(body, status=409)
        messages.error(request, str(refused.text))
        return redirect(to)
    if wants_json(request):
        return JsonResponse({"ok": True, "result": result})
    messages.success(request, str(said))
    return redirect(to)


def back(request: HttpRequest, default: str) -> str:
    """The page of ours that the form came from, so that people stay where they were."""
    wanted = request.POST.get("back", "")
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if ours else default


def wants_json(request: HttpRequest) -> bool:
    return request.accepts("application/json") and not request.accepts("text/html")


def number(request: HttpRequest, name: str) -> int | None:
    """A whole number from the form; None when it is not given. Raises Refused when it is not a number."""
    raw = request.POST.get(name, "").strip().replace(",", "")
    if not raw:
        return None
    try:
        return int(raw)
    except ValueError as wrong:
        raise Refused("not_a_number", NOT_A_NUMBER) from wrong
