"""What all pages of the room share: operators only, and how a verb's answer goes out."""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.functional import Promise

from config.rows import Missing, Refused

if TYPE_CHECKING:
    from firms.models import User

View = Callable[..., HttpResponse]
Text = str | Promise


def person(request: HttpRequest) -> "User":
    """The logged-in person; `for_operators` stands before."""
    assert request.user.is_authenticated  # noqa: S101 - narrows the type
    return request.user


def for_operators(view: View) -> View:
    """Operators only; for everybody else there is nothing here. What does not exist is a 404 too."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not person(request).is_operator:
            raise Http404
        try:
            return view(request, *args, **kwargs)
        except Missing as missing:
            raise Http404 from missing

    return guarded


def found(row: Any) -> Any:
    """The row, which is there. Raises Missing."""
    if row is None:
        raise Missing()
    return row


def carry_out(request: HttpRequest, act: Callable[[], Any], to: str, said: Text) -> HttpResponse:
    """Do a verb; go on with a message, or answer JSON to a script."""
    try:
        act()
    except Missing:
        raise
    except Refused as refused:
        if _wants_json(request):
            told = {"ok": False, "code": refused.code, "text": str(refused.text), "detail": refused.detail}
            return JsonResponse(told, status=409)
        messages.error(request, str(refused.text))
        return redirect(to)
    if _wants_json(request):
        return JsonResponse({"ok": True})
    messages.success(request, str(said))
    return redirect(to)


def sent_well(request: HttpRequest, form: forms.Form, act: Callable[[], Any], said: Text) -> bool:
    """Was the form sent, right, and the verb done? A refusal is shown above the form."""
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        act()
    except Missing:
        raise
    except Refused as refused:
        form.add_error(None, str(refused.text))
        return False
    messages.success(request, str(said))
    return True


def _wants_json(request: HttpRequest) -> bool:
    return request.accepts("application/json") and not request.accepts("text/html")
