"""What is proposed for a living alliance, in words."""

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alliances.exits import Exit
from alliances.models import Change

register = template.Library()

TITLES: dict[str, str | Promise] = {
    Change.Kind.REPLACEMENT: _("A partner does not deliver: replace it?"),
    Change.Kind.DEMAND: _("Demand has changed: revise the plan?"),
    Change.Kind.STAND_DOWN: _("The trend is over: how to end?"),
}
EXITS: dict[str, str | Promise] = {
    Exit.STOP_NOW: _("Stop now: nothing more is made, moved or sold"),
    Exit.SELL_WHAT_IS_MADE: _("Make no more, and sell what is made"),
    Exit.CARRY_ON: _("Carry on as planned"),
}


@register.filter
def change_title(change: Change) -> str:
    return str(TITLES[change.kind])


@register.filter
def exit_label(name: str) -> str:
    return str(EXITS[name])
