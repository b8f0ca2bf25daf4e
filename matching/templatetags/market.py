"""Words of the market in the reader's language: `{% load market %}`, `{{ line.kind|economics_label }}`."""

from django import template
from django.utils.functional import Promise

from matching.queries.words import KINDS

register = template.Library()


@register.filter
def economics_label(kind: str) -> str | Promise:
    """The name of a line of the unit economics sheet."""
    return KINDS.get(kind, kind)
