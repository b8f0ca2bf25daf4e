"""A firm parts from its seat, with what it has earned there."""

from datetime import datetime

from alliances import terms
from alliances.accounts import DELIVERED_BY, MAKING
from alliances.actions.computing import kept_before, work_of
from alliances.actions.steps import step
from alliances.lifecycle import SEAT, SeatFacts, TaskState
from alliances.models import Alliance, Seat, Task
from config.rows import Actor
from firms import actions as firms_actions


def tasks_of(seat: Seat) -> list[Task]:
    """What the seat answers for; of one that only helps, that with which it helps."""
    own = seat.tasks.filter(is_milestone=False, exception_kind="")
    return list(own) or list(seat.helped_tasks.filter(is_milestone=False, exception_kind=""))


def is_done(seat: Seat) -> bool:
    """Whether it had something to do and nothing is left of it; a role without tasks lasts to the end."""
    if seat.tasks.open().exists() or seat.helped_tasks.open().exists():
        return False
    return bool(tasks_of(seat))


def let_go(alliance: Alliance, seat: Seat, actor: Actor, now: datetime) -> None:
    """Let the firm go from its seat with what it has earned."""
    tasks = tasks_of(seat)
    earned = terms.of_leaver(
        seat.terms,
        done_units=work_of(alliance, []).units(DELIVERED_BY.get(seat.slot, MAKING)) or 0,
        planned_units=alliance.units,
        finished=sum(task.state == TaskState.FINISHED for task in tasks),
        tasks=len(tasks),
        kept_before=kept_before(seat, alliance.seats.filter(slot=seat.slot)),
    )
    step(seat, SEAT, "leave", SeatFacts(), actor, terms=earned)
    firms_actions.release(seat.purpose, now=now)
