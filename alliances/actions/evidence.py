"""What shows how a task went: a photo, a document, a note, a count. The record gets salted hashes and counts."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from threading import BoundedSemaphore
from typing import Any

from django.conf import settings
from django.db.models import F
from django.utils.translation import gettext as _

from alliances.actions.filing import drop, keep
from alliances.actions.steps import announce
from alliances.actions.work import WORKING, Work, firm_of, look_up, take_up
from alliances.files import Cleaned, Unfit, clean
from alliances.models import Alliance, Evidence, Task
from alliances.queries import board
from config.rows import Actor, Refused, command

MOST_PIECES = 40  # of one task
MOST_UNITS = 2_000_000_000
CLEANING = BoundedSemaphore(1)  # a small file can be a large picture: one at a time in each process
PATIENCE_SECONDS = 10.0


@dataclass(frozen=True)
class Upload:
    """A file as somebody sent it."""

    name: str
    content: bytes


@command
def post_evidence(
    actor: Actor,
    task_id: int,
    *,
    upload: Upload | None = None,
    text: str = "",
    good_units: int | None = None,
    bad_units: int | None = None,
    expected_version: int | None = None,
    command_id: str | None = None,
    now: datetime,
) -> dict[str, Any]:
    """Hand in what shows how a task went, whatever its version: at least a file, a note or a count."""
    seen = look_up(actor, task_id)
    _demand_room(seen.alliance, seen)
    cleaned = _cleaned(upload)  # before anything is locked: it takes time
    counts = _counts(good_units, bad_units)
    if cleaned is None and not text.strip() and not counts:
        raise Refused("evidence_missing", _("Add a file, a note or a count."))
    work = take_up(actor, task_id, None, now)
    _demand_room(work.alliance, work.task)
    path = keep(str(work.alliance.key), cleaned) if cleaned else ""
    try:
        return _hand_in(work, cleaned, path, text.strip(), counts, command_id)
    except BaseException:
        drop(path)
        raise


def content_hash(evidence: Evidence) -> str:
    """What remains of a file in the record when it is erased; the salt keeps it from being recognised."""
    return hashlib.sha256((evidence.salt + evidence.sha256).encode()).hexdigest()


def _hand_in(
    work: Work,
    cleaned: Cleaned | None,
    path: str,
    text: str,
    counts: dict[str, int],
    command_id: str | None,
) -> dict[str, Any]:
    row = Evidence(
        task=work.task,
        firm_id=firm_of(work.alliance, work.actor),
        author_id=work.actor.user_id,
        kind=_kind(cleaned),
        path=path,
        at=work.now,
        **_file_facts(cleaned),
        **counts,
    )
    Task.objects.filter(pk=work.task.pk).update(evidence_count=F("evidence_count") + 1)
    work.task.refresh_from_db(fields=["evidence_count"])
    shown = {
        "evidence": {str(row.key): _public(row)},
        "tasks": board.task_rows([work.task]),
    }
    event = announce(
        work.alliance, "evidence_posted", work.actor, work.now, command_id=command_id, note=text, **shown
    )
    row.note = event.note
    row.save()
    return {"evidence": str(row.key), "task": shown["tasks"][str(work.task.pk)], "version": event.version}


def _public(row: Evidence) -> dict[str, Any]:
    """Evidence as the record keeps it: nothing that tells what is in a file, or who handed it in."""
    return {
        "task": row.task_id,
        "kind": str(row.kind),
        "content_hash": content_hash(row) if row.sha256 else None,
        "good_units": row.good_units,
        "bad_units": row.bad_units,
    }


def _cleaned(upload: Upload | None) -> Cleaned | None:
    if upload is None:
        return None
    if len(upload.content) > settings.EVIDENCE_MAX_BYTES:
        raise Refused("file_too_large", too_large())
    if not CLEANING.acquire(timeout=PATIENCE_SECONDS):
        raise Refused("many_files", _("Many files are being handed in just now. Try again in a minute."))
    try:
        return clean(upload.name, upload.content)
    except Unfit as unfit:
        raise Refused(unfit.code, _(unfit.text)) from unfit
    finally:
        CLEANING.release()


def too_large() -> str:
    return _("This file is larger than %(size)s MB.") % {"size": settings.EVIDENCE_MAX_BYTES // 1024**2}


def _counts(good_units: int | None, bad_units: int | None) -> dict[str, int]:
    given = {"good_units": good_units, "bad_units": bad_units}
    counts = {name: units for name, units in given.items() if units is not None}
    if not all(0 <= units <= MOST_UNITS for units in counts.values()):
        raise Refused("units_out_of_range", _("Count the units: a whole number from 0 on."))
    return counts


def _demand_room(alliance: Alliance, task: Task) -> None:
    if alliance.state not in WORKING:
        raise Refused("alliance_works", _("The alliance does not work any more."), state=alliance.state)
    if task.evidence_count >= MOST_PIECES:
        raise Refused("too_much_evidence", _("This task has enough evidence already."))


def _kind(cleaned: Cleaned | None) -> str:
    if cleaned is None:
        return Evidence.Kind.NOTE
    return Evidence.Kind.PHOTO if cleaned.small else Evidence.Kind.DOCUMENT


def _file_facts(cleaned: Cleaned | None) -> dict[str, Any]:
    if cleaned is None:
        return {}
    return {
        "name": cleaned.name,
        "content_type": cleaned.content_type,
        "size": len(cleaned.content),
        "sha256": hashlib.sha256(cleaned.content).hexdigest(),
        "salt": secrets.token_hex(16),
    }
