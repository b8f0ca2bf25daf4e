"""Reasons, blocks and work in words, in the reader's language."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from config.templatetags.ui import money, units
from config.templatetags.words import ROUTES
from firms.queries.labels import CHANNELS, MODES, ROLES
from matching.economics import Kind

# stored in English with each plan, translated where they are shown (`translated`)
LABELS = (
    noop("Units made"), noop("Units from stock"), noop("Cost of the run"), noop("Units carried"),
    noop("Cost of the shipment"), noop("Fee"), noop("Units handled"), noop("Engagement"),
    noop("What is left after all others are paid"),
    noop("Goods travel by sea, rail or road."), noop("All goods are finished stock and fly."),
    noop("Each maker makes a pilot lot that flies."),
    noop("A larger lot is made and flies, in the steps of the pilot lot."),
    noop("A correction of the observations took its evidence away."),
    noop("Over before anyone could answer."),
    noop("new buyers"),
    noop("new buyers; no count of buyers given"),
    noop("buyers; no count of new buyers given"),
    noop("units; no count of buyers given"),
)  # fmt: skip

SENTENCES: Mapping[str, str | Promise] = {
    # why a plan is as it is
    "route": _("Route %(route)s. %(rule)s"),
    "first_unit": _(
        "First unit at the buyers' side on day %(day)s; %(alive_percent)s %% of such trends still live then."
    ),
    "maker": _(
        "%(firm)s gives %(units)s units at %(unit_minor)s each, the best of %(of)s makers for this plan."
    ),
    "carrier": _(
        "%(firm)s carries %(units)s units by %(mode)s at %(unit_minor)s each; half arrive within %(p50)s "
        "days, nine in ten within %(p90)s."
    ),
    "binds_demand": _("%(market)s takes no more: all %(units)s units wanted are served."),
    "binds_stock": _("The stock of %(firm)s is used up (%(units)s units)."),
    "binds_capacity": _("The free capacity of %(firm)s is used up (%(units)s units)."),
    "binds_lane": _("The space of %(firm)s is used up (%(units)s units)."),
    "rejected": _(
        "%(firm)s was left out: it would have to be %(amount_minor)s cheaper in total to earn a place."
    ),
    "scenarios": _(
        "Sized for %(count)s ways in which demand may turn out: on average %(mean_minor)s are left, in the lowest "
        "tenth %(p10_minor)s, in the middle %(p50_minor)s, in the highest tenth %(p90_minor)s."
    ),
    "gap": _("No other team could earn more than %(percent)s %% above this one."),
    "clearance": _(
        "Assumed: a unit that finds no buyer while the trend lives still brings %(percent)s %% of its margin."
    ),
    # why there is none
    "sheet": _("%(market)s: the unit economics sheet is not complete (%(problems)s)."),
    "nothing_wanted": _("%(market)s: nothing is wanted beyond the usual."),
    "no_heading": _("The product has no customs heading, so nobody can be found who makes it."),
    "no_maker": _("No verified firm makes goods of HS %(hs6)s."),
    "no_lane": _("No lane leads from the makers to %(market)s."),
    "no_service": _("Nobody offers: %(role)s (%(place)s)."),
    "no_reach": _("%(market)s: no marketing firm reaches this market."),
    "no_rate": _("%(offer)s was left out: there is no exchange rate from %(currency)s to %(to)s."),
    "no_space": _("%(market)s: no carrier has enough free space in the weeks that matter."),
    "no_capacity": _(
        "%(market)s: no maker has free capacity or stock for its minimum order (%(moq)s units)."
    ),
    "minimum": _("%(market)s: the smallest minimum order is %(moq)s units, and only %(units)s are wanted."),
    "too_late": _(
        "%(market)s: the earliest goods arrive on day %(day)s, and the trend counts for %(days)s days only."
    ),
    "unit_loss": _(
        "%(market)s: a unit would lose money. At the earliest arrival (day %(day)s) it is worth "
        "%(value_minor)s, and making and carrying it costs %(cost_minor)s."
    ),
    "fixed_costs": _("The units that can be sold in time do not pay the fixed fees."),
    "other_seller": _("%(market)s was left out: the seller of record does not sell there."),
    "trend_over": _("The trend has no days left in which goods could be sold."),
    "all_rejected": _("Every proposal was rejected."),
    "fell_through": _("The last alliance fell through: %(why)s"),
    "capacity_gone": _(
        "The weeks of %(firm)s went to others: %(left)s of the %(units)s units that an earlier plan counted on are "
        "free."
    ),
    "dismissed": _("Set aside: %(why)s"),
    # why a firm is not in a plan: to that firm, in its own figures
    "why_price": _(
        "Your offer was %(each_minor)s too dear on each of the %(units)s units that you had room for."
    ),
    "why_late": _("Your goods would have come too late, at any price."),
    "why_sooner": _("%(days)s days sooner, it would have earned its place at the same price."),
    "why_more": _("With room for %(units)s units, it would have earned its place at the same price."),
    "why_close": _("Your offer came very near: others fitted together a little better."),
    "why_conflict": _("A firm with which you do not work together was in the team already."),
    "why_filter_trust": _("Your trust lies below what this plan asks for."),
    "why_filter_jurisdiction": _("Firms of your country were excluded."),
    "why_filter_competencies": _("You do not offer this kind of goods."),
    "why_filter_supervision_mode": _("Your customs mode is not used in this market."),
    "why_no_lane": _("No carrier offered a way from %(place)s to the markets that counted."),
    "why_no_room": _("You had too little free capacity for your least lot in the weeks that counted."),
    "why_service": _("Others of the same kind did this work for less, or for all markets together."),
    # what a firm does
    "make_all": _("Make %(made)s units at %(place)s (%(label)s)."),
    "give": _("Give %(stock)s units from finished stock, at %(place)s (%(label)s)."),
    "make": _("Make %(made)s and give %(stock)s from stock, at %(place)s (%(label)s)."),
    "carry": _(
        "Carry %(units)s units from %(origin)s to %(market)s by %(mode)s, customs mode %(supervision)s."
    ),
    "show": _("Reach %(people)s people in %(market)s (%(channel)s, %(language)s)."),
    "show_too": _("Within the same fee, in %(market)s (%(language)s)."),
    "support": _("%(role)s for %(units)s units (%(place)s)."),
}

KINDS: Mapping[str, str | Promise] = {
    Kind.PRICE: _("Price"),
    Kind.COMMISSION: _("Marketplace commission"),
    Kind.PAYMENT_FEE: _("Payment fee"),
    Kind.ADS: _("Advertising"),
    Kind.RETURNS: _("Returns"),
    Kind.SALES_VAT: _("Sales VAT in the price"),
    Kind.CUSTOMS_VALUE: _("Customs value"),
    Kind.DUTY: _("Duty"),
    Kind.IMPORT_VAT: _("Import VAT"),
    Kind.STORAGE: _("Storage"),
    Kind.OTHER: _("Other"),
    Kind.EXPORT_REBATE: _("Export rebate"),
    Kind.UNIT_COST: _("Unit cost"),
    Kind.FREIGHT: _("Freight"),
}

Row = Mapping[str, Any]


def sentence(row: Row) -> str:
    """A reason or a piece of work as one sentence; an unknown code shows itself."""
    template = SENTENCES.get(str(row.get("code")))
    if template is None:
        return str(row.get("code", ""))
    shown = {name: _shown(row, name) for name in row}
    return str(template) % shown


def _shown(row: Row, name: str) -> str:
    show = SHOW.get(name)
    if name.endswith("_minor"):
        return money(row[name], str(row.get("currency", "USD")))
    return show(row[name]) if show else str(row[name])


def _problems(found: list[str]) -> str:
    return ", ".join(_problem(text) for text in found)


def _problem(text: str) -> str:
    """Lines of a sheet by their names: "missing line: ads" is told in words."""
    what, _sep, kind = text.partition(": ")
    if what == "missing line" and kind in KINDS:
        return gettext("missing: %(line)s") % {"line": KINDS[kind]}
    return text


def _role(role: str) -> str:
    return str(ROLES.get(role, role))


SHOW: Mapping[str, Callable[[Any], str]] = {
    "units": units,
    "left": units,
    "made": units,
    "stock": units,
    "people": units,
    "moq": units,
    "mode": lambda mode: str(MODES.get(mode, mode)),
    "channel": lambda channel: str(CHANNELS.get(channel, channel)),
    "role": _role,
    "rule": gettext,
    "problems": _problems,
    "route": lambda route: str(ROUTES.get(route, route)),
}
