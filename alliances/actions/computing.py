"""Who gets what is computed from the record, and again from corrected inputs: each time as a version of its own."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from alliances import terms
from alliances.accounts import SeatAccount, TaskAccount, Work, record_of
from alliances.actions.correcting import Fix, changes_of, with_fixes
from alliances.actions.steps import advance, announce
from alliances.lifecycle import DisputeState, SeatState, TaskState
from alliances.models import Alliance, Seat, Settlement, SettlementVersion, Share, Task
from alliances.queries import board
from alliances.settlement import CorrectionError, Record, TermsError, packed, unpacked
from alliances.settlement import Settlement as Computed
from alliances.settlement import settle as compute
from config.rows import CLOCK, Actor, Refused


def settle(alliance: Alliance, now: datetime) -> None:
    """Compute the shares from the record, and show them for confirmation or objection.

    What rulings about the work have corrected is taken into account from the first version on.
    """
    advance(alliance, "settle", CLOCK, now)
    fixes, reason = take_pending(alliance, 1)
    original = record_now(alliance)
    record = with_fixes(original, fixes, 1)
    settlement = Settlement(alliance=alliance, version=1)
    _write(settlement, record, now)
    _keep_version(settlement, changes_of(original, fixes), reason, None)
    show(alliance, "settled", CLOCK, now)


def recompute(
    alliance: Alliance,
    fixes: Sequence[Fix],
    actor: Actor,
    now: datetime,
    *,
    reason: str,
    by_id: int | None,
    command_id: str | None = None,
) -> None:
    """A new version from the same inputs and more corrections; its time for objections runs anew.

    Who has confirmed keeps that where its amounts stay as they were. Raises Refused.
    """
    settlement = Settlement.objects.get(alliance=alliance)
    before = unpacked(settlement.inputs)
    advance(alliance, "recompute", actor, now)
    settlement.alliance, settlement.version = alliance, settlement.version + 1
    _write(settlement, with_fixes(before, fixes, settlement.version), now)
    _keep_version(settlement, changes_of(before, fixes), reason, by_id)
    show(alliance, "recomputed", actor, now, command_id=command_id, note=reason)


def take_pending(alliance: Alliance, version: int) -> tuple[list[Fix], str]:
    """What rulings have corrected and no version holds yet, the latest of each input, with their reasons."""
    rulings = list(alliance.disputes.filter(state=DisputeState.UPHELD, applied_in=None).order_by("ended_at"))
    alliance.disputes.filter(pk__in=[row.pk for row in rulings]).update(applied_in=version)
    latest = {
        (fix["matter"], fix["name"], fix["currency"]): fix for row in rulings for fix in row.corrections
    }
    return list(latest.values()), "\n".join(row.reasons for row in rulings)[:1000]


def record_now(alliance: Alliance) -> Record:
    """The record of the settlement, as it would be computed now."""
    seats = paid_seats(alliance)
    return record_of(work_of(alliance, seats), seller_of(seats), alliance.currency)


def show(
    alliance: Alliance,
    kind: str,
    actor: Actor,
    now: datetime,
    *,
    command_id: str | None = None,
    note: str = "",
    **rows: Any,
) -> None:
    """Record what happened to the settlement, with all of it."""
    row = board.settlement_row(Settlement.objects.get(alliance=alliance))
    announce(alliance, kind, actor, now, command_id=command_id, note=note, settlement=row, **rows)


def _write(settlement: Settlement, record: Record, now: datetime) -> None:
    """Write what the settlement says from now on. Raises Refused when it cannot be computed."""
    try:
        computed = compute(record)
    except (TermsError, CorrectionError) as wrong:
        raise Refused(
            "cannot_settle", _("The settlement cannot be computed with these corrections.")
        ) from wrong
    inputs = packed(record)
    settlement.inputs, settlement.inputs_hash = inputs, terms.digest(terms.canonical(inputs))
    settlement.made_at, settlement.objections_until_at = now, settlement.alliance.due_at or now
    settlement.save()
    _write_shares(settlement, computed)


def _keep_version(settlement: Settlement, changes: list[Fix], reason: str, by_id: int | None) -> None:
    shares = settlement.shares.select_related("firm").order_by("pk")
    SettlementVersion.objects.create(
        settlement=settlement,
        number=settlement.version,
        inputs=settlement.inputs,
        inputs_hash=settlement.inputs_hash,
        shares=[
            {"firm": str(row.firm.key), "currency": row.currency, "amount_minor": row.amount_minor}
            for row in shares
        ],
        changes=changes,
        reason=reason,
        by_id=by_id,
        at=settlement.made_at,
    )


def _write_shares(settlement: Settlement, computed: Computed) -> None:
    """Write what was computed; who has confirmed keeps that where no amount of its own has changed."""
    ids = {str(key): pk for key, pk in settlement.alliance.grants.values_list("firm__key", "firm_id")}
    old = {(str(row.firm.key), row.currency): row for row in settlement.shares.select_related("firm")}
    amounts = _amounts(computed, old, ids, settlement.alliance.currency)
    changed = {key[0] for key, amount in amounts.items() if key not in old or old[key].amount_minor != amount}
    confirmed = {
        firm: {"confirmed_at": row.confirmed_at, "confirmed_by_id": row.confirmed_by_id}
        for (firm, _currency), row in old.items()
        if firm not in changed
    }
    Share.objects.bulk_create(
        (
            Share(
                settlement=settlement,
                firm_id=ids[firm],
                currency=currency,
                amount_minor=amount,
                reasons=[asdict(line) for line in computed.explain(firm) if line.currency == currency],
                **confirmed.get(firm, {}),
            )
            for (firm, currency), amount in sorted(amounts.items())
        ),
        update_conflicts=True,
        unique_fields=["settlement", "firm", "currency"],
        update_fields=["amount_minor", "reasons", "confirmed_at", "confirmed_by"],
    )


def _amounts(
    computed: Computed, old: Iterable[tuple[str, str]], firms: Iterable[str], currency: str
) -> dict[tuple[str, str], int]:
    """Every share; a partner to whom nothing is due sees that too, and may object to it."""
    amounts = dict.fromkeys(old, 0) | {
        (share.firm, share.currency): share.amount_minor for share in computed.shares
    }
    silent = set(firms) - {firm for firm, _currency in amounts}
    return amounts | {(firm, currency): 0 for firm in silent}


def paid_seats(alliance: Alliance) -> list[Seat]:
    """The seats that are paid for something: those that are held, and those whose firm has left."""
    held = alliance.seats.filter(state__in=[SeatState.SIGNED, SeatState.LEFT])
    return list(held.select_related("firm").order_by("pk"))


def seller_of(seats: list[Seat]) -> str:
    """Key of the firm that is seller of record, or was it last; the first partner where a plan has none."""
    held = [seat for seat in seats if seat.state == SeatState.SIGNED]
    latest_first = [*held, *reversed(seats)]
    return _firm(next((seat for seat in latest_first if seat.slot == terms.SELLER), [*held, *seats][0]))


def work_of(alliance: Alliance, seats: list[Seat]) -> Work:
    """What was agreed and what was done."""
    tasks = list(alliance.tasks.filter(is_milestone=False))
    return Work(
        planned_units=alliance.units,
        tasks={task.code: _task_account(task) for task in tasks},
        seats=[_seat_account(seat, tasks, kept_before(seat, seats)) for seat in seats],
    )


def _task_account(task: Task) -> TaskAccount:
    return TaskAccount(
        is_finished=task.state == TaskState.FINISHED,
        done_units=task.done_units if task.target_units is not None else None,
        revenue_minor=task.revenue_minor,
    )


def kept_before(seat: Seat, seats: Iterable[Seat]) -> int:
    """Units that those who held a seat before have kept."""
    left = {row.pk: row for row in seats if row.state == SeatState.LEFT}
    units, at = 0, seat.succeeds_id
    while at in left:
        units += terms.units_in(left[at].terms)
        at = left[at].succeeds_id
    return units


def _seat_account(seat: Seat, tasks: list[Task], kept: int) -> SeatAccount:
    own = [task for task in tasks if task.seat_id == seat.pk] or tasks
    has_left = seat.state == SeatState.LEFT  # its terms are cut to what it did
    return SeatAccount(
        seat=str(seat),
        firm=_firm(seat),
        slot=seat.slot,
        items=seat.terms.get("items", []),
        has_worked=has_left or any(task.state == TaskState.FINISHED for task in own),
        has_left=has_left,
        kept_before=kept,
    )


def _firm(seat: Seat) -> str:
    return str(seat.firm.key) if seat.firm else ""
