"""What a missed deadline does, step by step, and when people are reminded before it. Pure.

A step counts from the one before it as it was really taken, and a task's time from when it could be begun:
nobody loses time because the clock looked late, or because somebody else was.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum


class Step(IntEnum):
    """How far the ladder of a late task was climbed."""

    NONE = 0
    REMIND = 1  # those who work on it are reminded before it is due
    MANAGER = 2  # it is due: the firm's owners and managers are told
    OPERATOR = 3  # the operators are told, and the firm that it may be replaced
    REPLACE = 4  # the replacement of the firm is proposed


@dataclass(frozen=True)
class Ladder:
    """How long each step waits."""

    before: timedelta = timedelta(hours=24)  # the reminder, before the task is due …
    share: float = 0.2  # … or this part of its duration, whichever is less
    least: timedelta = timedelta(hours=1)  # a shorter notice helps nobody
    grace: timedelta = timedelta(hours=24)  # from the manager to the operators
    last_grace: timedelta = timedelta(hours=48)  # from the operators to the replacement

    def reminded_at(self, start_at: datetime, due_at: datetime) -> datetime | None:
        """When those who work on a task are reminded; None when it is too short for that."""
        lead = min(self.before, (due_at - start_at) * self.share)
        return due_at - lead if lead >= self.least else None

    def coming(self, taken: Step, start_at: datetime, due_at: datetime, now: datetime) -> Step:
        """The step that comes after the one that was taken, as things stand now."""
        if taken == Step.NONE:
            is_early = self.reminded_at(start_at, due_at) is not None and now < due_at
            return Step.REMIND if is_early else Step.MANAGER
        return Step(min(taken + 1, Step.REPLACE))

    def next_at(
        self, taken: Step, start_at: datetime, due_at: datetime, now: datetime, *, is_mandatory: bool
    ) -> datetime | None:
        """When the coming step is taken, if the last one was taken (or the ladder entered) now; None at its end."""
        if taken == Step.NONE:
            return self.reminded_at(start_at, due_at) or due_at
        if taken == Step.REMIND:
            return due_at
        if taken == Step.MANAGER:
            return now + self.grace
        return now + self.last_grace if taken == Step.OPERATOR and is_mandatory else None


def fair_span(start_at: datetime, due_at: datetime, free_at: datetime | None) -> tuple[datetime, datetime]:
    """When a task begins and is due in fairness: who could begin only at `free_at` has the planned time from there."""
    if free_at is None or free_at <= start_at:
        return start_at, due_at
    return free_at, free_at + (due_at - start_at)


def ladder(settings: Mapping[str, timedelta]) -> Ladder:
    """The ladder with the settings `task_grace` and `task_last_grace` where they are given."""
    usual = Ladder()
    return Ladder(
        grace=settings.get("task_grace", usual.grace),
        last_grace=settings.get("task_last_grace", usual.last_grace),
    )


INVITATION_LEAD = timedelta(hours=6)
# how long before the deadline of a state those are told who could still prevent what it does
STATE_LEADS: Mapping[str, timedelta] = {
    "proposed": timedelta(hours=24),
    "negotiating": timedelta(hours=24),
    "evolving": timedelta(hours=24),
    "suspended": timedelta(hours=24),
    "settling": timedelta(hours=24),
    "disputed": timedelta(hours=48),
}


def invitation_reminder(sent_at: datetime, due_at: datetime, now: datetime) -> datetime | None:
    """The next reminder of an invitation after now: halfway, and six hours before it expires."""
    halfway, last = sent_at + (due_at - sent_at) / 2, due_at - INVITATION_LEAD
    coming = sorted(at for at in {halfway, max(last, halfway)} if at > now)
    return coming[0] if coming else None


def state_reminder(state: str, entered_at: datetime, due_at: datetime) -> datetime | None:
    """When the coming end of a state is told: a while before, but not in its first half."""
    lead = STATE_LEADS.get(state)
    return None if lead is None else max(due_at - lead, entered_at + (due_at - entered_at) / 2)
