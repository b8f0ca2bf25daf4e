"""The clock reads the spreadsheets that wait, and takes in those that a firm has said yes to.

Reading keeps a thousand rows at a time, so that everybody sees how far it is, and a process that dies loses little.
Taking in is one transaction: all rows, or none.
"""

import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import astuple
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db import IntegrityError, InterfaceError, OperationalError, transaction
from django.db.models import F

from config.rows import Refused, claim
from config.wake import wake
from firms import sheets
from firms.actions.entries import ENTER
from firms.actions.sheets import STATES, end_sheet
from firms.models import Firm, Sheet, SheetPart
from firms.queries.sheets import aliases, context
from firms.sheets import Parsed, Parser, WrongFile

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)  # longer than anything between two renewals
KEPT = timedelta(days=30)  # by the market, whose days may be short in a sample world
PART = 1_000


def work_on_sheets(now: datetime, *, instant: datetime) -> int:
    """Read and take in what waits; forget what nobody came back for. Returns how many sheets it worked on.

    `instant` is the time of day, by which leases count.
    """
    _forget_old(now)
    due = list(Sheet.objects.due(instant).order_by("sent_at").values_list("pk", flat=True))
    return sum(_work_on(pk, now, instant) for pk in due)


def _work_on(pk: int, now: datetime, instant: datetime) -> bool:
    if not claim(Sheet.objects.due(instant).filter(pk=pk), lease_until_at=instant + LEASE):
        return False
    sheet = Sheet.objects.select_related("firm").get(pk=pk)
    try:
        (_read if sheet.state == STATES.READING else _take_in)(sheet, now, instant)
    except WrongFile as wrong:
        _fail(sheet, wrong, now)
    except (OperationalError, InterfaceError, InterruptedError, MemoryError):
        raise  # not the file's fault: after the lease it is tried again
    except Exception:  # it would fail again and again, before the others' sheets
        log.exception("a spreadsheet could not be worked on")
        _fail(sheet, WrongFile("failed"), now)
    return True


@transaction.atomic
def _fail(sheet: Sheet, wrong: WrongFile, now: datetime) -> None:
    end_sheet(sheet, STATES.FAILED, now, fault=wrong.code, fault_detail=wrong.found[:400])


def _read(sheet: Sheet, now: datetime, instant: datetime) -> None:
    form = sheets.FORMS[sheet.kind]
    table = sheets.opened(bytes(sheet.content or b""))
    if table.expected is not None:
        Sheet.objects.filter(pk=sheet.pk).update(expected_rows=table.expected)
    parser = Parser(form, table.heading, aliases(), context(sheet.firm, form, now, sheet.place))
    known = set(sheet.parts.values_list("number", flat=True))
    for number, part in enumerate(_parts(parser, table)):
        if number not in known and not _keep(sheet, number, part, instant):
            return  # it was discarded meanwhile
    Sheet.objects.filter(pk=sheet.pk, state=STATES.READING).update(
        state=STATES.READY, content=None, lease_until_at=None
    )
    wake(f"desk:{sheet.firm_id}")


def _parts(parser: Parser, table: sheets.Table) -> Iterator[list[Parsed]]:
    rows = (parser.parse(number, cells) for number, cells in table.rows)
    while part := list(islice(rows, PART)):
        yield part


@transaction.atomic
def _keep(sheet: Sheet, number: int, part: list[Parsed], instant: datetime) -> bool:
    """One part with its counts; false when the sheet is not read any more."""
    good = [row for row in part if not row.faults]
    does = Counter(row.does for row in good)
    still = Sheet.objects.filter(pk=sheet.pk, state=STATES.READING)
    if not claim(
        still,
        lease_until_at=instant + LEASE,
        read_rows=F("read_rows") + len(part),
        wrong_rows=F("wrong_rows") + len(part) - len(good),
        new_rows=F("new_rows") + does["new"],
        changed_rows=F("changed_rows") + does["changed"],
        same_rows=F("same_rows") + does["same"],
    ):
        return False
    SheetPart.objects.create(
        sheet=sheet,
        number=number,
        rows=[[row.number, row.does, row.values] for row in good],
        faults=[astuple(fault) for row in part for fault in row.faults],
    )
    wake(f"desk:{sheet.firm_id}")
    return True


def _take_in(sheet: Sheet, now: datetime, instant: datetime) -> None:
    """All rows in one transaction; what does not fit any more puts the sheet back, with the reason."""
    try:
        with transaction.atomic():
            _enter(sheet, now)
    except (Refused, IntegrityError) as refused:
        told = _reason(refused)
        Sheet.objects.filter(pk=sheet.pk).update(state=STATES.READY, lease_until_at=None, **told)
        wake(f"desk:{sheet.firm_id}")


def _enter(sheet: Sheet, now: datetime) -> None:
    firm = Firm.objects.select_for_update(no_key=True).get(pk=sheet.firm_id)
    if not Sheet.objects.filter(pk=sheet.pk, state=STATES.APPLYING).exists():
        return  # somebody else was slower than the lease, and has taken it in meanwhile
    form = sheets.FORMS[sheet.kind]
    rows = [values for part in sheet.parts.all() for _number, _does, values in part.rows]
    counts = ENTER[form.kind](firm, rows, now)
    end_sheet(sheet, STATES.DONE, now, **counts)


def _reason(refused: Exception) -> dict[str, Any]:
    if isinstance(refused, Refused):
        return {"fault": refused.code, "fault_detail": ", ".join(map(str, refused.detail.values()))[:400]}
    log.warning("a spreadsheet does not fit: %s", refused)
    return {"fault": "does_not_fit", "fault_detail": ""}


def _forget_old(now: datetime) -> None:
    old = Sheet.objects.filter(state__in=[STATES.READING, STATES.READY], sent_at__lte=now - KEPT)
    for sheet in old:
        with transaction.atomic():
            end_sheet(sheet, STATES.WITHDRAWN, now)
