"""Words of the market in the reader's language: `{% load market %}`, `{{ line.kind|economics_label }}`."""

from django import template
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from config.templatetags.ui import badge
from firms.queries.labels import MODES
from matching.models import Signal, Spike
from matching.queries.why import kind_of
from matching.queries.words import KINDS

register = template.Library()


@register.filter
def economics_label(kind: str) -> str | Promise:
    """The name of a line of the unit economics sheet."""
    return KINDS.get(kind, kind)


@register.filter
def source_label(kind: str) -> str | Promise:
    """The name of a kind of source."""
    return Signal.Source(kind).label


@register.simple_tag
def season_badge(spike: Spike) -> SafeString | str:
    """Whether a surge comes every year, where a year of history tells: `{% season_badge spike %}`."""
    kind = kind_of(spike)
    if kind == "seasonal":
        return badge(kind, _("Seasonal"), "idle")
    return badge(kind, _("Not the season"), "info") if kind == "viral" else ""


@register.filter
def mode_label(mode: str) -> str | Promise:
    """The name of a way to carry goods."""
    return MODES.get(mode, mode)
