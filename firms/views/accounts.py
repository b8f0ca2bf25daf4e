"""What logging in and out does beside beginning and ending a session.

A session on a shared phone is one that the firm can end; a person's open boards are looked at again at once.
"""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

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
        if phone := secret_of(request):
            actions.take_phone(phone, user.pk, session_of(request), now=clock.now())

    def logout(self, request: HttpRequest) -> None:
        left = request.user.pk
        super().logout(request)
        wake(f"session:{left}")
