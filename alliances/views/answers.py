"""Carry out one verb for a person, and go where the form came from."""

import hashlib
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from alliances.models import Alliance
from alliances.queries import console, desk
from config import clock, doors
from config.rows import Refused

NOT_A_NUMBER = _("Write a whole number, such as 120.")
Verb = Callable[..., dict[str, Any]]


def verb_door(view: doors.View) -> doors.View:
    """The door of a verb: a form that a logged-in person has sent."""
    return require_POST(doors.for_people(view))


def carry_out(
    request: HttpRequest, verb: Verb, *args: Any, to: str, said: doors.Text, sent: str = "", **kwargs: Any
) -> HttpResponse:
    """Call `verb(actor, …, now, command_id)`; then go to `to` with a message, or answer JSON to a script.

    `sent` stands for what the form holds, where a page that somebody goes back to may send something new under
    its old id: that is another command.
    """
    command_id = request.POST.get("command_id") or None
    if command_id and sent:
        command_id = f"{command_id[:40]}.{hashlib.sha256(sent.encode()).hexdigest()[:20]}"

    def act() -> dict[str, Any]:
        return verb(doors.actor(request), *args, command_id=command_id, now=clock.now(), **kwargs)

    return doors.carry_out(request, act, to, said)


def seen(request: HttpRequest, key: UUID) -> Alliance:
    """The alliance that partners, and operators, may see; for everybody else it does not exist."""
    user = doors.person(request)
    found = desk.board_of(user.pk, str(key)) or (console.alliance(str(key)) if user.is_operator else None)
    if found is None:
        raise Http404
    return found


def back(request: HttpRequest, default: str) -> str:
    """The page of ours that the form came from, so that people stay where they were."""
    wanted = request.POST.get("back", "")
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if ours else default


def number(request: HttpRequest, name: str) -> int | None:
    """A whole number from the form; None when it is not given. Raises Refused when it is not a number."""
    raw = request.POST.get(name, "").strip().replace(",", "")
    if not raw:
        return None
    try:
        return int(raw)
    except ValueError as wrong:
        raise Refused("not_a_number", NOT_A_NUMBER) from wrong
