"""Every page in the person's own time zone and language; and what a turn on a shared phone does not open."""

from collections.abc import Callable
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from firms.models import User
from firms.models.phones import TURN

COOKIE = "tz"
KNOWN = frozenset(available_timezones())
# passwords, passkeys, addresses, tokens, places in firms and the account's end: all that would outlast the turn
OUTLASTING = ("/accounts/", "/firm/tokens/", "/firms/join/", "/firms/invited/", "/me/erase/")


class TurnsOpenWork:
    """Keep a turn on a shared phone from making ways in that would stay when the turn is over."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(OUTLASTING) and TURN in request.session and not is_leaving(request):
            messages.error(
                request, _("A turn on a shared phone opens work only. Sign in on your own device.")
            )
            return redirect("alliances:desk")
        return self.get_response(request)


def is_leaving(request: HttpRequest) -> bool:
    return request.path == reverse("account_logout")


class PersonsTimeZone:
    """Activate the person's time zone, else that of the browser's `tz` cookie, else UTC; and their language.

    A language chosen on this device (Django's language cookie) wins over the person's usual one.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = language_of(request)
        with timezone.override(zone_of(request)), translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language)
            return response


def zone_of(request: HttpRequest) -> ZoneInfo:
    """Return the zone to show times in; a name that is unknown or forged counts as none."""
    user = request.user
    chosen = user.time_zone if isinstance(user, User) else ""
    wanted = chosen or request.COOKIES.get(COOKIE, "").replace("%2F", "/")
    return ZoneInfo(wanted if wanted in KNOWN else "UTC")


def language_of(request: HttpRequest) -> str:
    """Return the language to write in."""
    user = request.user
    usual = user.language if isinstance(user, User) else ""
    is_chosen_here = settings.LANGUAGE_COOKIE_NAME in request.COOKIES
    return usual if usual and not is_chosen_here else translation.get_language() or settings.LANGUAGE_CODE
