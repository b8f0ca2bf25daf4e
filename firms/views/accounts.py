"""What logging out does beside ending the session: the person's open boards are looked at again at once."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from config.wake import wake


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """django-allauth's way into the platform."""

    def logout(self, request: HttpRequest) -> None:
        left = request.user.pk
        super().logout(request)
        wake(f"session:{left}")
