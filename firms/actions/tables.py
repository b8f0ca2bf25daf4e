"""Several competencies are changed as in a table: all of the changes, or none."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from config.rows import Actor, Refused, command
from firms.actions.rights import demand_valid, firm_to_change, refused_fields
from firms.models import Competency

CELLS = frozenset(
    {
        "unit_cost_minor",
        "fixed_cost_minor",
        "moq_units",
        "lead_time_days",
        "stock_units",
        "process",
        "material",
        "certificates",
    }
)


@command
def change_competencies(
    actor: Actor,
    firm_key: UUID | str,
    changes: Mapping[int, Mapping[str, Any]],
    *,
    now: datetime,
    command_id: str | None = None,
) -> dict[str, Any]:
    """Change cells (those of CELLS) of the firm's own competencies by id.

    Raises Refused: `invalid` with `ID-cell` for each cell at fault, `gone` when a competency was withdrawn.
    """
    firm = firm_to_change(actor, firm_key)
    rows = {row.pk: row for row in firm.competency_offers.filter(pk__in=changes, withdrawn_at=None)}
    if set(changes) - set(rows):
        raise Refused("gone", _("A competency was withdrawn meanwhile: look at the table again."))
    for pk, cells in changes.items():
        _change(rows[pk], cells)
    return {"changed": sorted(changes)}


def _change(row: Competency, cells: Mapping[str, Any]) -> None:
    for name, value in cells.items():
        if name not in CELLS:
            raise refused_fields({f"{row.pk}-{name}": [_("This cannot be changed.")]})
        setattr(row, name, value)
    try:
        demand_valid(row)
    except Refused as refused:
        fields = refused.detail["fields"]
        raise refused_fields({f"{row.pk}-{name}": texts for name, texts in fields.items()}) from None
    row.save(update_fields=[*cells, "updated_at"])
