"""What partners report inside an alliance: stock that a warehouse counts, exceptions that open a task."""

from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from alliances import playbook
from alliances.actions.planning import seat_keys, write_tasks
from alliances.actions.steps import announce, lock_seen, person, said
from alliances.actions.work import WORKING
from alliances.lifecycle import TASK_OVER, SeatState, TaskState
from alliances.models import Alliance, Seat, StockReport, Task
from alliances.queries import board
from config.rows import Actor, Missing, Refused, command, move

MOST_PLACES = 100  # of one firm in an alliance: a board shows them all
MOST_OPEN = 20  # exceptions of an alliance that wait for their answer
MOST_REPORTED = 100  # exceptions of one firm in an alliance, answered or not


@command
def post_stock(
    actor: Actor, alliance_key: str, *, place: str, units: int, command_id: str | None = None, now: datetime
) -> dict[str, Any]:
    """Report how many units are in a place; it replaces this firm's earlier count there."""
    alliance, seat = _member_seat(actor, alliance_key)
    where = " ".join(place.split())[:80]
    if not where:
        raise Refused("place_missing", _("Say where the stock is."))
    if not 0 <= units <= 2_000_000_000:
        raise Refused("units_out_of_range", _("Count the units: a whole number from 0 on."))
    _demand_few_places(alliance, seat.firm_id or 0, where)
    report, _created = StockReport.objects.update_or_create(
        alliance=alliance, firm_id=seat.firm_id or 0, place=where, defaults={"units": units, "at": now}
    )
    rows = board.stock_rows([report])
    event = announce(alliance, "stock_posted", actor, now, command_id=command_id, stock=rows)
    return {"stock": report.pk, "version": event.version}


@command
def post_exception(
    actor: Actor,
    alliance_key: str,
    *,
    kind: str,
    text: str,
    task_id: int | None = None,
    command_id: str | None = None,
    now: datetime,
) -> dict[str, Any]:
    """Report that something went wrong: whoever must answer gets a task, and the task concerned is held."""
    alliance, seat = _member_seat(actor, alliance_key)
    if kind not in list(playbook.ExceptionKind):
        raise Refused("unknown_kind", _("Choose what kind of exception it is."))
    why = said(text, _("Say in a few words what happened."))[:1000]
    _demand_few(alliance, seat.firm_id)
    about = _about(alliance, task_id)
    opened = _open_task(alliance, kind, seat.firm_id, now)
    changed = [opened]
    if about is not None and playbook.ANSWERS[playbook.ExceptionKind(kind)].holds:
        changed.append(_hold(about, opened))
    rows = board.task_rows(changed)
    event = announce(alliance, "exception_posted", actor, now, command_id=command_id, note=why, tasks=rows)
    return {"task": opened.pk, "version": event.version}


def _member_seat(actor: Actor, alliance_key: str) -> tuple[Alliance, Seat]:
    """The alliance, locked, and a seat in it that this person's firm holds. Raises Missing."""
    user_id, alliance = person(actor), lock_seen(actor, alliance_key)
    seat = (
        alliance.seats.filter(
            state=SeatState.SIGNED,
            firm__members__user_id=user_id,
            firm__members__ended_at=None,
            firm__grants__alliance=alliance,
            firm__grants__ended_at=None,
        )
        .order_by("pk")
        .first()
    )
    if seat is None:
        raise Missing
    if alliance.state not in WORKING:
        raise Refused("alliance_works", _("The alliance does not work any more."), state=alliance.state)
    return alliance, seat


def _demand_few_places(alliance: Alliance, firm_id: int, place: str) -> None:
    others = alliance.stock_reports.filter(firm_id=firm_id).exclude(place=place)
    if others.count() >= MOST_PLACES:
        raise Refused("too_many_places", _("Your firm reports stock in too many places already."))


def _demand_few(alliance: Alliance, firm_id: int | None) -> None:
    """A board shows them all, also those that were answered."""
    waiting = alliance.tasks.exclude(exception_kind="").exclude(state__in=TASK_OVER)
    if waiting.count() >= MOST_OPEN:
        raise Refused("too_many_exceptions", _("Too many exceptions wait for an answer: answer some first."))
    if alliance.tasks.filter(reported_by=firm_id).count() >= MOST_REPORTED:
        text = _(
            "Your firm has reported as many exceptions in this alliance as it may: write a comment instead."
        )
        raise Refused("too_many_reported", text)


def _about(alliance: Alliance, task_id: int | None) -> Task | None:
    if task_id is None:
        return None
    task = alliance.tasks.filter(pk=task_id).first()
    if task is None:
        raise Missing
    if task.state in TASK_OVER:
        raise Refused("task_is_over", _("That task is over; report the exception without naming it."))
    return task


def _open_task(alliance: Alliance, kind: str, firm_id: int | None, now: datetime) -> Task:
    number = alliance.tasks.exclude(exception_kind="").count() + 1
    try:
        planned = playbook.exception_task(
            playbook.ExceptionKind(kind),
            number=number,
            seats=seat_keys(alliance),
            now=now,
        )
    except playbook.SeatMissing as nobody:
        text = _("Nobody in this alliance can answer that; tell the platform's operators.")
        raise Refused("nobody_answers", text) from nobody
    return write_tasks(alliance, [planned], exception_kind=kind, reported_by=firm_id)[0]


def _hold(about: Task, opened: Task) -> Task:
    """The task cannot be finished, and not be begun, before the exception is answered."""
    about.after.add(opened)
    if not move(about, TaskState.READY, TaskState.WAITING.value, version=F("version") + 1):
        Task.objects.filter(pk=about.pk).update(version=F("version") + 1)
    about.refresh_from_db()
    return about
