"""What all pages of the room share: who comes in, and how a verb's answer goes out."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise

from config.rows import Actor, Missing, Refused
from firms.forms.fields import Sent
from firms.models import Firm, Member, User

View = Callable[..., HttpResponse]
Text = str | Promise


def person(request: HttpRequest) -> User:
    """Return the person behind a request that has passed `for_people`."""
    return cast(User, request.user)


def actor(request: HttpRequest) -> Actor:
    return person(request).actor


def for_people(view: View) -> View:
    """Ask who it is; what does not exist for that person is a 404."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Missing as missing:
            raise Http404 from missing

    return guarded


def for_operators(view: View) -> View:
    """Let operators in; for everybody else there is nothing here."""

    @for_people
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not person(request).is_operator:
            raise Missing()
        return view(request, *args, **kwargs)

    return guarded


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


def sent_well(request: HttpRequest, form: Sent, act: Callable[[], Any], said: Text) -> bool:
    """Tell whether a form was sent, was right, and the verb was done; a refusal is shown in the form."""
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        act()
    except Missing:
        raise
    except Refused as refused:
        form.tell(refused)
        return False
    messages.success(request, str(said))
    return True


def carry_out(request: HttpRequest, act: Callable[[], Any], to: str, said: Text) -> HttpResponse:
    """Do a verb behind a button; go on with a message, or answer JSON to a script. Raises Missing."""
    try:
        result = act()
    except Missing:
        raise
    except Refused as refused:
        return _refusal(request, refused, to)
    if wants_json(request):
        return JsonResponse({"ok": True, "result": result})
    messages.success(request, str(said))
    return redirect(to)


def wants_json(request: HttpRequest) -> bool:
    return request.accepts("application/json") and not request.accepts("text/html")


def _refusal(request: HttpRequest, refused: Refused, to: str) -> HttpResponse:
    if wants_json(request):
        told = {"ok": False, "code": refused.code, "text": str(refused.text), "detail": refused.detail}
        return JsonResponse(told, status=409)
    messages.error(request, str(refused.text))
    return redirect(to)
