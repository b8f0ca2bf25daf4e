"""Who gets what is computed, shown, confirmed or objected to; what is left over is written off by name."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from alliances import terms
from alliances.accounts import SeatAccount, TaskAccount, Work, record_of
from alliances.actions.dissolving import dissolve_if_possible
from alliances.actions.steps import advance, announce, lock_by, lock_seen, operator, person, said, step
from alliances.lifecycle import TASK, TASK_OVER, SeatState, State, TaskFacts, TaskState
from alliances.models import Alliance, Objection, Seat, Settlement, Share, Task
from alliances.queries import board
from alliances.settlement import Settlement as Computed
from alliances.settlement import packed
from alliances.settlement import settle as compute
from config.rows import CLOCK, Actor, Refused, command
from firms import queries as firms

STANDS = gettext_noop("Nobody answered within the limit: the computed settlement stands.")


@command
def confirm(
    actor: Actor, alliance_key: str, *, command_id: str | None = None, now: datetime
) -> dict[str, Any]:
    """Agree to the shares of one's firms; when all partners have agreed, the alliance dissolves at once."""
    alliance, mine = _settling(actor, alliance_key)
    fresh = alliance.settlement.shares.filter(firm_id__in=mine, confirmed_at=None)
    if fresh.update(confirmed_at=now, confirmed_by_id=person(actor)):
        _show(alliance, "confirmed", actor, now, command_id=command_id)
        dissolve_if_possible(alliance, now)
    return {"confirmed": True}


@command
def object_(
    actor: Actor, alliance_key: str, *, text: str, command_id: str | None = None, now: datetime
) -> dict[str, Any]:
    """Object to the settlement, with reasons; an operator answers before the alliance can dissolve."""
    alliance, mine = _settling(actor, alliance_key)
    why = said(text, _("Say what is wrong with the settlement."))[:1000]
    firm_id = _may_object(alliance.settlement, mine, now)
    Objection.objects.create(
        settlement=alliance.settlement, firm_id=firm_id, by_id=person(actor), text=why, at=now
    )
    _show(alliance, "objected", actor, now, command_id=command_id, note=why)
    return {"objected": True}


@command
def answer_objection(
    actor: Actor, objection_id: int, *, answer: str, command_id: str | None = None, now: datetime
) -> dict[str, Any]:
    """Answer an objection as an operator, with reasons."""
    by = operator(actor)
    alliance = lock_by(settlement__objections=objection_id)
    why = said(answer, _("Give the reasons of your answer."))[:1000]
    waiting = Objection.objects.filter(pk=objection_id, answered_at=None)
    if not waiting.update(answered_at=now, answered_by_id=by, answer=why):
        raise Refused("answered", _("This objection was answered already."))
    _show(alliance, "objection_answered", actor, now, command_id=command_id, note=why)
    dissolve_if_possible(alliance, now)
    return {"answered": True}


def settle(alliance: Alliance, now: datetime) -> None:
    """Compute the shares from the record, and show them for confirmation or objection."""
    advance(alliance, "settle", CLOCK, now)
    seats = paid_seats(alliance)
    record = record_of(work_of(alliance, seats), seller_of(seats), alliance.currency)
    inputs = packed(record)
    settlement = Settlement.objects.create(
        alliance=alliance,
        inputs=inputs,
        inputs_hash=terms.digest(terms.canonical(inputs)),
        made_at=now,
        objections_until_at=alliance.due_at or now,
    )
    _write_shares(settlement, compute(record), alliance)
    _show(alliance, "settled", CLOCK, now)


def write_off(alliance: Alliance, now: datetime) -> None:
    """Cancel, by name, what is still open when the winding down ends, and write off the stock."""
    left = list(alliance.tasks.exclude(state__in=TASK_OVER))
    for task in left:
        step(task, TASK, "cancel", TaskFacts(), CLOCK, version=F("version") + 1)
        task.refresh_from_db()
    stock = clear_stock(alliance, now)
    if left or stock:
        announce(alliance, "written_off", CLOCK, now, tasks=board.task_rows(left), stock=stock)


def clear_stock(alliance: Alliance, now: datetime) -> board.Rows:
    """No stock is left anywhere: it was assigned, returned or written off. Returns the rows that changed."""
    counts = alliance.stock_reports.filter(units__gt=0)
    ids = list(counts.values_list("pk", flat=True))
    counts.update(units=0, at=now)
    return board.stock_rows(alliance.stock_reports.filter(pk__in=ids))


def close_objections(alliance: Alliance, now: datetime) -> None:
    """Answer by the clock what no operator answered within the limit: the settlement stands as computed."""
    waiting = alliance.settlement.objections.filter(answered_at=None)
    if waiting.update(answered_at=now, answer=STANDS):
        _show(alliance, "objections_closed", CLOCK, now)


def _settling(actor: Actor, alliance_key: str) -> tuple[Alliance, list[int]]:
    """The settling alliance, locked, and the firms in it for which this person may sign."""
    user_id, alliance = person(actor), lock_seen(actor, alliance_key)
    if alliance.state != State.SETTLING:
        raise Refused("not_settling", _("There is no settlement to answer now."), state=alliance.state)
    held = alliance.grants.filter(ended_at=None).order_by("firm_id").values_list("firm_id", flat=True)
    mine = [firm for firm in held if firms.may_sign(user_id, firm)]
    if not mine:
        raise Refused("may_not_sign", _("Only an owner or a manager of the firm may answer for it."))
    return alliance, mine


def _may_object(settlement: Settlement, mine: list[int], now: datetime) -> int:
    """The firm that objects: one of these that has not confirmed and is not waiting for an answer."""
    if now >= settlement.objections_until_at:
        raise Refused("too_late", _("The time to object has passed."))
    shares = settlement.shares.filter(firm_id__in=mine, confirmed_at=None).order_by("firm_id")
    waiting = set(settlement.objections.filter(answered_at=None).values_list("firm_id", flat=True))
    free = [firm for firm in shares.values_list("firm_id", flat=True) if firm not in waiting]
    if not free and waiting.intersection(mine):
        raise Refused("already_objected", _("Your firm's objection is waiting for an answer."))
    if not free:
        raise Refused("already_confirmed", _("Your firm has confirmed its share already."))
    return free[0]


def _show(
    alliance: Alliance,
    kind: str,
    actor: Actor,
    now: datetime,
    *,
    command_id: str | None = None,
    note: str = "",
) -> None:
    row = board.settlement_row(Settlement.objects.get(alliance=alliance))
    announce(alliance, kind, actor, now, command_id=command_id, note=note, settlement=row)


def paid_seats(alliance: Alliance) -> list[Seat]:
    """The seats that are paid for something: those that are held, and those whose firm has left."""
    held = alliance.seats.filter(state__in=[SeatState.SIGNED, SeatState.LEFT])
    return list(held.select_related("firm").order_by("pk"))


def seller_of(seats: list[Seat]) -> str:
    """Key of the firm that is seller of record; the first partner where a plan has none."""
    held = [seat for seat in seats if seat.state == SeatState.SIGNED] or seats
    return _firm(next((seat for seat in held if seat.slot == "seller"), held[0]))


def work_of(alliance: Alliance, seats: list[Seat]) -> Work:
    """What was agreed and what was done."""
    tasks = list(alliance.tasks.filter(is_milestone=False))
    return Work(
        planned_units=alliance.units,
        tasks={task.code: _task_account(task) for task in tasks},
        seats=[_seat_account(seat, tasks) for seat in seats],
    )


def _task_account(task: Task) -> TaskAccount:
    return TaskAccount(
        is_finished=task.state == TaskState.FINISHED,
        done_units=task.done_units if task.target_units is not None else None,
        revenue_minor=task.revenue_minor,
    )


def _seat_account(seat: Seat, tasks: list[Task]) -> SeatAccount:
    own = [task for task in tasks if task.seat_id == seat.pk] or tasks
    has_left = seat.state == SeatState.LEFT  # its terms are cut to what it did
    return SeatAccount(
        seat=str(seat),
        firm=_firm(seat),
        slot=seat.slot,
        items=seat.terms.get("items", []),
        has_worked=has_left or any(task.state == TaskState.FINISHED for task in own),
    )


def _firm(seat: Seat) -> str:
    return str(seat.firm.key) if seat.firm else ""


def _write_shares(settlement: Settlement, computed: Computed, alliance: Alliance) -> None:
    """Write what was computed; a partner to whom nothing is due sees that, and may object to it."""
    due = {(share.firm, share.currency): share.amount_minor for share in computed.shares}
    ids = {str(key): pk for key, pk in alliance.grants.values_list("firm__key", "firm_id")}
    silent = {(firm, alliance.currency): 0 for firm in ids if firm not in {key for key, _currency in due}}
    Share.objects.bulk_create(
        Share(
            settlement=settlement,
            firm_id=ids[firm],
            currency=currency,
            amount_minor=amount,
            reasons=[asdict(line) for line in computed.explain(firm) if line.currency == currency],
        )
        for (firm, currency), amount in sorted((due | silent).items())
    )
