"""Publish what is free, and keep the ledger of what is held and reserved.

`hold`, `reserve` and `release` are called inside the caller's transaction. Weeks are locked in the order of
their ids, whoever comes, so that two callers wait for each other but never in a circle.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Q
from django.utils.translation import gettext as _

from config.rows import Actor, Missing, Refused, command
from firms import weeks
from firms.actions.rights import firm_to_change, refused_fields
from firms.models import CapacityWeek, Firm, Line, Reservation

MOST_UNITS = 2_000_000_000


@dataclass(frozen=True)
class Wanted:
    """Units wanted of one line in the weeks that hold a day between two days, both included."""

    line_id: int
    from_on: date
    until_on: date
    units: int


@command
def add_line(
    actor: Actor, firm_key: UUID | str, name: str, *, now: datetime, command_id: str | None = None
) -> dict[str, Any]:
    """Name a production line, a crew or a carrier's space; a name that exists is the same line."""
    line = named_line(firm_to_change(actor, firm_key), name)
    return {"line": line.pk, "name": line.name}


@command
def publish_capacity(
    actor: Actor,
    firm_key: UUID | str,
    line_id: int,
    units_by_week: Mapping[date, int],
    *,
    now: datetime,
    command_id: str | None = None,
) -> dict[str, Any]:
    """Say how many units a line can do in the weeks from these Mondays on.

    Raises Refused: `invalid` (not a Monday, negative), `below_used` with the first such week and its use.
    """
    firm = firm_to_change(actor, firm_key)
    line = Line.objects.filter(firm=firm, pk=line_id).first()
    if line is None:
        raise Missing()
    set_weeks(line, units_by_week, now)
    return {"line": line.pk, "weeks": len(units_by_week)}


def set_weeks(line: Line, units_by_week: Mapping[date, int], now: datetime) -> None:
    """Publish these weeks of a line, inside the caller's transaction. Raises Refused as `publish_capacity`."""
    _demand_sane(units_by_week)
    rows = [
        CapacityWeek(line=line, week_on=week_on, published_units=units, published_at=now)
        for week_on, units in sorted(units_by_week.items())
    ]
    # new weeks first, empty; then all are locked, so that no hold comes between the check and the change
    empty = [CapacityWeek(line=line, week_on=r.week_on, published_units=0, published_at=now) for r in rows]
    CapacityWeek.objects.bulk_create(empty, ignore_conflicts=True)
    _demand_room(line, units_by_week)
    CapacityWeek.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["line", "week_on"],
        update_fields=["published_units", "published_at"],
    )


def hold(purpose: str, wanted: list[Wanted], *, now: datetime) -> None:
    """Hold units for a purpose, in the earliest free weeks. Call it inside a transaction.

    Raises Refused: `capacity_gone` with the line and what is left (nothing is held then), `already_held`.
    """
    locked = _lock_weeks(wanted)
    taken: dict[int, int] = defaultdict(int)
    for want in wanted:
        for week_id, units in _share_out(want, locked, taken).items():
            taken[week_id] += units
    if Reservation.objects.live().of(purpose).exists():
        raise Refused("already_held", _("Capacity is already held for this."), purpose=purpose)
    Reservation.objects.bulk_create(
        Reservation(week_id=week_id, purpose=purpose, units=units, held_at=now)
        for week_id, units in sorted(taken.items())
    )


def reserve(purpose: str, *, now: datetime) -> int:
    """Make what is held for a purpose, or for those below it, firm. Returns the number of entries.

    `ALLIANCE` stands for all of `ALLIANCE/SEAT`.
    """
    return (
        Reservation.objects.below(purpose)
        .filter(state=Reservation.State.HELD)
        .update(state=Reservation.State.RESERVED)
    )


def release(purpose_prefix: str, *, now: datetime) -> int:
    """Give back all that is held for a purpose and those below it. Returns the number of entries."""
    entries = Reservation.objects.below(purpose_prefix).live()
    # the trigger will change the weeks one by one, in any order: take them in the agreed order before
    week_ids = list(entries.values_list("week_id", flat=True))
    list(CapacityWeek.objects.select_for_update().filter(pk__in=week_ids).order_by("pk").values_list("pk"))
    return entries.update(state=Reservation.State.RELEASED, released_at=now)


def named_line(firm: Firm, name: str) -> Line:
    """Return the firm's line of this name, made when it is new. Raises Refused('invalid') without a name."""
    words = " ".join(name.split())[:120]
    if not words:
        raise refused_fields({"line": [_("Give the line a name.")]})
    return Line.objects.get_or_create(firm=firm, name=words)[0]


def _demand_sane(units_by_week: Mapping[date, int]) -> None:
    for week_on, units in units_by_week.items():
        if weeks.monday(week_on) != week_on:
            raise refused_fields({week_on.isoformat(): [_("Weeks begin on Mondays.")]})
        if not 0 <= units <= MOST_UNITS:
            raise refused_fields({week_on.isoformat(): [_("Enter a number of units, 0 or more.")]})


def _demand_room(line: Line, units_by_week: Mapping[date, int]) -> None:
    rows = line.weeks.select_for_update().filter(week_on__in=units_by_week.keys()).order_by("pk")
    for row in sorted(rows, key=lambda row: row.week_on):
        if units_by_week[row.week_on] < row.used_units:
            text = _(
                "In the week of %(week)s %(used)s units are already promised; you cannot publish fewer."
            ) % {
                "week": row.week_on.isoformat(),
                "used": row.used_units,
            }
            detail = {"fields": {row.week_on.isoformat(): [text]}, "used_units": row.used_units}
            raise Refused("below_used", text, week_on=row.week_on.isoformat(), **detail)


def _lock_weeks(wanted: list[Wanted]) -> list[CapacityWeek]:
    """The weeks in reach that have something free. Full ones are left alone: who is refused makes nobody wait."""
    reach = Q(pk=None)
    for want in wanted:
        reach |= Q(line_id=want.line_id, week_on__range=(weeks.monday(want.from_on), want.until_on))
    free = CapacityWeek.objects.filter(reach, used_units__lt=F("published_units"))
    return list(free.select_for_update().order_by("pk"))


def _share_out(want: Wanted, locked: list[CapacityWeek], taken: Mapping[int, int]) -> dict[int, int]:
    mine = {
        row.week_on: row
        for row in locked
        if row.line_id == want.line_id and weeks.in_reach(row.week_on, want.from_on, want.until_on)
    }
    free = {week_on: row.free_units - taken.get(row.pk, 0) for week_on, row in mine.items()}
    parts = weeks.allocate(free, want.units)
    if parts is None:
        left = weeks.total(free.values())
        text = _("Only %(left)s of %(wanted)s units are still free in these weeks.") % {
            "left": left,
            "wanted": want.units,
        }
        raise Refused("capacity_gone", text, line=want.line_id, wanted_units=want.units, free_units=left)
    return {mine[week_on].pk: units for week_on, units in parts.items()}
