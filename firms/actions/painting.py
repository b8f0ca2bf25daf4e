"""Several weeks of a line are given one value in one command, and given back what they had before."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from config.models import Command
from config.rows import Actor, Missing, Refused, command
from config.wake import wake
from firms.actions.capacity import set_weeks
from firms.actions.rights import firm_to_change, refused_fields
from firms.models import CapacityWeek, Line

MOST_WEEKS = 260


@command
def paint_capacity(
    actor: Actor,
    firm_key: UUID | str,
    line_id: int,
    weeks: Sequence[date],
    units: int,
    *,
    now: datetime,
    command_id: str | None = None,
) -> dict[str, Any]:
    """Publish the same units for all these weeks; the answer says what each had `before`, none for nothing.

    Raises Refused: `invalid` (no week, no Monday, negative), `below_used` with the first such week and its use.
    """
    if not 0 < len(weeks) <= MOST_WEEKS:
        raise refused_fields({"weeks": [_("Choose the weeks first.")]})
    line = _line(actor, firm_key, line_id)
    present = {row.week_on: row.published_units for row in line.weeks.filter(week_on__in=weeks)}
    set_weeks(line, dict.fromkeys(weeks, units), now)
    before = {week_on.isoformat(): present.get(week_on) for week_on in sorted(weeks)}
    wake(f"desk:{line.firm_id}")
    return {"line": line.pk, "units": units, "weeks": len(before), "before": before}


@command
def unpaint_capacity(
    actor: Actor,
    firm_key: UUID | str,
    line_id: int,
    painted: str,
    *,
    now: datetime,
    command_id: str | None = None,
) -> dict[str, Any]:
    """Give the weeks of one's own painting, named by its command id, what they had before.

    Raises Refused: `not_painted`, `below_used` when more has been promised of them meanwhile.
    """
    line = _line(actor, firm_key, line_id)
    kept = Command.objects.filter(actor=actor.key, key=painted, verb="paint_capacity").first()
    if kept is None or kept.result is None or kept.result.get("line") != line.pk:
        raise Refused("not_painted", _("There is nothing to undo."))
    _restore(line, kept.result["before"], now)
    wake(f"desk:{line.firm_id}")
    return {"line": line.pk, "weeks": len(kept.result["before"])}


def _restore(line: Line, before: Mapping[str, int | None], now: datetime) -> None:
    """Weeks that had nothing lose their row, unless something was ever promised of them."""
    set_weeks(line, {date.fromisoformat(week): units or 0 for week, units in before.items()}, now)
    bare = [week for week, units in before.items() if units is None]
    CapacityWeek.objects.filter(line=line, week_on__in=bare, reservations=None).delete()


def _line(actor: Actor, firm_key: UUID | str, line_id: int) -> Line:
    """The firm's own line, under the firm's lock."""
    found = Line.objects.filter(firm=firm_to_change(actor, firm_key), pk=line_id).first()
    if found is None:
        raise Missing()
    return found
