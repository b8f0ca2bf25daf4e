"""A task with all that belongs to it: what happened, what shows it, what was said, what it waits for."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from alliances.lifecycle import SeatState
from alliances.models import Alliance, Comment, Event, Evidence, Mention, Seat, Task
from alliances.queries import board, evidence
from alliances.queries.rows import Row, Rows
from firms.queries import firm_ids_of

EVENTS_SHOWN = 60


@dataclass(frozen=True)
class Page:
    """What the page of a task shows; a fixed number of queries."""

    task: Task
    state: dict[str, Any]  # as on the board: the alliance's seats, tasks and forecast
    lines: list[Row]  # what happened to it, newest first
    people: dict[str, str]
    evidence: list[Evidence]
    comments: list[Comment]
    seats: list[Seat]  # who may be told
    unread: list[Mention]  # where the reader's firms were mentioned here


def seen_by(user_id: int, task_id: int, *, is_operator: bool) -> Task | None:
    """A task in an alliance whose board this person may see; None where there is none for them."""
    rows = Task.objects.select_related("alliance").filter(pk=task_id)
    return (rows if is_operator else rows.filter(alliance__in=Alliance.objects.seen_by(user_id))).first()


def page(alliance: Alliance, task_id: int, user_id: int) -> Page | None:
    """The page of one task of an alliance that the reader may see."""
    tasks: Rows = board.task_rows(alliance.tasks.all())
    task = alliance.tasks.filter(pk=task_id).select_related("seat__firm").first()
    if task is None:
        return None
    seats = list(alliance.seats.select_related("firm").order_by("pk"))
    lines = [board.line(event) for event in _events(alliance, task)]
    return Page(
        task=task,
        state={"seats": board.seat_rows(seats), "tasks": tasks, "forecast": alliance.forecast},
        lines=lines,
        people=board.people({line["actor"] for line in lines}),
        evidence=evidence.evidence_of(task),
        comments=evidence.comments_of(task),
        seats=[seat for seat in seats if seat.state == SeatState.SIGNED and seat.firm_id],
        unread=list(evidence.unread(firm_ids_of(user_id), [alliance.pk]).filter(comment__task=task)),
    )


def _events(alliance: Alliance, task: Task) -> list[Event]:
    """Events that changed the task: its row stands in their canonical body, where keys are sorted."""
    about = Q(body__contains=f'"{task.pk}":{{"after":')
    found = Event.objects.filter(about, stream=alliance.stream).select_related("note").order_by("-version")
    return list(found[:EVENTS_SHOWN])
