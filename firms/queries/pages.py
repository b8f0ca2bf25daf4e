"""What the room's own pages show."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from firms.models import Firm


@dataclass(frozen=True)
class Todo:
    """Something without which the firm cannot be called: what to do, and the page's name where it is done."""

    text: str | Promise
    page: str


MODULES = Firm.Module
TODOS = {
    MODULES.MANUFACTURING: (
        "competency_offers",
        Todo(_("Say what you can make, and what it costs."), "competencies"),
    ),
    MODULES.LOGISTICS: (
        "lane_offers",
        Todo(_("Say which lanes you run, how fast and for how much."), "lanes"),
    ),
    MODULES.MARKETING: ("reach_offers", Todo(_("Say whom you reach, where and for how much."), "reach")),
    MODULES.SUPPORT: (
        "service_offers",
        Todo(_("Say which services you offer, where and for how much."), "services"),
    ),
}


def what_is_missing(firm: Firm) -> list[Todo]:
    """Return what the firm has yet to say before it can be called."""
    found = []
    for module in firm.modules:
        relation, todo = TODOS[Firm.Module(module)]
        if not getattr(firm, relation).filter(withdrawn_at=None).exists():
            found.append(todo)
    if firm.lines.exists() and not firm.lines.filter(weeks__published_units__gt=0).exists():
        found.append(Todo(_("Publish how much you can do in the coming weeks."), "capacity"))
    return found
