"""The doors that belong to no room: home, the style guide, and how the platform is."""

from dataclasses import asdict
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from config import clock, meters, status
from config.doors import for_operators, for_people, person, wants_json
from config.finding import find
from config.style import ROWS, SampleForm, colours, examples, icons, lengths
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
        "spaces": lengths("s"),
        "sizes": lengths("text-"),
        "sample": examples(),
        "states": LABELS,
        "tones": ICONS,
        "rows": ROWS,
        "soon": now + timedelta(hours=5),
        "ago": now - timedelta(days=2),
    }
    return render(request, "style.html", shown)


@never_cache
@require_safe
@for_people
def search(request: HttpRequest) -> HttpResponse:
    """Find what this person may see by its name: a page, or JSON for the palette."""
    text = request.GET.get("q", "")
    hits = find(person(request), text)
    if wants_json(request):
        return JsonResponse({"hits": [asdict(hit) for hit in hits]})
    return render(request, "search.html", {"hits": hits, "text": text})


@never_cache
@require_safe
@for_people
def keys(request: HttpRequest) -> HttpResponse:
    """The keys that pages know."""
    return render(request, "keys.html")


@never_cache
@require_safe
@for_operators
def show_status(request: HttpRequest) -> HttpResponse:
    """Show operators how the platform is."""
    now = clock.now()
    shown = {
        "health": status.health(),
        "rounds": status.rounds(),
        "queues": status.queues(now),
        "residues": status.left_open(now),
        "counts": meters.counts(),
        "broker": status.broker_depth(),
        "has_broker": bool(settings.REDIS_URL),
    }
    return render(request, "status.html", shown)
