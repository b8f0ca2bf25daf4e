"""What operators see of the alliances."""

from datetime import datetime

from django.db.models import Count, Q, QuerySet

from alliances.lifecycle import TASK_OVER, State
from alliances.models import Alliance, Change, Event


def alliances(now: datetime, state: str = "") -> QuerySet[Alliance]:
    """Alliances with their counts of tasks, newest first; only those in a state, when one is named."""
    rows = Alliance.objects.filter(state=state) if state in list(State) else Alliance.objects.all()
    return _counted(rows, now)


def living(now: datetime) -> QuerySet[Alliance]:
    """As `alliances`, without those that are over."""
    return _counted(Alliance.objects.live(), now)


def _counted(rows: QuerySet[Alliance], now: datetime) -> QuerySet[Alliance]:
    is_over = Q(tasks__state__in=TASK_OVER)
    counted = rows.select_related("product").annotate(
        tasks_total=Count("tasks"),
        tasks_over=Count("tasks", filter=is_over),
        tasks_late=Count("tasks", filter=~is_over & Q(tasks__due_at__lte=now)),
    )
    return counted.order_by("-founded_at", "-pk")


def counts() -> dict[str, int]:
    """How many alliances are in each state that any is in, in the order of a life."""
    found = dict(Alliance.objects.values_list("state").annotate(Count("pk")))
    return {state.value: found[state] for state in State if state in found}


def alliance(key: str) -> Alliance | None:
    return Alliance.objects.filter(key=key).select_related("product", "proposal", "opportunity").first()


def story(found: Alliance) -> QuerySet[Event]:
    """What happened while it formed and in its own stream, newest first."""
    streams = [pk for pk in (found.forming_id, found.stream_id) if pk]
    return Event.objects.filter(stream__in=streams).select_related("note").order_by("-at", "-version")


def changes(found: Alliance) -> QuerySet[Change]:
    """What is proposed for a living alliance, and waits for a decision."""
    waiting = found.changes.filter(state=Change.State.WAITING)
    return waiting.select_related("seat__firm").order_by("due_at")
