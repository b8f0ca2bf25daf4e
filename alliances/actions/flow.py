"""What happens by itself when a task changes: others become ready or wait again, and the end comes nearer."""

from datetime import datetime

from django.db.models import F

from alliances.accounts import SELLING, left_over
from alliances.actions.steps import advance, announce, may, step
from alliances.lifecycle import TASK, State, TaskFacts, TaskState
from alliances.models import Alliance, Task
from config.rows import CLOCK, move

LEFTOVERS = "E4"  # the task that deals with what was not sold
OPEN = [TaskState.WAITING.value, TaskState.READY.value, TaskState.STARTED.value]
BEGUN = {TaskState.STARTED.value, TaskState.FINISHED.value}


def cascade(alliance: Alliance, now: datetime) -> list[Task]:
    """Make ready what waits for nothing any more, and finish milestones; returns the tasks that changed."""
    changed: list[Task] = []
    while fresh := _unblocked(alliance):
        for task in fresh:
            move(task, TaskState.WAITING, TaskState.READY.value, version=F("version") + 1)
            if task.is_milestone:
                facts = TaskFacts(is_milestone=True)
                step(task, TASK, "finish", facts, CLOCK, started_at=now, finished_at=now)
            task.refresh_from_db()
        changed += fresh
    return changed


def conclude(alliance: Alliance, now: datetime) -> None:
    """Begin to wind down when the last mandatory task is finished; settle soon when nothing is left over."""
    if alliance.state == State.OPERATING and may(alliance, "complete", now):
        advance(alliance, "complete", CLOCK, now)
        announce(alliance, "completed", CLOCK, now)
    elif alliance.state == State.WINDING_DOWN and may(alliance, "settle", now):
        alliance.due_at = now  # the clock need not wait for the last deadline of the state
        alliance.save(update_fields=["due_at"])


def resume(alliance: Alliance, now: datetime) -> None:
    """Operate again when no seat is vacant any more."""
    if may(alliance, "resume", now):
        advance(alliance, "resume", CLOCK, now)
        announce(alliance, "resumed", CLOCK, now)
        conclude(alliance, now)


def count_leftovers(alliance: Alliance) -> list[Task]:
    """When selling has ended it is known how much is left to be assigned, returned or written off."""
    tasks = {task.code: task for task in alliance.tasks.filter(code__in=["M6", SELLING, LEFTOVERS])}
    if LEFTOVERS not in tasks:
        return []
    made = tasks["M6"].done_units if "M6" in tasks else alliance.units
    task = tasks[LEFTOVERS]
    task.target_units = left_over(made, tasks[SELLING].done_units)
    task.version += 1
    task.save(update_fields=["target_units", "version"])
    return [task]


def begun_after(task: Task) -> bool:
    """Has anything begun that could begin only because this task was finished?"""
    return any(not follower.is_milestone and follower.state in BEGUN for follower in _followers(task))


def wait_again(task: Task) -> list[Task]:
    """Send what was ready because of this task, and milestones behind it, back to waiting."""
    changed = [
        follower
        for follower in _followers(task)
        if follower.state not in {TaskState.WAITING, TaskState.CANCELLED}
    ]
    for follower in changed:
        move(
            follower, follower.state, TaskState.WAITING.value,
            started_at=None, finished_at=None, version=F("version") + 1,
        )  # fmt: skip
        follower.refresh_from_db()
    return changed


def _unblocked(alliance: Alliance) -> list[Task]:
    waiting = alliance.tasks.filter(state=TaskState.WAITING)
    blocked = waiting.filter(after__state__in=OPEN)
    return list(waiting.exclude(pk__in=blocked.values("pk")).select_related("seat"))


def _followers(task: Task) -> list[Task]:
    """The tasks that come directly after, looking through milestones that are finished."""
    found: dict[int, Task] = {}
    todo = list(task.before.all())
    while todo:
        follower = todo.pop()
        if follower.pk in found:
            continue
        found[follower.pk] = follower
        if follower.is_milestone and follower.state == TaskState.FINISHED:
            todo += follower.before.all()
    return list(found.values())
