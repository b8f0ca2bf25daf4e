"""What a firm has, as its spreadsheets say it; and what a new one is compared with."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from firms import sheets, weeks
from firms.models import CapacityWeek, Competency, Firm, Site
from firms.offered import CURRENCIES
from firms.queries.places import known_points
from firms.sheets.cells import amount
from firms.sheets.columns import TIERS
from firms.sheets.parsing import MONEY, digest, key_of, plain

TITLES: Mapping[str, str | Promise] = {
    "id": _("Row id"), "site": _("Site"), "line": _("Line"), "hs6": _("HS subheading"), "process": _("Process"),
    "material": _("Material"), "certificates": _("Certificates"), "currency": _("Currency"),
    "tax_included": _("Tax included"), "unit_cost": _("Unit cost"), "fixed_cost": _("Cost of a run"),
    "minimum_order": _("Minimum order"), "minimum_by_variant": _("Minimum order for each variant"),
    "lead_time_days": _("Lead time in days"), "finished_stock": _("Finished stock"), "week_from": _("Week from"),
    "units": _("Units"), "name": _("Name"), "unlocode": _("UN/LOCODE"), "latitude": _("Latitude"),
    "longitude": _("Longitude"), "country": _("Country"), "address": _("Address"),
    "tier1_from": _("Tier 1 from"), "tier1_cost": _("Tier 1 unit cost"), "tier2_from": _("Tier 2 from"),
    "tier2_cost": _("Tier 2 unit cost"), "tier3_from": _("Tier 3 from"), "tier3_cost": _("Tier 3 unit cost"),
}  # fmt: skip


def aliases() -> dict[str, str]:
    """Column names by the titles that people may write, in every language of the platform."""
    found = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            found.update({plain(str(title)): name for name, title in TITLES.items()})
    return found


def heading(form: sheets.Form) -> list[str]:
    """The titles of a form's columns in the reader's language."""
    return [str(TITLES[column.name]) for column in form.columns]


def table(firm: Firm, form: sheets.Form, now: datetime) -> Iterator[list[str]]:
    """The firm's rows of a form as texts: what reading them again would not change."""
    for values in _values(firm, form, now):
        yield texts(form, values)


def texts(form: sheets.Form, values: Mapping[str, Any]) -> list[str]:
    """The values of a row as people write them, in the order of the form's columns."""
    return [_text(name, values) for name in form.names]


def context(firm: Firm, form: sheets.Form, now: datetime, place: str = "") -> sheets.Context:
    """What rows of a form are compared with."""
    return sheets.Context(
        present={key_of(form, values): digest(values) for values in _values(firm, form, None)},
        sites=frozenset(firm.sites.values_list("name", flat=True))
        if form is sheets.COMPETENCIES
        else frozenset(),
        used=_used(firm) if form is sheets.CAPACITY else {},
        currencies=frozenset(CURRENCIES),
        places=known_points() if form is sheets.SITES else {},
        given_place=place,
    )


def _values(firm: Firm, form: sheets.Form, now: datetime | None) -> Iterable[dict[str, Any]]:
    if form is sheets.COMPETENCIES:
        return map(_competency, _competencies(firm))
    if form is sheets.CAPACITY:
        return _weeks(firm, now)
    return map(_site, firm.sites.order_by("name"))


def _competencies(firm: Firm) -> Iterable[Competency]:
    rows = firm.competency_offers.filter(withdrawn_at=None).select_related("site", "line")
    return rows.prefetch_related("tiers").order_by("pk")


def _competency(row: Competency) -> dict[str, Any]:
    tiers = list(row.tiers.all())
    found = {
        "id": row.pk,
        "site": row.site.name,
        "line": row.line.name,
        "hs6": row.hs6,
        "process": row.process,
        "material": row.material,
        "certificates": row.certificates,
        "currency": row.currency,
        "tax_included": row.is_tax_included,
        "unit_cost": row.unit_cost_minor,
        "fixed_cost": row.fixed_cost_minor,
        "minimum_order": row.moq_units,
        "minimum_by_variant": row.is_moq_by_variant,
        "lead_time_days": row.lead_time_days,
        "finished_stock": row.stock_units,
    }
    for n in TIERS:
        tier = tiers[n - 1] if n <= len(tiers) else None
        found[f"tier{n}_from"] = tier.from_units if tier else None
        found[f"tier{n}_cost"] = tier.unit_cost_minor if tier else None
    return found


def _weeks(firm: Firm, now: datetime | None) -> Iterator[dict[str, Any]]:
    """Published weeks, from the present one on when `now` is given."""
    rows = CapacityWeek.objects.filter(line__firm=firm).order_by("line__name", "week_on")
    if now is not None:
        rows = rows.filter(week_on__gte=weeks.monday(now.date()))
    for line, week_on, units in rows.values_list("line__name", "week_on", "published_units").iterator():
        yield {"line": line, "week_from": week_on.isoformat(), "units": units}


def _site(row: Site) -> dict[str, Any]:
    return {"name": row.name, "unlocode": row.unlocode, "latitude": row.latitude, "longitude": row.longitude}


def _used(firm: Firm) -> dict[str, int]:
    rows = CapacityWeek.objects.filter(line__firm=firm, used_units__gt=0)
    found = rows.values_list("line__name", "week_on", "used_units")
    return {json.dumps([line, on.isoformat()], ensure_ascii=False): used for line, on, used in found}


def _text(name: str, values: Mapping[str, Any]) -> str:
    value = values[name]
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return amount(value, values["currency"]) if name in MONEY else str(value)
