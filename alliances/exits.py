"""The orderly ways to end an alliance whose trend is over, with what each leaves to the seller of record. Pure.

Each way is settled by the very rule that settles alliances, on the work as it would be then; the cheapest is
the one that leaves most, which is often the smallest loss.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

from alliances.accounts import MAKING, SELLING, TaskAccount, Work, left_over, record_of
from alliances.settlement import settle


class Exit(StrEnum):
    """How to end."""

    STOP_NOW = "stop_now"  # nothing more is made, moved or sold; what is left over is dealt with
    SELL_WHAT_IS_MADE = "sell_what_is_made"  # nothing more is made; what there is, is delivered and sold
    CARRY_ON = "carry_on"  # everything as planned, with what the market still wants


@dataclass(frozen=True)
class Way:
    """One way and its figures, in minor units of the alliance's currency."""

    exit: Exit
    made_units: int
    sold_units: int
    left_units: int  # made and not sold: to be assigned, returned or written off
    net_minor: int  # what the seller of record has in the end


def ways(work: Work, seller: str, currency: str, *, wanted_units: int, price_minor: int) -> tuple[Way, ...]:
    """The ways that are possible now, the one that leaves most first.

    `wanted_units`: what the market still wants; `price_minor`: what a buyer pays for a unit.
    """
    made = _units(work, MAKING)
    lots = {Exit.STOP_NOW: (made, 0), Exit.CARRY_ON: (work.planned_units, wanted_units)}
    if 0 < made < work.planned_units:
        lots[Exit.SELL_WHAT_IS_MADE] = (made, wanted_units)
    found = [_way(work, seller, currency, way, lot, price_minor) for way, lot in lots.items()]
    return tuple(sorted(found, key=lambda way: (-way.net_minor, list(Exit).index(way.exit))))


def packed(found: tuple[Way, ...]) -> list[dict[str, Any]]:
    """The ways as plain JSON values."""
    return [asdict(way) for way in found]


def _units(work: Work, codes: tuple[str, ...]) -> int:
    return work.units(codes) or 0


def _way(work: Work, seller: str, currency: str, way: Exit, lot: tuple[int, int], price: int) -> Way:
    made, wanted = lot
    selling = work.tasks.get(SELLING, TaskAccount(is_finished=False))
    before = selling.done_units or 0
    sold = max(before, min(made, before + wanted))
    revenue = selling.revenue_minor + (sold - before) * price
    then = work if way is Exit.STOP_NOW else _done(work, made, sold, revenue)
    kept = settle(record_of(then, seller, currency)).kept(seller)
    return Way(way, made, sold, left_over(made, sold), kept.get(currency, 0))


def _done(work: Work, made: int, sold: int, revenue: int) -> Work:
    """The work when everybody has done what was agreed, for so many units."""
    units = {SELLING: sold, **dict.fromkeys(MAKING, made)}
    tasks: Mapping[str, TaskAccount] = {
        code: replace(
            task,
            is_finished=True,
            done_units=task.done_units if task.done_units is None else units.get(code, task.done_units),
            revenue_minor=revenue if code == SELLING else task.revenue_minor,
        )
        for code, task in work.tasks.items()
    }
    return replace(work, tasks=tasks, seats=[replace(row, has_worked=True) for row in work.seats])
