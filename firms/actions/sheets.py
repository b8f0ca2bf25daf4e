"""A firm sends a spreadsheet, looks at what it would do, and takes it in or discards it.

Reading and taking in are done by the clock (`taking_in`): the row waits here, and any device can go on with it.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from config.rows import Actor, Missing, Refused, command, move
from config.wake import wake
from firms.actions.joining import checked_place
from firms.actions.rights import firm_to_change, person, refused_fields
from firms.models import Firm, Sheet
from firms.sheets import MOST_BYTES

MOST_UNFINISHED, MOST_IN_A_DAY = 5, 100  # of a firm
STATES = Sheet.State


@command
def send_sheet(
    actor: Actor,
    firm_key: UUID | str,
    kind: str,
    *,
    name: str,
    content: bytes,
    place: str = "",
    now: datetime,
    command_id: str | None = None,
) -> dict[str, Any]:
    """Keep a file to be read. `place` is a UN/LOCODE for facilities whose rows have none.

    Raises Refused: `invalid` (no file, too large, no such place), `too_many` unfinished ones.
    """
    firm = firm_to_change(actor, firm_key)
    if not content or len(content) > MOST_BYTES:
        raise refused_fields({"file": [choose_another()]})
    if firm.sheets.unfinished().count() >= MOST_UNFINISHED:
        raise Refused("too_many", _("Several spreadsheets wait already: take them in or discard them first."))
    if firm.sheets.filter(sent_at__gt=now - timedelta(days=1)).count() >= MOST_IN_A_DAY:
        raise Refused("too_many", _("Too many spreadsheets were sent today: go on tomorrow."))
    sheet = Sheet.objects.create(
        firm=firm,
        sent_by_id=person(actor),
        kind=Sheet.Kind(kind),
        name=name[-120:],
        content=content,
        place=checked_place(place, "place") if place else "",
        sent_at=now,
    )
    return {"sheet": str(sheet.key)}


@command
def take_in_sheet(
    actor: Actor, sheet_key: UUID | str, *, now: datetime, command_id: str | None = None
) -> dict[str, Any]:
    """Let all rows of a sheet that was read be taken in: all of them, or none. Twice is once.

    Raises Refused: `wrong_rows` when any row is wrong, `not_read` when there is nothing to take in.
    """
    sheet = _own(actor, sheet_key)
    if sheet.state in {STATES.APPLYING, STATES.DONE}:
        return {"sheet": str(sheet.key)}
    if sheet.wrong_rows:
        raise Refused("wrong_rows", _("Some rows are wrong: mend them in the file and send it again."))
    if not sheet.new_rows + sheet.changed_rows or not move(sheet, STATES.READY, STATES.APPLYING, fault=""):
        raise Refused("not_read", _("There is nothing to take in."), state=sheet.state)
    return {"sheet": str(sheet.key)}


@command
def discard_sheet(
    actor: Actor, sheet_key: UUID | str, *, now: datetime, command_id: str | None = None
) -> dict[str, Any]:
    """Forget a sheet that was not taken in. What is being taken in cannot be stopped."""
    sheet = _own(actor, sheet_key)
    if sheet.state in {STATES.APPLYING, STATES.DONE}:
        raise Refused("taken_in", _("This spreadsheet is being taken in already."), state=sheet.state)
    end_sheet(sheet, STATES.WITHDRAWN, now)
    return {"sheet": str(sheet.key)}


def end_sheet(sheet: Sheet, state: Sheet.State, now: datetime, **told: Any) -> None:
    """Bring a sheet to its end: the file and its rows go, what happened stays."""
    sheet.parts.all().delete()
    Sheet.objects.filter(pk=sheet.pk).update(
        state=state, content=None, lease_until_at=None, ended_at=now, **told
    )
    wake(f"desk:{sheet.firm_id}")


def choose_another() -> str:
    """What to do about a file that is empty or too large."""
    return _("Choose a file of at most %(most)s MB.") % {"most": MOST_BYTES // 1024**2}


def _own(actor: Actor, sheet_key: UUID | str) -> Sheet:
    """The sheet of a firm that this person may change, under the firm's lock."""
    mine = Firm.objects.of(person(actor))
    found = Sheet.objects.filter(key=sheet_key, firm__in=mine).select_related("firm").defer("content").first()
    if found is None:
        raise Missing()
    firm_to_change(actor, found.firm.key)
    return Sheet.objects.defer("content").get(pk=found.pk)
