"""Every page in the person's own time zone and language."""

from collections.abc import Callable
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from firms.models import User

COOKIE = "tz"
KNOWN = frozenset(available_timezones())


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
