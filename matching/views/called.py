"""The first thing that a firm which has joined is shown: what the platform would have been worth to it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from config import clock
from config.doors import for_people, found, person
from firms import queries as firms
from firms.queries.profile import profile
from matching.queries.called import calls


@require_safe
@for_people
def called(request: HttpRequest, key: UUID) -> HttpResponse:
    """The surges of the last year that would have called this firm, for its own people."""
    mine = found(next((row for row in firms.firms_of(person(request).pk) if row.key == str(key)), None))
    known = profile(mine.id)
    shown = {
        "firm": mine,
        "profile": known,
        "calls": calls(known, clock.now()),
        "has_joined": "joined" in request.GET,
    }
    return render(request, "matching/called.html", shown)
