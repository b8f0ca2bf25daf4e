"""From a label to its task: scanned with the camera, or typed."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alliances.labels import understood
from alliances.queries import task as queries
from config.doors import for_people, person


@require_safe
@for_people
def scan(request: HttpRequest) -> HttpResponse:
    """Go to the task whose label was scanned or typed; labels of others, and of nobody, are the same."""
    code = request.GET.get("code", "")[:500]
    if code:
        wanted, user = understood(code), person(request)
        found = queries.seen_by(user.pk, wanted, is_operator=user.is_operator) if wanted else None
        if found:
            return redirect("alliances:task-page", found.alliance.key, found.pk)
        messages.error(request, _("No task of yours has this label."))
    return render(request, "alliances/scan.html", {"code": code})
