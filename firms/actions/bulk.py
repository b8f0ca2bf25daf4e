"""Add many offers of a firm at once, as a spreadsheet or a registry brings them: all of them, or none."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils.translation import gettext as _

from config.rows import Actor, Refused, command
from firms.actions.rights import firm_to_change
from firms.models import Competency, Firm, Lane, Line, Offer, PriceTier, Reach, Service

KINDS: dict[str, type[Offer]] = {"competency": Competency, "lane": Lane, "reach": Reach, "service": Service}
Fields = Mapping[str, Any]


@command
def add_offers(
    actor: Actor,
    firm_key: UUID | str,
    offers: Mapping[str, Sequence[Fields]],
    *,
    now: datetime,
    command_id: str | None = None,
) -> dict[str, Any]:
    """Add rows by kind (competency, lane, reach, service) in a fixed number of queries a kind.

    Fields are the rows' own; `line` is a name, `site` an id, `tiers` pairs of (from units, unit cost).
    Raises Refused("invalid") with the kind and number (from 1) of the first row that cannot be.
    """
    firm = firm_to_change(actor, firm_key)
    lines = _lines(firm, offers)
    counts: dict[str, Any] = {}
    for kind, rows in offers.items():
        made = [_row(firm, kind, number, fields, lines) for number, fields in enumerate(rows, 1)]
        _insert(kind, made)
        _price(made, rows)
        counts[kind] = len(made)
    return counts


def _lines(firm: Firm, offers: Mapping[str, Sequence[Fields]]) -> dict[str, Line]:
    wanted = {str(row["line"]) for rows in offers.values() for row in rows if "line" in row}
    Line.objects.bulk_create([Line(firm=firm, name=name) for name in sorted(wanted)], ignore_conflicts=True)
    return {line.name: line for line in firm.lines.all()}


def _row(firm: Firm, kind: str, number: int, fields: Fields, lines: Mapping[str, Line]) -> Offer:
    values = {name: value for name, value in fields.items() if name not in {"line", "site", "tiers"}}
    if "line" in fields:
        values["line"] = lines[str(fields["line"])]
    if "site" in fields:
        values["site_id"] = fields["site"]
    row = KINDS[kind](firm=firm, **values)
    try:
        row.clean_fields(exclude=["firm", "line", "site"])
    except ValidationError as wrong:
        raise _refused(kind, number, "; ".join(wrong.messages)) from wrong
    return row


def _insert(kind: str, rows: list[Offer]) -> None:
    try:
        KINDS[kind]._default_manager.bulk_create(rows)
    except IntegrityError as wrong:
        raise _refused(kind, 0, str(wrong).splitlines()[0]) from wrong


def _price(made: Sequence[Offer], rows: Sequence[Fields]) -> None:
    PriceTier.objects.bulk_create(
        PriceTier(competency_id=offer.pk, from_units=least, unit_cost_minor=cost)
        for offer, fields in zip(made, rows, strict=True)
        for least, cost in fields.get("tiers", ())
    )


def _refused(kind: str, number: int, why: str) -> Refused:
    return Refused(
        "invalid", _("A row cannot be taken in; nothing was added."), kind=kind, row=number, why=why
    )
