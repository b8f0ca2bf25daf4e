"""What an exception opens: a task that somebody must answer (delay, damage, shortage, customs, stock-out)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from alliances.playbook.planned import PlannedTask, SeatMissing, seats_in
from matching.blueprint import Days, Slot


class ExceptionKind(StrEnum):
    """What went wrong."""

    DELAY = "delay"  # goods or work come later than planned
    DAMAGE = "damage"  # goods are damaged
    SHORTAGE = "shortage"  # fewer goods than the papers say
    CUSTOMS_HOLD = "customs_hold"  # customs keeps the goods
    STOCK_OUT = "stock_out"  # the warehouse in the market is empty


@dataclass(frozen=True)
class Answer:
    """Who answers an exception, and how fast."""

    title: str  # what has to be done, in English
    slots: tuple[Slot, ...]  # who answers, the first one that is in the alliance
    days: Days  # how long it takes (assumed)
    holds: bool  # must it be answered before the task that it is about can be finished?


ANSWERS: Mapping[ExceptionKind, Answer] = {
    ExceptionKind.DELAY: Answer(
        "Answer the delay with a new date", (Slot.FORWARDER, Slot.SELLER), Days(0.1, 0.5, 1), holds=False
    ),
    ExceptionKind.DAMAGE: Answer(
        "Assess the damage, replace or write off", (Slot.MAKER, Slot.SELLER), Days(0.2, 1, 3), holds=True
    ),
    ExceptionKind.SHORTAGE: Answer(
        "Find or replace the missing units", (Slot.MAKER, Slot.SELLER), Days(0.2, 1, 3), holds=True
    ),
    ExceptionKind.CUSTOMS_HOLD: Answer(
        "Give customs what is missing",
        (Slot.IMPORT_BROKER, Slot.IMPORTER, Slot.SELLER),
        Days(0.5, 2, 10),
        holds=True,
    ),
    ExceptionKind.STOCK_OUT: Answer(
        "Decide on replenishment", (Slot.MAKER, Slot.SELLER), Days(0.1, 0.5, 2), holds=False
    ),
}


def exception_task(
    kind: ExceptionKind, *, number: int, seats: Mapping[str, str], now: datetime
) -> PlannedTask:
    """The task X`number` that an exception opens; it is due when its high days have passed.

    `seats`: slot key to seat key, as in `instantiate`.
    Raises SeatMissing when nobody in the alliance could answer.
    """
    answer = ANSWERS[kind]
    who = [seat for slot in answer.slots for seat in seats_in(slot, seats)]
    if not who:
        raise SeatMissing(f"{kind} has no seat: {', '.join(answer.slots)}")
    return PlannedTask(
        code=f"X{number}",
        title=answer.title,
        seat=who[0],
        helpers=tuple(dict.fromkeys(seat for seat in who[1:] if seat != who[0])),
        after=(),
        planned_start_at=now,
        planned_finish_at=now + timedelta(days=answer.days.likely),
        due_at=now + timedelta(days=answer.days.high),
        days=answer.days,
    )
