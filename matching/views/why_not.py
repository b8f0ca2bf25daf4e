"""A firm asks why it was not in the plans of its market."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from config import clock
from config.doors import for_people, found, person
from firms import queries as firms
from matching.queries.why_not import missed


@require_safe
@for_people
def why_not(request: HttpRequest, key: UUID) -> HttpResponse:
    """The plans that were chosen without this firm, for its own people."""
    mine = found(next((row for row in firms.firms_of(person(request).pk) if row.key == str(key)), None))
    return render(request, "matching/why_not.html", {"firm": mine, "rows": missed(mine.id, clock.now())})
