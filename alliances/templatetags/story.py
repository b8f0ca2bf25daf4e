"""The story of an alliance as operators read it: the same lines as on its board."""

from collections.abc import Iterable
from typing import Any

from django import template

from alliances.models import Event
from alliances.queries.board import line, people
from alliances.templatetags.board import who_did

register = template.Library()


@register.simple_tag
def story_of(events: Iterable[Event]) -> list[dict[str, Any]]:
    """Each event's line, and who did it in words."""
    lines = [line(event) for event in events]
    names = people(one["actor"] for one in lines)
    return [{"line": one, "by": who_did(one, names)} for one in lines]
