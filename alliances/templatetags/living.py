"""The living alliances, for a page of another room: `{% load living %}{% living_alliances %}`."""

from typing import Any

from django import template

from alliances.queries import console

SHOWN = 12
register = template.Library()


@register.inclusion_tag("alliances/_console.html", takes_context=True)
def living_alliances(context: template.Context) -> dict[str, Any]:
    """The newest alliances that are not over, with what is late."""
    now = context["market"].now
    return {"alliances": console.living(now)[:SHOWN], "now": now, "market": context.get("market")}
