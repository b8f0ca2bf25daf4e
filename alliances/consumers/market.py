"""What time it is in the market, for clients that count down; read once for many sockets."""

import asyncio
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary

from alliances.live.background import in_thread
from alliances.queries.rows import iso
from config import clock

FRESH_SECONDS = 5.0
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Reading:
    """The market's clock as it was read."""

    now: datetime
    pace: float  # seconds of the market in one second
    read_at: float  # by the process's own clock

    @property
    def age_seconds(self) -> float:
        return time.monotonic() - self.read_at

    def shown(self) -> dict[str, Any]:
        return {"now": iso(self.now + timedelta(seconds=self.age_seconds * self.pace)), "pace": self.pace}


async def market() -> dict[str, Any]:
    """`now`, as an ISO time, and `pace`: seconds of the market in one second. All who ask share one reading."""
    loop = asyncio.get_running_loop()
    reading = _readings.get(loop)
    if reading is None or _is_stale(reading):
        reading = _readings[loop] = loop.create_task(in_thread(_read))
    return (await asyncio.shield(reading)).shown()


def _is_stale(reading: "asyncio.Task[Reading]") -> bool:
    if not reading.done():
        return False
    return reading.cancelled() or bool(reading.exception()) or reading.result().age_seconds > FRESH_SECONDS


def _read() -> Reading:
    return Reading(clock.now(), DAY.total_seconds() / clock.real_seconds(DAY), time.monotonic())


_readings: WeakKeyDictionary[asyncio.AbstractEventLoop, "asyncio.Task[Reading]"] = WeakKeyDictionary()
