"""The end of an alliance: nothing stays open but the record."""

from datetime import datetime

from django.db.models import Count, F, Q

from alliances.actions.sealing import seal
from alliances.actions.steps import announce, may, require, step
from alliances.lifecycle import ALLIANCE, SEAT, SeatFacts, SeatState, State, TaskState
from alliances.lifecycle import Actor as Who
from alliances.models import Alliance, Settlement
from alliances.queries import board
from alliances.queries.facts import gather
from config.rows import CLOCK
from firms import actions as firms_actions


def dissolve_if_possible(alliance: Alliance, now: datetime) -> None:
    """Dissolve at once when nobody is waited for any more."""
    if alliance.state == State.SETTLING and may(alliance, "dissolve", now):
        dissolve(alliance, now)


def dissolve(alliance: Alliance, now: datetime) -> None:
    """End the alliance: promises, capacity, seats, access, streams; the record is sealed by its root."""
    facts = gather(alliance, "dissolve", now)
    require(ALLIANCE.allowed(State(alliance.state), "dissolve", facts, Who.CLOCK))
    Settlement.objects.filter(alliance=alliance).update(confirmed_at=now)
    _file_promises(alliance, now)
    firms_actions.release(f"{alliance.key}/", now=now)
    for seat in alliance.seats.exclude(state=SeatState.ENDED):
        step(seat, SEAT, "end", SeatFacts(), CLOCK)
    alliance.grants.filter(ended_at=None).update(ended_at=now)
    alliance.state, alliance.entered_at, alliance.due_at = State.DISSOLVED.value, now, None
    alliance.dissolved_at = now
    announce(alliance, "dissolved", CLOCK, now, seats=board.seat_rows(alliance.seats.all()))
    alliance.root_hash = seal(alliance, now)
    alliance.save(update_fields=["state", "entered_at", "due_at", "dissolved_at", "root_hash"])


def _file_promises(alliance: Alliance, now: datetime) -> None:
    """What each firm promised and kept is filed: a task in time, late, or overdue and never done."""
    finished, never = Q(state=TaskState.FINISHED), Q(state=TaskState.CANCELLED)
    rows = (
        alliance.tasks.filter(is_milestone=False, seat__firm__isnull=False)
        .order_by("seat__firm")  # firms are locked one by one, before capacity as everywhere
        .values("seat__firm")
        .annotate(
            kept=Count("pk", filter=finished & Q(finished_at__lte=F("due_at"))),
            late=Count("pk", filter=finished & Q(finished_at__gt=F("due_at"))),
            broken=Count("pk", filter=never & Q(escalated_at__isnull=False)),
        )
    )
    for row in rows:
        promises = {name: row[name] for name in ("kept", "late", "broken")}
        if any(promises.values()):
            firms_actions.file_promises(row["seat__firm"], **promises, now=now)
