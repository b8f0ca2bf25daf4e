"""What remains of an alliance, in words, and beside the opportunity that follows it: `{% load heritage %}`."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from django import template
from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from alliances.forms import KINDS
from alliances.heritage import Sentence
from alliances.models import Alliance
from alliances.playbook import ExceptionKind
from alliances.queries import heritage
from config.templatetags.ui import money, units
from config.templatetags.words import slot_label
from firms import queries as firms
from firms.reputation import Dimension, Figure
from matching.blueprint import Route, Slot, graph

register = template.Library()

SENTENCES: Mapping[str, str | Promise] = {
    "completed": _("All mandatory work was done."),
    "ended_early": _("It ended early: %(reason)s"),
    "first_unit_late": _(
        "The first unit could be dispatched %(days)s days late: %(actual)s, not %(planned)s."
    ),
    "first_unit_early": _(
        "The first unit could be dispatched %(days)s days early: %(actual)s, not %(planned)s."
    ),
    "first_unit_on_plan": _("The first unit could be dispatched on the planned day, %(planned)s."),
    "never_dispatchable": _("No unit could ever be dispatched; it was planned for %(planned)s."),
    "end_late": _("It ended %(days)s days late: %(actual)s, not %(planned)s."),
    "end_early": _("It ended %(days)s days early: %(actual)s, not %(planned)s."),
    "end_on_plan": _("It ended on the planned day, %(planned)s."),
    "units": _("%(sold)s units were sold of %(planned)s planned."),
    "margin": _("What was left when all were paid: %(actual_minor)s; planned were %(planned_minor)s."),
    "slip_decided": _("“%(title)s” decided the end: %(days)s days from when it could begin, not %(likely)s."),
    "slip": _("“%(title)s” took %(days)s days from when it could begin, not %(likely)s, but held up nobody."),
    "exceptions": _("%(kind)s was reported %(count)s times."),
    "replaced": _("The firm in this role changed on the way: %(slot)s."),
    "declined": _("%(count)s invitations were declined."),
    "unanswered": _("%(count)s invitations were not answered."),
    "objections": _("%(count)s objections to the settlement."),
}


def _day(text: str) -> str:
    return formats.date_format(date.fromisoformat(text), "DATE_FORMAT")


SHOWN: Mapping[str, Callable[[Any], str]] = {
    "planned": lambda value: _day(value) if isinstance(value, str) else units(value),
    "actual": _day,
    "sold": units,
    "days": lambda value: units(value, 0 if isinstance(value, int) else 1),
    "likely": lambda value: units(value, 1),
    "reason": translate,
    "title": translate,
    "slot": slot_label,
    "kind": lambda value: str(KINDS[ExceptionKind(value)]),
    "count": units,
}


@register.filter
def lesson(row: Sentence) -> str:
    """A lesson in the reader's language."""
    values = {name: _shown(name, value, row) for name, value in row.items() if name != "code"}
    return str(SENTENCES[row["code"]]) % values


def _shown(name: str, value: Any, row: Sentence) -> str:
    if name.endswith("_minor"):
        return money(value, row["currency"])
    return SHOWN[name](value) if name in SHOWN else str(value)


@register.filter
def task_title(code: str, route: str) -> str:
    """What a task of a route is called, in English."""
    return next((spec.title for spec in graph(Route(route), Slot) if spec.code == code), "")


@register.filter
def proposal_name(rank: int) -> str:
    return translate("Proposal") + f" {rank}"


@register.inclusion_tag("alliances/_heritage.html", takes_context=True)
def heritage_of(context: template.Context, opportunity: Any) -> dict[str, Any]:
    """What the predecessor of an opportunity taught, and which of its firms are proposed again."""
    found = heritage.succession(opportunity.pk)
    if found is None:
        return {"former": None}
    former = found.predecessor
    return {"former": former, "seats": _seats(former, opportunity, context["market"].now)}


def _seats(former: Alliance, opportunity: Any, now: Any) -> list[dict[str, Any]]:
    held = list(former.seats.filter(firm__isnull=False).select_related("firm").order_by("pk"))
    figures = firms.figures_of((seat.firm_id or 0 for seat in held), now)
    again = _ranks(opportunity)
    return [
        {
            "slot": seat.slot,
            "firm": seat.firm,
            "figure": _on_time(figures.get(seat.firm_id or 0, {}), seat.slot),
            "ranks": again.get((seat.slot, seat.firm_id), []),
        }
        for seat in held
    ]


def _on_time(figures: Mapping[tuple[str, str], Mapping[str, Figure]], slot: str) -> Figure | None:
    """The figure that rests on most, of those of this role."""
    found = [
        by_name[Dimension.ON_TIME]
        for (name, _scope), by_name in figures.items()
        if name == slot and Dimension.ON_TIME in by_name
    ]
    return max(found, key=lambda figure: figure.observations, default=None)


def _ranks(opportunity: Any) -> dict[tuple[str, int | None], list[int]]:
    """In which standing proposals a firm has a role."""
    found: dict[tuple[str, int | None], list[int]] = {}
    proposals: Iterable[Any] = opportunity.proposals.standing().prefetch_related("seats")
    for proposal in proposals:
        for seat in proposal.seats.all():
            found.setdefault((seat.slot, seat.firm_id), []).append(proposal.rank)
    return found
