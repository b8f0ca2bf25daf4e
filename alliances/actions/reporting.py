"""What partners report inside an alliance: stock that a warehouse counts, exceptions that open a task."""

from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from alliances import playbook
from alliances.actions.planning import seat_keys, write_tasks
from alliances.actions.steps import announce, lock_by
from alliances.lifecycle import SeatState, State, TaskState
from alliances.models import Alliance, Seat, StockReport, Task
from alliances.queries import board
from config.rows import Actor, Missing, Refused, command, move


@command
def post_stock(
    actor: Actor, alliance_key: str, *, place: str, units: int, command_id: str | None = None, now: datetime
) -> dict[str, Any]:
    """Report how many units are in a place; it replaces this firm's earlier count there. All partners see it live."""
    alliance, seat = _member_seat(actor, alliance_key)
    place = " ".join(place.split())[:80]
    if not place:
        raise Refused("place_missing", _("Say where the stock is."))
    if not 0 <= units <= 2_000_000_000:
        raise Refused("units_out_of_range", _("Count the units: a whole number from 0 on."))
    report, _created = StockReport.objects.update_or_create(
        alliance=alliance, firm_id=seat.firm_id, place=place, defaults={"units": units, "at": now}
    )
    event = announce(
        alliance, "stock_posted", actor, now, command_id=command_id, stock={str(report.pk): board.stock_row(report)}
    )
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
    """Report that something went wrong; it opens a task for whoever must answer, and holds the task it is about."""
    alliance, _seat = _member_seat(actor, alliance_key)
    if kind not in list(playbook.ExceptionKind):
        raise Refused("unknown_kind", _("Choose what kind of exception it is."))
    if not text.strip():
        raise Refused("text_missing", _("Say in a few words what happened."))
    about = _about(alliance, task_id)
    opened = _open_task(alliance, kind, about, now)
    changed = [opened]
    if about is not None and playbook.ANSWERS[playbook.ExceptionKind(kind)].holds:
        about.after.add(opened)
        move(about, TaskState.READY, TaskState.WAITING, version=F("version") + 1)
        about.refresh_from_db()
        changed.append(about)
    event = announce(
        alliance, "exception_posted", actor, now, command_id=command_id, note=text[:1000], tasks=board.task_rows(changed)
    )
    return {"task": opened.pk, "version": event.version}


def _member_seat(actor: Actor, alliance_key: str) -> tuple[Alliance, Seat]:
    """The alliance, locked, and a seat in it that this person's firm holds. Raises Missing."""
    seen = Alliance.objects.seen_by(actor.user_id or 0).filter(key=alliance_key).values_list("pk", flat=True).first()
    if seen is None:
        raise Missing
    alliance = lock_by(pk=seen)
    seat = (
        alliance.seats.filter(
            state=SeatState.SIGNED,
            firm__members__user_id=actor.user_id,
            firm__members__ended_at=None,
            firm__grants__alliance=alliance,
            firm__grants__ended_at=None,
        )
        .order_by("pk")
        .first()
    )
    if seat is None:
        raise Missing
    if alliance.state not in {State.OPERATING, State.EVOLVING, State.WINDING_DOWN}:
        raise Refused("alliance_works", _("The alliance does not work any more."), state=alliance.state)
    return alliance, seat


def _about(alliance: Alliance, task_id: int | None) -> Task | None:
    if task_id is None:
        return None
    task = alliance.tasks.filter(pk=task_id).first()
    if task is None:
        raise Missing
    if task.state not in {TaskState.WAITING, TaskState.READY, TaskState.STARTED}:
        raise Refused("task_is_over", _("That task is over; report the exception without naming it."))
    return task


def _open_task(alliance: Alliance, kind: str, about: Task | None, now: datetime) -> Task:
    number = alliance.tasks.exclude(exception_kind="").count() + 1
    planned = playbook.exception_task(
        playbook.ExceptionKind(kind),
        number=number,
        about=about.code if about else "",
        seats=seat_keys(alliance),
        now=now,
    )
    return write_tasks(alliance, [planned], exception_kind=kind)[0]
