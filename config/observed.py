"""Each request has an id, which its answer and its lines in the log carry; and it is counted."""

import re
import time
import uuid
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import ResolverMatch

from config import logs, meters

ID = re.compile(r"[A-Za-z0-9-]{8,40}")  # what is taken from a proxy that has its own ids
HEADER = "X-Request-ID"
BEGAN_AT = "murmuration.began_at"  # in a request's META: seconds since 1970 when it came
OF_ALLIANCES = ("alliances/", "console/alliances/")


class Observed:
    """Stands around all other middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get(HEADER, "")
        name = given if ID.fullmatch(given) else uuid.uuid4().hex
        request.META[BEGAN_AT] = time.time()
        began = time.perf_counter()
        with logs.apart(request=name):
            response = self.get_response(request)
        response.headers[HEADER] = name
        labels = (_room(request.resolver_match), str(request.method), f"{response.status_code // 100}xx")
        meters.REQUESTS.labels(*labels).observe(time.perf_counter() - began)
        return response

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, kwargs: dict[str, Any]) -> None:
        """Say which alliance it is about, when its address says so."""
        match = request.resolver_match
        if match and "key" in kwargs and match.route.startswith(OF_ALLIANCES):
            logs.about(alliance=str(kwargs["key"]))


def _room(match: ResolverMatch | None) -> str:
    """The room that answered: few values, so that few series come of it."""
    if match is None:
        return "none"
    return (
        match.app_names[0]
        if match.app_names
        else str(match.url_name or "").partition("_")[0].partition("-")[0]
    )
