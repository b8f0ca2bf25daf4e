"""What an alliance waits for, in a table of many: `{% load hitch %}{% hitches_of hitches alliance as found %}`."""

from collections.abc import Mapping, Sequence

from django import template

from alliances.models import Alliance
from alliances.queries.hitches import Hitch

register = template.Library()


@register.simple_tag
def hitches_of(found: Mapping[int, Sequence[Hitch]], alliance: Alliance) -> Sequence[Hitch]:
    """What one of the alliances waits for."""
    return found.get(alliance.pk, ()) if found else ()
