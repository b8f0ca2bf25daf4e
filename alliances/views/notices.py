"""What a person was told, on one page and as a bell in the bar of every page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from alliances import actions
from alliances.queries import notices as queries
from alliances.views.answers import carry_out, number, verb_door
from config.doors import for_people, person


@require_safe
@for_people
def notices(request: HttpRequest) -> HttpResponse:
    """List the newest notices; whoever has new ones may put them away."""
    shown = queries.told(person(request).pk)
    has_new = any(one.is_new for one in shown)
    newest = max((one.id for one in shown), default=0)
    return render(request, "alliances/notices.html", {"notices": shown, "has_new": has_new, "newest": newest})


@verb_door
def mark_seen(request: HttpRequest) -> HttpResponse:
    """Mark as read all that the page showed: not what came since."""
    newest = number(request, "up_to") or 0
    return carry_out(request, actions.mark_seen, newest, to=reverse("alliances:notices"), said=_("All read."))


@never_cache
@require_safe
@for_people
def bell(request: HttpRequest) -> HttpResponse:
    """The bell alone, for pages that stay open."""
    return render(request, "parts/bell.html")
