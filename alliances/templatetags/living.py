"""The living alliances, for a page of another room: `{% load living %}`."""

from typing import Any

from django import template

from alliances.queries import console
from alliances.queries.hitches import hitches
from alliances.queries.waiting import Waiting, waiting

SHOWN = 12
register = template.Library()


@register.inclusion_tag("alliances/_console.html", takes_context=True)
def living_alliances(context: template.Context) -> dict[str, Any]:
    """The newest alliances that are not over, with what is late."""
    now = context["market"].now
    shown = list(console.living(now)[:SHOWN])
    return {
        "alliances": shown,
        "hitches": hitches(shown, now),
        "now": now,
        "market": context.get("market"),
    }


@register.simple_tag(takes_context=True)
def waiting_in_alliances(context: template.Context) -> Waiting:
    """What waits for the reader, who is an operator."""
    return waiting(context["market"].now, context["user"].pk)
