"""Rows of a spreadsheet become rows of the firm: new ones are made, changed ones changed, others left alone.

Each function runs inside the caller's transaction, under the firm's lock, in a fixed number of queries a thousand
rows. It compares with what the firm has now, not with what it had when the file was read.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from config.rows import Refused
from firms import sheets
from firms.models import CapacityWeek, Competency, Firm, Line, PriceTier, Site
from firms.queries.sheets import context
from firms.sheets.columns import TIERS
from firms.sheets.parsing import Values, digest, key_of

BATCH = 1_000
MOST_KEPT = 200_000  # rows of a kind that a firm may have
PLAIN = {  # columns that are fields by another name
    "tax_included": "is_tax_included",
    "unit_cost": "unit_cost_minor",
    "fixed_cost": "fixed_cost_minor",
    "minimum_order": "moq_units",
    "minimum_by_variant": "is_moq_by_variant",
    "finished_stock": "stock_units",
}
SAME = ("hs6", "process", "material", "certificates", "currency", "lead_time_days")
Counts = dict[str, int]


def enter_competencies(firm: Firm, rows: Sequence[Values], now: datetime) -> Counts:
    """Competencies by their row id; those without one are new. Raises Refused('changed_meanwhile')."""
    fresh, changed, counts = _sorted(sheets.COMPETENCIES, firm, rows, now)
    lines = _lines(firm, [*fresh, *changed])
    sites = dict(firm.sites.values_list("name", "pk"))
    if any(row["site"] not in sites for row in [*fresh, *changed]) or any(row["id"] for row in fresh):
        raise Refused("changed_meanwhile", _("The firm's sites or competencies have changed meanwhile."))
    made = [_competency(firm, row, lines, sites) for row in [*fresh, *changed]]
    Competency.objects.bulk_create(made[: len(fresh)], batch_size=BATCH)
    Competency.objects.bulk_create(
        made[len(fresh) :],
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["pk"],
        update_fields=["site", "line", *SAME, *PLAIN.values(), "updated_at"],
    )
    PriceTier.objects.filter(competency__in=[row["id"] for row in changed]).delete()
    _price(made, [*fresh, *changed])
    return counts


def enter_capacity(firm: Firm, rows: Sequence[Values], now: datetime) -> Counts:
    """Published units by line and week. Raises Refused('below_used') with the line, week and use."""
    fresh, changed, counts = _sorted(sheets.CAPACITY, firm, rows, now)
    wanted = [*fresh, *changed]
    lines = _lines(firm, wanted)
    weeks = [
        CapacityWeek(
            line=lines[row["line"]],
            week_on=date.fromisoformat(row["week_from"]),
            published_units=row["units"],
            published_at=now,
        )
        for row in wanted
    ]
    _demand_room(firm, weeks)
    CapacityWeek.objects.bulk_create(
        weeks,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["line", "week_on"],
        update_fields=["published_units", "published_at"],
    )
    return counts


def enter_sites(firm: Firm, rows: Sequence[Values], now: datetime) -> Counts:
    """Sites by name."""
    fresh, changed, counts = _sorted(sheets.SITES, firm, rows, now)
    Site.objects.bulk_create(
        [Site(firm=firm, **row) for row in [*fresh, *changed]],
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["firm", "name"],
        update_fields=["unlocode", "latitude", "longitude"],
    )
    return counts


ENTER: Mapping[str, Callable[[Firm, Sequence[Values], datetime], Counts]] = {
    "competencies": enter_competencies,
    "capacity": enter_capacity,
    "sites": enter_sites,
}


def _sorted(
    form: sheets.Form, firm: Firm, rows: Sequence[Values], now: datetime
) -> tuple[list[Values], list[Values], Counts]:
    """New and changed rows, and how many there are of each."""
    present = context(firm, form, now).present
    before = [present.get(key_of(form, row)) for row in rows]
    fresh = [row for row, old in zip(rows, before, strict=True) if old is None]
    changed = [row for row, old in zip(rows, before, strict=True) if old and old != digest(row)]
    if len(present) + len(fresh) > MOST_KEPT:
        raise Refused("too_many_kept", _("The firm has too many rows already."), most=MOST_KEPT)
    counts = {"new_rows": len(fresh), "changed_rows": len(changed)}
    return fresh, changed, counts | {"same_rows": len(rows) - len(fresh) - len(changed)}


def _lines(firm: Firm, rows: Sequence[Values]) -> dict[str, Line]:
    names = sorted({row["line"] for row in rows})
    Line.objects.bulk_create([Line(firm=firm, name=name) for name in names], ignore_conflicts=True)
    return {line.name: line for line in firm.lines.all()}


def _competency(firm: Firm, row: Values, lines: Mapping[str, Line], sites: Mapping[str, int]) -> Competency:
    fields: dict[str, Any] = {field: row[name] for name, field in PLAIN.items()}
    fields |= {name: row[name] for name in SAME}
    return Competency(pk=row["id"], firm=firm, site_id=sites[row["site"]], line=lines[row["line"]], **fields)


def _price(made: Sequence[Competency], rows: Sequence[Values]) -> None:
    """The price tiers of these competencies, which have none now."""
    PriceTier.objects.bulk_create(
        (
            PriceTier(competency=one, from_units=row[f"tier{n}_from"], unit_cost_minor=row[f"tier{n}_cost"])
            for one, row in zip(made, rows, strict=True)
            for n in TIERS
            if row[f"tier{n}_from"] is not None
        ),
        batch_size=BATCH,
    )


def _demand_room(firm: Firm, wanted: Sequence[CapacityWeek]) -> None:
    """Lock the firm's weeks in the agreed order; none may be published below what is promised of it."""
    rows = CapacityWeek.objects.select_for_update().filter(line__firm=firm).order_by("pk")
    used = {(row.line_id, row.week_on): row.used_units for row in rows}
    for week in wanted:
        promised = used.get((week.line_id, week.week_on), 0)
        if week.published_units < promised:
            text = _("More is promised meanwhile than the spreadsheet publishes.")
            raise Refused("below_used", text, line=week.line.name, week_on=week.week_on, used=promised)
