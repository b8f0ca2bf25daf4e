"""Visitors step into the sample world as one of its people; what waits for them is left to them for a while."""

import time
from datetime import timedelta

from django.utils import timezone

from alliances.models import Task
from firms.models import Member

VISIT = timedelta(minutes=10)  # since the log-in
PATIENCE_SECONDS = 20.0  # of a person's time, for each step of a task
REMEMBERED = 10_000

_first_seen: dict[tuple[int, str], float] = {}


def visited_firms() -> set[int]:
    """Firms as one of whose people somebody has logged in lately; the sample people never log in themselves."""
    since = timezone.now() - VISIT
    return set(Member.objects.active().filter(user__last_login__gte=since).values_list("firm_id", flat=True))


def is_left_to_a_visitor(task: Task, visited: set[int]) -> bool:
    """Whether the task's present state is fresh, and its firm is visited."""
    firm_id = task.seat.firm_id if task.seat else None
    if firm_id not in visited:
        return False
    if len(_first_seen) > REMEMBERED:
        _first_seen.clear()
    now = time.monotonic()
    return now - _first_seen.setdefault((task.pk, task.state), now) < PATIENCE_SECONDS
