"""The end: settle, confirm or object, dissolve. Nothing stays open but the record."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from alliances import terms
from alliances.accounts import SeatAccount, Work, record_of
from alliances.actions.steps import advance, announce, lock_by, may, require, step, wake_everybody
from alliances.lifecycle import ALLIANCE, SEAT, TASK, SeatFacts, SeatState, State, TaskFacts, TaskState
from alliances.lifecycle import Actor as Who
from alliances.models import Alliance, Objection, Seat, Settlement, Share, Stream, Task
from alliances.queries import board
from alliances.queries.facts import gather
from alliances.settlement import Settlement as Computed
from alliances.settlement import settle as compute
from config.rows import CLOCK, Actor, Missing, Refused, command
from config.wake import wake
from firms import actions as firms_actions
from firms import queries as firms


@command
def confirm(actor: Actor, alliance_key: str, *, command_id: str | None = None, now: datetime) -> dict[str, Any]:
    """Agree to the shares of one's firm; when all have agreed, the alliance dissolves at once."""
    alliance, mine = _settling(actor, alliance_key)
    fresh = alliance.settlement.shares.filter(firm_id__in=mine, confirmed_at=None)
    if not fresh.update(confirmed_at=now, confirmed_by_id=actor.user_id):
        return {"confirmed": True}
    _show(alliance, "confirmed", actor, now, command_id=command_id)
    dissolve_if_possible(alliance, now)
    return {"confirmed": True}


@command
def object_(
    actor: Actor, alliance_key: str, *, text: str, command_id: str | None = None, now: datetime
) -> dict[str, Any]:
    """Object to the settlement, with reasons; an operator answers before the alliance can dissolve."""
    alliance, mine = _settling(actor, alliance_key)
    if not text.strip():
        raise Refused("text_missing", _("Say what is wrong with the settlement."))
    if alliance.settlement.objections.filter(firm_id__in=mine, answered_at=None).exists():
        raise Refused("already_objected", _("Your firm's objection is waiting for an answer."))
    Objection.objects.create(
        settlement=alliance.settlement, firm_id=mine[0], by_id=actor.user_id, text=text[:1000], at=now
    )
    _show(alliance, "objected", actor, now, command_id=command_id, note=text[:1000])
    return {"objected": True}


@command
def answer_objection(
    actor: Actor, objection_id: int, *, answer: str, command_id: str | None = None, now: datetime
) -> dict[str, Any]:
    """Answer an objection as an operator, with reasons."""
    if not actor.is_operator:
        raise Missing
    if not answer.strip():
        raise Refused("text_missing", _("Give the reasons of your answer."))
    alliance = lock_by(settlement__objections=objection_id)
    waiting = Objection.objects.filter(pk=objection_id, answered_at=None)
    if not waiting.update(answered_at=now, answered_by_id=actor.user_id, answer=answer[:1000]):
        raise Refused("answered", _("This objection was answered already."))
    _show(alliance, "objection_answered", actor, now, command_id=command_id, note=answer[:1000])
    dissolve_if_possible(alliance, now)
    return {"answered": True}


def settle(alliance: Alliance, now: datetime) -> None:
    """Compute the shares from the record, and show them for confirmation or objection."""
    advance(alliance, "settle", CLOCK, now)
    work, seller = _work(alliance)
    record = record_of(work, seller, alliance.currency)
    inputs = asdict(record)
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
    """Cancel, by name, what is still open at the end of the winding down."""
    left = list(alliance.tasks.exclude(state__in=[TaskState.FINISHED, TaskState.CANCELLED]))
    for task in left:
        step(task, TASK, "cancel", TaskFacts(), CLOCK)
    if left:
        announce(alliance, "written_off", CLOCK, now, tasks=board.task_rows(left))


def close_objections(alliance: Alliance, now: datetime) -> None:
    """Answer by the clock what no operator answered within the limit: the settlement stands as computed."""
    open_ones = alliance.settlement.objections.filter(answered_at=None)
    if open_ones.update(answered_at=now, answer="unanswered within the limit: the computed settlement stands"):
        _show(alliance, "objections_closed", CLOCK, now)


def dissolve_if_possible(alliance: Alliance, now: datetime) -> None:
    if alliance.state == State.SETTLING and may(alliance, "dissolve", now):
        dissolve(alliance, now)


def dissolve(alliance: Alliance, now: datetime) -> None:
    """End the alliance in the order of the domain: capacity, access, streams; the record is sealed by its root."""
    require(ALLIANCE.allowed(State(alliance.state), "dissolve", gather(alliance, now), Who.CLOCK))
    wake_everybody(alliance)
    Settlement.objects.filter(alliance=alliance).update(confirmed_at=now)
    firms_actions.release(f"{alliance.key}/", now=now)
    for seat in alliance.seats.exclude(state=SeatState.ENDED):
        step(seat, SEAT, "end", SeatFacts(), CLOCK)
    alliance.grants.filter(ended_at=None).update(ended_at=now)
    alliance.state, alliance.entered_at, alliance.due_at, alliance.dissolved_at = State.DISSOLVED.value, now, None, now
    announce(alliance, "dissolved", CLOCK, now, seats=board.seat_rows(alliance.seats.all()))
    Alliance.objects.filter(pk=alliance.pk).update(
        state=State.DISSOLVED.value, entered_at=now, due_at=None, dissolved_at=now, root_hash=_seal(alliance, now)
    )


def _seal(alliance: Alliance, now: datetime) -> str:
    """Close every stream of the alliance and return one hash over all their last digests."""
    mine = Stream.objects.filter(pk__in=[alliance.forming_id, alliance.stream_id]) | Stream.objects.filter(
        invitation__seat__alliance=alliance
    )
    ids = list(mine.values_list("pk", flat=True))
    heads = {str(s.pk): s.events.order_by("-version").values_list("digest", flat=True).first() for s in mine}
    Stream.objects.filter(pk__in=ids, closed_at=None).update(closed_at=now)
    wake(*(f"stream:{pk}" for pk in ids))
    return terms.digest(terms.canonical(heads))


def _settling(actor: Actor, alliance_key: str) -> tuple[Alliance, list[int]]:
    """The settling alliance, locked, and the firms in it for which this person may sign. Raises Missing, Refused."""
    seen = Alliance.objects.seen_by(actor.user_id or 0).filter(key=alliance_key).values_list("pk", flat=True).first()
    if seen is None:
        raise Missing
    alliance = lock_by(pk=seen)
    if alliance.state != State.SETTLING:
        raise Refused("not_settling", _("There is no settlement to answer now."), state=alliance.state)
    held = alliance.grants.filter(ended_at=None).order_by("firm_id").values_list("firm_id", flat=True)
    mine = [firm for firm in held if firms.may_sign(actor.user_id or 0, firm)]
    if not mine:
        raise Refused("may_not_sign", _("Only an owner or a manager of the firm may answer for it."))
    return alliance, mine


def _show(alliance: Alliance, kind: str, actor: Actor, now: datetime, *, command_id: str | None = None, note: str = "") -> None:
    fresh = Settlement.objects.get(alliance=alliance)
    wake_everybody(alliance)
    announce(alliance, kind, actor, now, command_id=command_id, note=note, settlement=board.settlement_row(fresh))


def _work(alliance: Alliance) -> tuple[Work, str]:
    """What was agreed and done, and the key of the seller of record (or of the first partner, without one)."""
    seats = list(alliance.seats.filter(state=SeatState.SIGNED).select_related("firm"))
    tasks = {task.code: task for task in alliance.tasks.all()}
    seller = next((seat for seat in seats if seat.slot == "seller"), seats[0])
    made, sold, paid = tasks.get("M6"), tasks.get("S3"), tasks.get("E3")
    work = Work(
        planned_units=alliance.units,
        made_units=made.done_units if made else alliance.units,
        sold_units=sold.done_units if sold else 0,
        revenue_minor=sold.revenue_minor if sold else 0,
        payout_minor=paid.revenue_minor if paid and paid.revenue_minor else None,
        seats=[_account(alliance, seat, list(tasks.values())) for seat in seats],
    )
    return work, str(seller.firm.key) if seller.firm else ""


def _account(alliance: Alliance, seat: Seat, tasks: list[Task]) -> SeatAccount:
    own = [task for task in tasks if task.seat_id == seat.pk and not task.is_milestone] or tasks
    return SeatAccount(
        seat=str(seat),
        firm=str(seat.firm.key) if seat.firm else "",
        slot=seat.slot,
        items=seat.terms.get("items", []),
        has_worked=any(task.state == TaskState.FINISHED for task in own),
    )


def _write_shares(settlement: Settlement, computed: Computed, alliance: Alliance) -> None:
    ids = {str(key): pk for key, pk in alliance.grants.values_list("firm__key", "firm_id")}
    Share.objects.bulk_create(
        Share(
            settlement=settlement,
            firm_id=ids[share.firm],
            currency=share.currency,
            amount_minor=share.amount_minor,
            reasons=[asdict(line) for line in computed.explain(share.firm) if line.currency == share.currency],
        )
        for share in computed.shares
    )
