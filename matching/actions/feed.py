"""The recorded year arrives day by day, as if it happened now."""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction

from config.rows import CLOCK
from matching import feeds
from matching.actions.intake import take_in
from matching.models import Feed

SYNTHETIC = "synthetic"


@transaction.atomic
def start_feed(name: str, *, first_on: date) -> int:
    """Let a recorded file begin, once: its first day becomes `first_on` of the market; returns the shift."""
    first, last = feeds.span(name)
    feed, _ = Feed.objects.get_or_create(
        name=name, defaults={"shift_days": (first_on - first).days, "ends_on": last}
    )
    return feed.shift_days


def feed_day(now: datetime) -> int:
    """Take in every recorded day that has ended by now; returns how many rows arrived."""
    names = list(Feed.objects.order_by("name").values_list("name", flat=True))
    return sum(_feed(name, now) for name in names)


@transaction.atomic
def _feed(name: str, now: datetime) -> int:
    """A day is told on the day after it. What did not fit into a batch comes with the next call."""
    feed = Feed.objects.select_for_update(skip_locked=True, no_key=True).filter(name=name).first()
    if feed is None:
        return 0
    yesterday = now.date() - timedelta(days=1 + feed.shift_days)
    first = feed.fed_until_on + timedelta(days=1) if feed.fed_until_on else feeds.span(name)[0]
    until = min(yesterday, feed.ends_on)
    if until < first:
        return 0
    rows = feeds.recorded_days(name, first, until, shift_days=feed.shift_days)
    if len(rows) > settings.SIGNAL_BATCH_MAX:
        a_day = max(1, len(rows) // ((until - first).days + 1))
        until = first + timedelta(days=max(settings.SIGNAL_BATCH_MAX // (a_day + 1) - 1, 0))
        rows = feeds.recorded_days(name, first, until, shift_days=feed.shift_days)
    take_in(CLOCK, rows, now=now, is_synthetic=name.startswith(SYNTHETIC))
    feed.fed_until_on = until
    feed.save(update_fields=["fed_until_on"])
    return len(rows)
