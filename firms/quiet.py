"""When may a firm's people be written to? At any time but in its quiet hours, by the clocks of its zone."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
BEGINS, ENDS = time(21), time(7)


@dataclass(frozen=True)
class QuietHours:
    """A part of each day, by wall clock; it may pass midnight. There are none when both times are the same."""

    zone: str
    begins: time = BEGINS
    ends: time = ENDS

    def hold(self, at: datetime) -> bool:
        """Whether a moment lies in the quiet hours: their first minute does, their last one does not."""
        wall = at.astimezone(ZoneInfo(self.zone)).time()
        if self.begins <= self.ends:
            return self.begins <= wall < self.ends
        return wall >= self.begins or wall < self.ends

    def over_at(self, at: datetime) -> datetime:
        """The moment itself, or the first whole minute after it that is not quiet.

        Minute by minute: so it is right also on the days on which clocks are put forward or back.
        """
        moment = at.astimezone(UTC)
        while self.hold(moment):
            moment = moment.replace(second=0, microsecond=0) + MINUTE
        return moment


def send_at(
    made_at: datetime, hours: QuietHours | None, *, until: datetime | None = None, is_urgent: bool = False
) -> datetime:
    """When to send what was made at a time: at once, or when the quiet hours are over.

    What is urgent never waits, nor does what is about a deadline that would have passed by then.
    """
    if hours is None or is_urgent:
        return made_at
    over_at = hours.over_at(made_at)
    return made_at if until is not None and until <= over_at else over_at


def gathered(at: datetime, pace: str, zone: str) -> datetime:
    """When what may go at a time is sent to somebody who wants it `hourly` or `daily`, at eight by their clocks."""
    wall = at.astimezone(ZoneInfo(zone or "UTC"))
    if pace == "hourly":
        full = wall.replace(minute=0, second=0, microsecond=0)
        return at if full == wall else (full.astimezone(UTC) + timedelta(hours=1))
    if pace == "daily":
        eight = wall.replace(hour=8, minute=0, second=0, microsecond=0)
        return (eight if wall <= eight else eight + timedelta(days=1)).astimezone(UTC)
    return at
