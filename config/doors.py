"""What all doors for people share: who comes in, and how a verb's answer goes out."""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.utils.functional import Promise

from config.forms import Sent
from config.rows import Actor, Missing, Refused

if TYPE_CHECKING:
    from firms.models import User

View = Callable[..., HttpResponseBase]
Text = str | Promise
Row = TypeVar("Row")


def person(request: HttpRequest) -> "User":
    """The logged-in person; `for_people` stands before."""
    assert request.user.is_authenticated  # noqa: S101 - narrows the type
    return request.user


def actor(request: HttpRequest) -> Actor:
    """Who this person is in verbs and events."""
    return person(request).actor


def for_people(view: View) -> View:
    """Ask who it is; what does not exist for that person is a 404."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except Missing as missing:
            raise Http404 from missing

    return guarded


def for_operators(view: View) -> View:
    """Let operators in; for everybody else there is nothing here."""

    @for_people
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not person(request).is_operator:
            raise Missing
        return view(request, *args, **kwargs)

    return guarded


def may_be_kept(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """Let the reader's device keep a page, to be read without a connection; for this reader only (`js/worker.js`)."""
    answer["X-Keep"] = str(person(request).pseudonym)
    return answer


def must_be_forgotten(answer: HttpResponse) -> HttpResponse:
    """Let the device forget what it has kept for its reader, before another person signs in (`js/worker.js`)."""
    answer["X-Forget"] = "pages"
    return answer


def found(row: Row | None) -> Row:
    """The row, which is there. Raises Missing."""
    if row is None:
        raise Missing
    return row


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
        return refuse(request, refused, to)
    if wants_json(request):
        return JsonResponse({"ok": True, "result": result})
    messages.success(request, str(said))
    return redirect(to)


def refuse(request: HttpRequest, refused: Refused, to: str) -> HttpResponse:
    """Say why not: in a message on the page `to`, or in JSON."""
    if wants_json(request):
        told = {"ok": False, "code": refused.code, "text": str(refused.text), "detail": refused.detail}
        return JsonResponse(told, status=409)
    messages.error(request, str(refused.text))
    return redirect(to)


def wants_json(request: HttpRequest) -> bool:
    """Whether a script asks, not a person."""
    return request.accepts("application/json") and not request.accepts("text/html")
