"""From what was agreed and what was done to the record that the settlement is computed from. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from alliances.settlement import Conversion, Fee, Record, Term, TermKind, largest_remainder, sales_of

# the task with which a slot has delivered its units; a slot that is not here delivers what was made
DELIVERED_BY: Mapping[str, Sequence[str]] = {
    "maker": ("M6", "M1A"),
    "quality": ("M8",),
    "forwarder": ("L4",),
    "export_broker": ("L3",),
    "import_broker": ("L5",),
    "warehouse": ("L6",),
    "last_mile": ("S3",),
    "seller": ("S3",),
}
MAKING, SELLING, PAYOUT = ("M6", "M1A"), "S3", "E3"


@dataclass(frozen=True)
class SeatAccount:
    """A seat as its account sees it."""

    seat: str  # the seat's name
    firm: str  # key of the firm that holds it
    slot: str  # its role
    items: Sequence[Mapping[str, Any]]  # what its terms say is paid
    has_worked: bool  # it finished a task, or has none and the alliance did work
    has_left: bool = False  # its items were cut to what it delivered when it left
    kept_before: int = 0  # units that those who held this seat before have kept


@dataclass(frozen=True)
class TaskAccount:
    """A task as the accounts see it."""

    is_finished: bool
    done_units: int | None = None  # as reported; None: not counted
    revenue_minor: int = 0  # money reported with it


@dataclass(frozen=True)
class Work:
    """What was agreed and done; money reported is in the alliance's currency."""

    planned_units: int
    tasks: Mapping[str, TaskAccount]  # by code
    seats: Sequence[SeatAccount]

    def units(self, codes: Iterable[str]) -> int | None:
        """Units done with the first of these tasks that the alliance has; None when it has none of them."""
        found = [self.tasks[code] for code in codes if code in self.tasks]
        if not found:
            return None
        task = found[0]
        whole = self.planned_units if task.is_finished else 0
        return whole if task.done_units is None else min(task.done_units, self.planned_units)

    @property
    def made_units(self) -> int:
        made = self.units(MAKING)
        return self.planned_units if made is None else made

    def delivered_units(self, slot: str) -> int:
        """Units to pay the slot for: what it delivered, and never more than was made."""
        own = self.units(DELIVERED_BY.get(slot, ()))
        return self.made_units if own is None else min(own, self.made_units)


def record_of(work: Work, seller: str, currency: str) -> Record:
    """The settlement's record. Who did no work is owed nothing; units are paid as delivered.

    An item is counted in its own currency, or in the alliance's when it names none.
    """
    items = [(f"{row.seat}#{n}", row, item) for row in work.seats for n, item in enumerate(row.items, 1)]
    paid = [(key, row, item) for key, row, item in items if row.has_worked and item["kind"] in list(TermKind)]
    terms = tuple(_term(key, row.firm, item, currency) for key, row, item in paid)
    sold = work.tasks.get(SELLING, TaskAccount(is_finished=False))
    return Record(
        seller=seller,
        terms=terms,
        delivered=_delivered(work, paid),
        sales=sales_of(sold.done_units or 0, sold.revenue_minor, currency),
        fees=_fees(work.tasks.get(PAYOUT), sold.revenue_minor, currency),
        conversions=tuple(
            Conversion(seat=key, base=item.get("currency", currency), **item["paid_in"])
            for key, _row, item in paid
            if "paid_in" in item
        ),
    )


def left_over(made_units: int, sold_units: int) -> int:
    """Units that wait in the market when selling has ended."""
    return max(made_units - sold_units, 0)


def _term(key: str, firm: str, item: Mapping[str, Any], currency: str) -> Term:
    return Term(
        seat=key,
        firm=firm,
        kind=TermKind(item["kind"]),
        amount_minor=item.get("unit_minor", item.get("amount_minor", 0)),
        currency=item.get("currency", currency),
        rate_bp=item.get("rate_bp", 0),
    )


def _delivered(work: Work, paid: Sequence[tuple[str, SeatAccount, Mapping[str, Any]]]) -> dict[str, int]:
    """Units to pay for by item: what each slot agreed, cut down together when it delivered less.

    Who has left keeps its units, as far as they are still counted, and who took over is paid for the rest of
    what that seat delivered.
    """
    by_slot: dict[str, dict[str, dict[str, int]]] = {}
    seats = {row.seat: row for _key, row, _item in paid}
    for key, row, item in paid:
        if item["kind"] == TermKind.PER_UNIT:
            by_slot.setdefault(row.slot, {}).setdefault(row.seat, {})[key] = item["units"]
    delivered: dict[str, int] = {}
    for slot, agreed in by_slot.items():
        delivered |= _of_slot(agreed, seats, work.delivered_units(slot), work.planned_units)
    return delivered


def _of_slot(
    agreed: dict[str, dict[str, int]], seats: Mapping[str, SeatAccount], done: int, planned: int
) -> dict[str, int]:
    """Units to pay a slot for by item; agreed are those of each seat by item."""
    before = {name: seats[name].kept_before for name in agreed}
    whole = {name: before[name] + sum(units.values()) for name, units in agreed.items()}
    held = {name: units for name, units in whole.items() if not seats[name].has_left}
    cut = {name: min(units, done) for name, units in whole.items()} | _cut(held, done, planned)
    due = {name: _divided(max(cut[name] - before[name], 0), agreed[name]) for name in agreed}
    return {key: units for of_seat in due.values() for key, units in of_seat.items()}


def _cut(agreed: dict[str, int], done: int, planned: int) -> dict[str, int]:
    total = sum(agreed.values())
    return _divided(total * done // planned, agreed) if done < planned else agreed


def _divided(total: int, agreed: dict[str, int]) -> dict[str, int]:
    return largest_remainder(total, agreed) if any(agreed.values()) else agreed


def _fees(payout: TaskAccount | None, revenue_minor: int, currency: str) -> tuple[Fee, ...]:
    """What the marketplace kept: the revenue less its pay-out, when that was reported."""
    if payout is None or not payout.is_finished or not 0 < payout.revenue_minor < revenue_minor:
        return ()
    return (Fee(revenue_minor - payout.revenue_minor, currency, "marketplace"),)
