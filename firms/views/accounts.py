"""What logging in and out does beside beginning and ending a session.

A session on a shared phone is one that the firm can end; a person's open boards are looked at again at once.
"""

from collections.abc import Callable

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse

from config import clock
from config.wake import wake
from firms import actions
from firms.models import User
from firms.models.phones import TURN
from firms.views.doors import secret_of, session_of


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """django-allauth's way into the platform."""

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        request.session.pop(TURN, None)

    def logout(self, request: HttpRequest) -> None:
        left = request.user.pk
        super().logout(request)
        wake(f"session:{left}")


class PhonesHoldOneSession:
    """Keep which session a shared phone holds: a log-in gives it another key, and so does a new password.

    A turn by PIN has taken its phone already, which may be another than the one that the request still names.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        before = request.session.session_key
        response = self.get_response(request)
        phone, has_changed = secret_of(request), request.session.session_key != before
        if phone and has_changed and isinstance(request.user, User) and TURN not in request.session:
            actions.take_phone(phone, request.user.pk, session_of(request), now=clock.now())
        return response
