"""Why a surge, and why now, in words: how far above the usual, season and feasts, promotions, kinds of sources."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from config.templatetags.ui import units
from matching.models import Promotion, Spike

LEAST_TIMES = 0.05  # expected counts below this give no multiple that means anything
FEASTS: Mapping[str, Promise] = {
    "black_friday": _("Black Friday"),
    "carnival": _("Carnival"),
    "childrens_day": _("Children's Day"),
    "christmas": _("Christmas"),
    "day_of_the_dead": _("the Day of the Dead"),
    "diwali": _("Diwali"),
    "easter": _("Easter"),
    "eid_al_fitr": _("Eid al-Fitr"),
    "epiphany": _("Epiphany"),
    "fathers_day": _("Father's Day"),
    "golden_week": _("the Golden Week"),
    "halloween": _("Halloween"),
    "independence_day": _("Independence Day"),
    "kings_day": _("King's Day"),
    "labor_day": _("Labor Day"),
    "lunar_new_year": _("the Lunar New Year"),
    "memorial_day": _("Memorial Day"),
    "mid_autumn": _("the Mid-Autumn Festival"),
    "mid_year_sale": _("the mid-year sale (18 June)"),
    "mothers_day": _("Mother's Day"),
    "national_day": _("the national day"),
    "new_year": _("New Year"),
    "saint_nicholas": _("Saint Nicholas"),
    "singles_day": _("Singles' Day (11 November)"),
    "songkran": _("Songkran"),
    "thanksgiving": _("Thanksgiving"),
    "valentines_day": _("Valentine's Day"),
}


@dataclass(frozen=True, slots=True)
class Context:
    """A surge, the kinds of sources that show it, and promotions at its time."""

    spike: Spike
    kinds: Sequence[str]
    promotions: Sequence[Promotion]


def sentences(context: Context) -> list[str]:
    """What a person should know first, the most telling things first."""
    told = context.spike.evidence
    found = [
        _rise(told),
        _season(told.get("season") or {}),
        *(_feast(feast, context.spike.first_on) for feast in told.get("feasts", [])),
        *map(_promotion, context.promotions),
        _kinds(context),
    ]
    return [text for text in found if text]


def kind_of(spike: Spike) -> str:
    """`seasonal` when it comes every year, `viral` when it does not, `unknown` without a year of history."""
    return str((spike.evidence.get("season") or {}).get("kind", "unknown"))


def _rise(told: Mapping[str, Any]) -> str:
    observed, expected = float(told["observed"]), float(told["expected"])
    if expected < LEAST_TIMES:
        return translate("It hardly sold at all before.")
    return translate("%(times)s times as many as usual in the last %(days)s days.") % {
        "times": units(observed / expected, 1),
        "days": told["window_days"],
    }


def _season(told: Mapping[str, Any]) -> str:
    kind = told.get("kind")
    if kind == "seasonal":
        return translate(
            "It also rose a year ago at this time, to %(times)s times the weeks before: the season."
        ) % {"times": units(told["year_ago"], 1)}
    if kind == "viral":
        return translate("A year ago it did not rise like this at this time: not the season.")
    return translate("Whether it comes every year is not known: there is no year of history yet.")


def _feast(told: Mapping[str, str], on: date) -> str:
    days = (date.fromisoformat(told["on"]) - on).days
    name = FEASTS.get(told["code"], told["code"])
    if days < 0:
        return translate("%(feast)s was %(days)s days before.") % {"feast": name, "days": -days}
    return translate("%(feast)s was %(days)s days ahead.") % {"feast": name, "days": days}


def _promotion(promotion: Promotion) -> str:
    return translate("A promotion was announced: %(name)s, %(first)s to %(last)s.") % {
        "name": promotion.name,
        "first": promotion.from_on.isoformat(),
        "last": promotion.until_on.isoformat(),
    }


def _kinds(context: Context) -> str:
    if len(context.kinds) > 1:
        return translate("%(number)s independent kinds of sources show it.") % {"number": len(context.kinds)}
    return translate("Only one kind of source shows it so far.")
