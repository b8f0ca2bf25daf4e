"""Which tasks an alliance still needs when it ends before its work is done. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from alliances.lifecycle import TASK_OVER, TaskState

LISTED, SELLING = "K2", "S3"
MADE = ("M6", "M1A")
# a closing task, and the task without whose beginning there is nothing to close
CLOSING = {"E1": (LISTED,), "E2": (SELLING,), "E3": (SELLING,), "E4": MADE}
BEGUN = frozenset({TaskState.STARTED.value, TaskState.FINISHED.value})


@dataclass(frozen=True)
class Standing:
    """Where a task stands."""

    code: str
    state: str
    done_units: int = 0
    is_exception: bool = False


def wound_back(tasks: Iterable[Standing]) -> list[str]:
    """The codes of the tasks that are cancelled: what was never begun, and is not needed to close.

    Who is at work finishes or hands back; reported exceptions are still answered; listings are stopped, returns
    and pay-outs awaited and stock dealt with where there are any.
    """
    rows = {row.code: row for row in tasks}
    begun = {code for code, row in rows.items() if row.state in BEGUN or row.done_units}
    return [row.code for row in rows.values() if row.state not in TASK_OVER and not _is_needed(row, begun)]


def _is_needed(row: Standing, begun: set[str]) -> bool:
    closes = CLOSING.get(row.code, ())
    return row.state == TaskState.STARTED or row.is_exception or not begun.isdisjoint(closes)
