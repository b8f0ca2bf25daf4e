"""The doors that belong to no room: home, the style guide, and whether the platform is well."""

from datetime import timedelta

from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from alliances.queries.residue import residues
from config import clock
from config.style import ROWS, SampleForm, colours, icons
from config.templatetags.states import ICONS, LABELS
from firms.models import User
from firms.queries import firms_of


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Send people where their work is; show visitors what this is."""
    if not isinstance(request.user, User):
        return render(request, "home.html")
    return redirect(place_of_work(request.user))


def place_of_work(user: User) -> str:
    """The view where a person starts: operators at the console, members at their desk, all others by joining."""
    if user.is_operator:
        return "matching:overview"
    return "alliances:desk" if firms_of(user.pk) else "firms:join"


@require_safe
def style(request: HttpRequest) -> HttpResponse:
    """Show every part of the design on one page."""
    form = SampleForm({"units": "-4", "market": "SG", "pace": "calm"})
    now = clock.now()
    shown = {
        "form": form,
        "colours": colours(),
        "icons": icons(),
        "states": LABELS,
        "tones": ICONS,
        "rows": ROWS,
        "soon": now + timedelta(hours=5),
        "ago": now - timedelta(days=2),
    }
    return render(request, "style.html", shown)


@never_cache
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """Answer that this process runs."""
    return JsonResponse({"status": "live"})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Answer whether the database answers: 200 or 503."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except OperationalError:
        return JsonResponse({"status": "no database"}, status=503)
    return JsonResponse({"status": "ready"})


@never_cache
@require_safe
def residue(request: HttpRequest) -> JsonResponse:
    """Answer what ended alliances have left open, by kind: nothing, or 503 and an alarm for whoever watches."""
    found = residues(clock.now())
    return JsonResponse(
        {"status": "residue" if found else "clean", "residues": found}, status=503 if found else 200
    )
