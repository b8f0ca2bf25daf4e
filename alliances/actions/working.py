"""Work on tasks: start, report progress, finish, hand back, reopen."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from alliances.accounts import SELLING
from alliances.actions.flow import LEFTOVERS, begun_after, cascade, conclude, count_leftovers, wait_again
from alliances.actions.settling import clear_stock
from alliances.actions.steps import advance
from alliances.actions.work import Work, firm_of, take_up
from alliances.lifecycle import State, TaskState
from config.rows import Actor, Refused, command, move
from firms import actions as firms_actions


@command
def start(
    actor: Actor,
    task_id: int,
    *,
    expected_version: int | None = None,
    command_id: str | None = None,
    now: datetime,
) -> dict[str, Any]:
    """Begin a task; its predecessors must be finished."""
    work = take_up(actor, task_id, expected_version, now)
    work.demand_predecessors()
    work.step("start", work.facts(), started_at=now)
    return work.announce("started", command_id=command_id)


@command
def progress(
    actor: Actor,
    task_id: int,
    *,
    done_units: int | None = None,
    revenue_minor: int | None = None,
    expected_version: int | None = None,
    command_id: str | None = None,
    now: datetime,
) -> dict[str, Any]:
    """Report how many units are done in all so far, and what they have earned where the task sells."""
    work = take_up(actor, task_id, expected_version, now)
    if work.task.target_units is None:
        raise Refused("no_quantity", _("This task is not counted in units."))
    amounts = _amounts(work, done_units, revenue_minor)
    if _takes_away(work, amounts):
        work.demand_answerable()
    work.step("progress", work.facts(), **amounts)
    return work.announce("progressed", command_id=command_id)


@command
def finish(
    actor: Actor,
    task_id: int,
    *,
    done_units: int | None = None,
    revenue_minor: int | None = None,
    shortfall: str = "",
    unfounded: bool = False,
    expected_version: int | None = None,
    command_id: str | None = None,
    now: datetime,
) -> dict[str, Any]:
    """End a task. Where it counts units and the target is not reached, `shortfall` says why.

    Who answers an exception may say that it was `unfounded`, but not for a task of their own firm.
    What waited for it becomes ready; when no mandatory task is left, the alliance begins to wind down.
    """
    work = take_up(actor, task_id, expected_version, now)
    amounts = _amounts(work, done_units, revenue_minor)
    if _takes_away(work, amounts) or amounts["done_units"] < (work.task.target_units or 0):
        work.demand_answerable()
    why = shortfall.strip()[:200] or work.task.shortfall
    amounts |= {"is_unfounded": _is_unfounded(work, unfounded)}
    facts = work.facts(quantity_done=amounts["done_units"], shortfall_stated=bool(why))
    work.step("finish", facts, finished_at=now, shortfall=why, **amounts)
    changed = count_leftovers(work.alliance) if work.task.code == SELLING else []
    rows = {"stock": clear_stock(work.alliance, now)} if work.task.code == LEFTOVERS else {}
    changed += cascade(work.alliance, now)
    result = work.announce("finished", changed, command_id=command_id, note=shortfall, **rows)
    conclude(work.alliance, now)
    return result


@command
def hand_back(
    actor: Actor,
    task_id: int,
    *,
    expected_version: int | None = None,
    command_id: str | None = None,
    now: datetime,
) -> dict[str, Any]:
    """Undo a start: the task waits again for somebody to begin it."""
    work = take_up(actor, task_id, expected_version, now)
    work.step("hand_back", work.facts(), started_at=None)
    if work.facts().predecessors_open:  # an exception came in while it was worked on
        move(work.task, TaskState.READY, TaskState.WAITING.value)
    return work.announce("handed_back", command_id=command_id)


@command
def reopen(
    actor: Actor,
    task_id: int,
    *,
    expected_version: int | None = None,
    command_id: str | None = None,
    now: datetime,
) -> dict[str, Any]:
    """Undo a finish while the alliance operates or cools off; what waits for the task waits again."""
    work = take_up(actor, task_id, expected_version, now)
    work.demand_answerable()
    if work.task.is_milestone:
        raise Refused("milestone", _("A milestone follows from the tasks before it; reopen one of those."))
    if begun_after(work.task):
        raise Refused("successor_started", _("A task that comes after it has already begun."))
    work.step("reopen", work.facts(), finished_at=None, shortfall="", is_unfounded=False)
    if work.alliance.state == State.WINDING_DOWN:
        advance(work.alliance, "reopen", actor, now, reopenings=work.alliance.reopenings + 1)
    return work.announce("reopened", wait_again(work.task), command_id=command_id)


def _is_unfounded(work: Work, unfounded: bool) -> bool:
    """Whether an exception does not count against anybody: who answers it denies it, or has reported it themselves.

    Raises Refused `own_firm` to who would acquit themselves.
    """
    if unfounded:
        firms_actions.demand_others(work.actor, work.task.before.values_list("seat__firm", flat=True))
        return True
    reporter = work.task.reported_by_id
    return reporter is not None and reporter == firm_of(work.alliance, work.actor)


def _takes_away(work: Work, amounts: dict[str, int]) -> bool:
    """Whether less is reported than was before."""
    return any(amount < getattr(work.task, name) for name, amount in amounts.items())


def _amounts(work: Work, done_units: int | None, revenue_minor: int | None) -> dict[str, int]:
    """What was reported, within reason; what was left out keeps its present value. Raises Refused."""
    done = work.task.done_units if done_units is None else done_units
    revenue = work.task.revenue_minor if revenue_minor is None else revenue_minor
    if done < 0 or revenue < 0:
        raise Refused("negative", _("Quantities and amounts cannot be negative."))
    if done > 2_000_000_000 or revenue > 10**15:
        raise Refused("too_large", _("This number is too large."))
    return {"done_units": done, "revenue_minor": revenue}
