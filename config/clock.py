"""The one clock: doors read it and pass `now` down. In the sample world a day can last a second."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from config.models import Clock


def now() -> datetime:
    """The market's time, aware, UTC."""
    return at(timezone.now(), Clock.objects.filter(pk=1).first())


def at(instant: datetime, clock: Clock | None) -> datetime:
    """Translate a time of day into the market's time."""
    if clock is None:
        return instant
    return clock.anchor_market_at + (instant - clock.anchor_at) * clock.speed


def instant() -> datetime:
    """The time of day, whatever the market's: for leases and pauses of what the world outside answers."""
    return timezone.now()


def set_pace(speed: float, *, start_at: datetime | None = None) -> None:
    """Let market time run `speed` times as fast from here on (from `start_at`, if the market begins now)."""
    with transaction.atomic():
        instant = timezone.now()
        clock = Clock.objects.select_for_update().filter(pk=1).first()
        market = start_at or at(instant, clock)
        Clock.objects.update_or_create(
            pk=1, defaults={"anchor_at": instant, "anchor_market_at": market, "speed": speed}
        )


def real_seconds(span: timedelta) -> float:
    """How many seconds of a person's time a span of the market's time takes."""
    clock = Clock.objects.filter(pk=1).first()
    return span.total_seconds() / (clock.speed if clock else 1.0)
