"""The workspace of an alliance: its task graph, from the plan's route and the seats that are really held."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.utils.translation import gettext_noop

from alliances import playbook
from alliances.actions.flow import cascade
from alliances.actions.steps import advance, announce, may
from alliances.actions.winding import wind_down
from alliances.lifecycle import SeatState, TaskState
from alliances.models import Alliance, Seat, Task
from alliances.queries import board, templates
from config.rows import CLOCK
from matching import queries as matching
from matching.blueprint import Route, graph, slot_of

REVENUE = ("S3", "E3")  # selling, and the marketplace's pay-out
TREND_OVER = gettext_noop("The trend is over.")


def launch(alliance: Alliance, now: datetime) -> bool:
    """Open the workspace of a committed alliance, or stand it down when its trend has died meanwhile."""
    if may(alliance, "launch", now):
        template = templates.current(alliance.route)
        _plan_tasks(alliance, template, now)
        advance(alliance, "launch", CLOCK, now, operating_at=now, template=template.name)
        cascade(alliance, now)
        announce(alliance, "launched", CLOCK, now, tasks=board.task_rows(alliance.tasks.all()))
        return True
    if may(alliance, "stand_down", now):
        wind_down(alliance, "stand_down", CLOCK, now, reason=TREND_OVER)
        return True
    return False


def seat_keys(alliance: Alliance) -> dict[str, str]:
    """Slot keys as the playbook reads them, to the names of the seats that hold them."""
    held = alliance.seats.filter(state=SeatState.SIGNED)
    return {seat.slot if seat.number == 1 else f"{seat.slot}:{seat.number}": str(seat) for seat in held}


def write_tasks(
    alliance: Alliance,
    planned: Iterable[playbook.PlannedTask],
    *,
    exception_kind: str = "",
    reported_by: int | None = None,
) -> list[Task]:
    """Write planned tasks with their seats and predecessors, or what an exception opens that a firm reported."""
    plans = list(planned)
    seats = {str(seat): seat for seat in alliance.seats.filter(state=SeatState.SIGNED)}
    rows = Task.objects.bulk_create(
        _row(alliance, plan, seats, exception_kind, reported_by) for plan in plans
    )
    by_code = {task.code: task for task in rows}
    Task.after.through.objects.bulk_create(
        Task.after.through(from_task_id=by_code[plan.code].pk, to_task_id=by_code[code].pk)
        for plan in plans
        for code in plan.after
    )
    Task.helpers.through.objects.bulk_create(
        Task.helpers.through(task_id=by_code[plan.code].pk, seat_id=seats[key].pk)
        for plan in plans
        for key in plan.helpers
    )
    return rows


def _plan_tasks(alliance: Alliance, template: playbook.Template, now: datetime) -> None:
    plan = matching.plan_of(alliance.proposal_id)
    seats = seat_keys(alliance)
    slots = {slot_of(key) for key in seats}
    specs = graph(Route(alliance.route), slots, market_country=plan.markets[0] if plan.markets else "")
    specs = playbook.timed(specs, template, {task.code: task.days for task in plan.tasks})
    planned = playbook.instantiate(specs, seats, units=alliance.units, start_at=now, proven=template.proven)
    write_tasks(alliance, planned)


def _row(
    alliance: Alliance,
    plan: playbook.PlannedTask,
    seats: Mapping[str, Seat],
    exception_kind: str,
    reported_by: int | None,
) -> Task:
    return Task(
        alliance=alliance,
        code=plan.code,
        title=plan.title,
        seat=seats[plan.seat],
        state=(TaskState.READY if exception_kind else TaskState.WAITING).value,
        is_mandatory=plan.mandatory,
        is_milestone=plan.is_milestone,
        planned_start_at=plan.planned_start_at,
        planned_finish_at=plan.planned_finish_at,
        due_at=plan.due_at,
        low_days=plan.days.low,
        likely_days=plan.days.likely,
        high_days=plan.days.high,
        target_units=plan.quantity_target,
        reports_revenue=plan.code in REVENUE,
        exception_kind=exception_kind,
        reported_by_id=reported_by,
        needs_evidence=plan.needs_evidence,
    )
