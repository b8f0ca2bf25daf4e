"""How much waits for the clock in this room; what operators and their monitoring look at."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from alliances.lifecycle import State
from alliances.models import Alliance, Event, Invitation, Notice, Task
from config.queues import Queue, queue


def queues(now: datetime, instant: datetime) -> list[Queue]:
    """What is due and not done yet. `instant` is the time of day, by which e-mails count."""
    at_work = [State.OPERATING, State.EVOLVING]
    late = Task.objects.late(now).filter(escalated_at=None, alliance__state__in=at_work)
    unsequenced = Event.objects.filter(stream__is_logged=False, entry=None)
    return [
        queue(
            "invitations", _("Invitations whose time has passed"), Invitation.objects.due(now), "due_at", now
        ),
        queue(
            "alliances",
            _("Alliances whose deadline has passed"),
            Alliance.objects.live().filter(due_at__lte=now),
            "due_at",
            now,
        ),
        queue(
            "late_tasks",
            _("Late tasks that nobody was told of"),
            late,
            "due_at",
            now,
        ),
        queue("events", _("Events without a place in the log"), unsequenced, "at", now),
        queue("mail", _("E-mails to send"), Notice.objects.sendable(now, instant), "send_at", now),
        queue(
            "undelivered_mail",
            _("E-mails that never arrived"),
            Notice.objects.undeliverable(),
            "failed_at",
            instant,
        ),
    ]
