"""What operators see of the alliances."""

from collections import Counter
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from alliances.lifecycle import State, TaskState
from alliances.models import Alliance, Event, Objection

ORDER = [
    State.PROPOSED,
    State.INVITING,
    State.NEGOTIATING,
    State.COMMITTED,
    State.OPERATING,
    State.WINDING_DOWN,
]
LIVE = [*ORDER, State.SETTLING]
OVER = [TaskState.FINISHED.value, TaskState.CANCELLED.value]


def alliances(now: datetime, state: str = "") -> QuerySet[Alliance]:
    """Alliances with their counts of tasks, newest first; only those in a state, when one is named."""
    rows = Alliance.objects.select_related("product").annotate(
        tasks_total=Count("tasks", distinct=True),
        tasks_over=Count("tasks", filter=Q(tasks__state__in=OVER), distinct=True),
        tasks_late=Count(
            "tasks", filter=~Q(tasks__state__in=OVER) & Q(tasks__due_at__lte=now), distinct=True
        ),
    )
    return (rows.filter(state=state) if state in list(State) else rows).order_by("-founded_at")


def living(now: datetime) -> QuerySet[Alliance]:
    """As `alliances`, without those that are over."""
    return alliances(now).exclude(state__in=[State.DISSOLVED, State.ABORTED])


def counts() -> dict[str, int]:
    """How many alliances are in each state."""
    return dict(Counter(Alliance.objects.values_list("state", flat=True)))


def alliance(key: str) -> Alliance | None:
    return Alliance.objects.filter(key=key).select_related("product", "proposal", "opportunity").first()


def story(found: Alliance) -> QuerySet[Event]:
    """What happened while it formed and in its own stream, newest first."""
    streams = [pk for pk in (found.forming_id, found.stream_id) if pk]
    return Event.objects.filter(stream__in=streams).select_related("note").order_by("-at", "-version")


def objections(found: Alliance) -> QuerySet[Objection]:
    return Objection.objects.filter(settlement__alliance=found).select_related("firm").order_by("at")
