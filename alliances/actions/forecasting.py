"""What is expected of an alliance is computed anew whenever its tasks change."""

from datetime import datetime

from alliances import playbook
from alliances.lifecycle import TaskState
from alliances.models import Alliance, Task
from alliances.queries.rows import Row, forecast_row
from matching.blueprint import Days


def foresee(alliance: Alliance, now: datetime) -> Row:
    """Compute and keep the forecast. The caller holds the alliance's row; three queries, whatever its size."""
    tasks = {task.pk: task for task in alliance.tasks.all()}
    found = playbook.forecast(courses(tasks), now)
    alliance.forecast, alliance.forecast_at = forecast_row(tasks, found), found.end_at
    alliance.save(update_fields=["forecast", "forecast_at"])
    return alliance.forecast


def courses(tasks: dict[int, Task]) -> list[playbook.Course]:
    """The tasks as the forecast looks at them."""
    links = Task.after.through.objects.filter(from_task_id__in=tasks).order_by("pk")
    after: dict[int, list[str]] = {pk: [] for pk in tasks}
    for later, former in links.values_list("from_task_id", "to_task_id"):
        after[later].append(tasks[former].code)
    return [_course(task, after[pk]) for pk, task in tasks.items()]


def _course(task: Task, after: list[str]) -> playbook.Course:
    return playbook.Course(
        code=task.code,
        after=tuple(after),
        days=Days(task.low_days, task.likely_days, task.high_days),
        started_at=task.started_at if task.state == TaskState.STARTED else None,
        finished_at=task.finished_at if task.state == TaskState.FINISHED else None,
        is_cancelled=task.state == TaskState.CANCELLED,
        is_mandatory=task.is_mandatory,
        share=min(1.0, task.done_units / task.target_units) if task.target_units else 0.0,
    )
