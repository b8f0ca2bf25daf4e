"""A partner leaves, fails or is suspended: its seat is opened again, and its unfinished work moves over."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from alliances import terms
from alliances.actions.heritage import file_leavers
from alliances.actions.inviting import ask_next
from alliances.actions.parting import is_done, let_go
from alliances.actions.steps import (
    advance,
    announce,
    announce_to_operators,
    lock_by,
    lock_seen,
    may_not_sign,
    operator,
    person,
    said,
    step,
)
from alliances.lifecycle import TASK, TASK_OVER, SeatState, State, TaskFacts, TaskState
from alliances.models import Alliance, Change, Grant, Seat, Task
from alliances.queries import board
from config.rows import CLOCK, Actor, Refused, command
from firms import actions as firms_actions
from firms import queries as firms
from matching import queries as matching

LIVING = [State.OPERATING.value, State.EVOLVING.value]
LEFT = "partner_left"
SUSPENDED = gettext_noop("The firm was suspended.")


@command
def leave(
    actor: Actor, alliance_key: str, *, reason: str, command_id: str | None = None, now: datetime
) -> dict[str, Any]:
    """Give up all seats of one's firm: its access ends at once, what it finished stays and is paid."""
    user_id, alliance = person(actor), lock_seen(actor, alliance_key)
    why = said(reason, _("Say why you leave."))[:400]
    mine = [seat for seat in held_seats(alliance) if seat.firm_id and firms.may_sign(user_id, seat.firm_id)]
    if not mine:
        raise may_not_sign()
    vacate(alliance, mine, LEFT, actor, now, reason=why, command_id=command_id)
    return {"alliance": alliance_key, "left": True}


@command
def replace(
    actor: Actor, seat_id: int, *, reason: str, command_id: str | None = None, now: datetime
) -> dict[str, Any]:
    """Take a seat from a partner that fails, as an operator, with a reason; the next firm is asked."""
    operator(actor)
    alliance = lock_by(seats=seat_id)
    why = said(reason, _("Say why this partner is replaced."))[:400]
    seat = alliance.seats.filter(pk=seat_id, state=SeatState.SIGNED).first()
    if seat is None:
        raise Refused("not_held", _("Nobody holds this seat."))
    demand_others_sit(actor, seat)
    vacate(alliance, [seat], "partner_replaced", actor, now, reason=why, command_id=command_id)
    return {"seat": seat_id, "replaced": True}


def demand_others_sit(actor: Actor, seat: Seat) -> None:
    """An operator decides about no seat that a firm of their own holds, or may be asked to take."""
    firms_actions.demand_others(actor, [seat.firm_id, *(row["firm"] for row in seat.candidates)])


def replace_suspended(alliance_id: int, now: datetime) -> bool:
    """Take the seats of firms that compliance has suspended; called by the clock in its own transaction.

    A seller of record that has sold keeps its seat; what becomes of it, a person decides.
    """
    alliance = lock_by(pk=alliance_id)
    gone = _suspended(alliance) if alliance.state in LIVING else []
    bound = [seat for seat in gone if has_sold(seat)]
    free = [seat for seat in gone if seat not in bound]
    if free:
        vacate(alliance, free, "partner_suspended", CLOCK, now, reason=SUSPENDED)
    proposed = [seat for seat in bound if propose_replacement(seat, SUSPENDED, now)]
    return bool(free or proposed)


def _suspended(alliance: Alliance) -> list[Seat]:
    seats = held_seats(alliance)
    may_work = firms.callable_ids([seat.firm_id for seat in seats if seat.firm_id])
    return [seat for seat in seats if seat.firm_id not in may_work]


def propose_replacement(seat: Seat, reason: str, now: datetime) -> bool:
    """Propose to an operator that a partner is replaced; false when that is proposed already, or was lately.

    The caller holds the alliance's row.
    """
    lately = now - settings.CHANGE_TTL
    if Change.objects.filter(seat=seat, kind=Change.Kind.REPLACEMENT, made_at__gt=lately).exists():
        return False
    Change.objects.create(
        alliance=seat.alliance,
        seat=seat,
        kind=Change.Kind.REPLACEMENT,
        reason=reason[:400],
        figures={"open_tasks": seat.tasks.exclude(state__in=TASK_OVER).count()},
        made_at=now,
        due_at=now + settings.CHANGE_TTL,
    )
    announce_to_operators(seat.alliance, "change_proposed", CLOCK, now)
    return True


def held_seats(alliance: Alliance) -> list[Seat]:
    return list(alliance.seats.filter(state=SeatState.SIGNED).order_by("pk"))


def has_sold(seat: Seat) -> bool:
    """A seller of record that has sold, or taken buyers' money, answers for it to the end."""
    if seat.slot != "seller":
        return False
    sold = Q(revenue_minor__gt=0) | Q(done_units__gt=0)
    return seat.alliance.tasks.filter(sold, reports_revenue=True).exists()


def vacate(
    alliance: Alliance,
    seats: Sequence[Seat],
    kind: str,
    actor: Actor,
    now: datetime,
    *,
    reason: str,
    command_id: str | None = None,
) -> None:
    """Open these seats again in one step: work moves over, capacity and access end, the next firms are asked.

    A seat whose work is done needs nobody any more, and stays empty.
    """
    _demand_free(alliance, seats)
    file_leavers(alliance, seats, now, by_choice=kind == LEFT)
    fresh = [found for seat in seats if (found := _reopen(alliance, seat, actor, now))]
    moved = Task.objects.filter(Q(seat__in=fresh) | Q(helpers__in=fresh)).distinct()
    _end_access(alliance, now)
    if fresh and alliance.state == State.OPERATING:
        advance(alliance, "evolve", actor, now)
    changed = {"seats": board.seat_rows([*seats, *fresh]), "tasks": board.task_rows(moved)}
    announce(alliance, kind, actor, now, command_id=command_id, note=reason, **changed)
    for seat in fresh:
        ask_next(alliance, seat, now)


def _demand_free(alliance: Alliance, seats: Sequence[Seat]) -> None:
    if alliance.state not in LIVING:
        raise Refused("not_working", _("The alliance does not work now."), state=alliance.state)
    if any(has_sold(seat) for seat in seats):
        text = _("The seller of record has sold already and cannot be replaced: end the alliance instead.")
        raise Refused("seller_has_sold", text)


def _reopen(alliance: Alliance, seat: Seat, actor: Actor, now: datetime) -> Seat | None:
    """Let the firm go, and open the same role for another with the work that is left; None when none is."""
    needs_nobody, before = is_done(seat), seat.terms
    let_go(alliance, seat, actor, now)
    if needs_nobody:
        return None
    fresh = Seat.objects.create(
        alliance=alliance,
        slot=seat.slot,
        number=alliance.seats.filter(slot=seat.slot).count() + 1,
        is_mandatory=seat.is_mandatory,
        succeeds=seat,
        candidates=_candidates(alliance, seat, before, now),
    )
    _move_work(seat, fresh)
    return fresh


def _candidates(
    alliance: Alliance, seat: Seat, before: dict[str, Any], now: datetime
) -> list[dict[str, Any]]:
    """Whom the matcher finds today for the rest of the work, then those who were planned as stand-ins."""
    agreed = terms.units_in(before) or alliance.units
    left = agreed - terms.units_in(seat.terms)
    plan = matching.plan_of(alliance.proposal_id)
    vacancy = matching.Vacancy(
        slot=seat.slot,
        what=tuple(before.get("what", [])),
        markets=plan.markets,
        units=left,
        until_on=alliance.end_at.date(),
        without=frozenset({seat.firm_id or 0}),
    )
    found = matching.stand_ins(alliance.proposal_id, vacancy, now)
    known = {row["firm"] for row in found} | {seat.firm_id}
    planned = [
        {"firm": row["firm"], "terms": terms.for_the_rest(row["terms"], left, agreed, now.date())}
        for row in seat.candidates
        if row["firm"] not in known
    ]
    return [*found, *planned]


def _move_work(seat: Seat, fresh: Seat) -> None:
    """Unfinished tasks wait for whoever takes the seat; what was begun is handed back, its quantities stay."""
    for task in seat.tasks.filter(state=TaskState.STARTED):
        facts = TaskFacts()
        step(task, TASK, "hand_back", facts, CLOCK, version=F("version") + 1, started_at=None)
    seat.tasks.exclude(state__in=TASK_OVER).update(seat=fresh, version=F("version") + 1)
    for task in seat.helped_tasks.exclude(state__in=TASK_OVER):
        task.helpers.remove(seat)
        task.helpers.add(fresh)
        Task.objects.filter(pk=task.pk).update(version=F("version") + 1)


def _end_access(alliance: Alliance, now: datetime) -> None:
    """The access of firms that hold no seat any more ends in this very transaction."""
    holders = alliance.seats.filter(state=SeatState.SIGNED).values("firm")
    Grant.objects.filter(alliance=alliance, ended_at=None).exclude(firm__in=holders).update(ended_at=now)
