"""Partners at their boards: each follows its alliance and reports stock, and comes back whenever it is cut off."""

import asyncio
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from websockets.asyncio.client import ClientConnection, connect, unix_connect
from websockets.exceptions import WebSocketException

from tests.shapes import Web

ANSWER_SECONDS = 4.0


@dataclass
class Order:
    """A command on its way; it keeps its id until it is answered."""

    id: str
    units: int
    sent_at: float = 0.0


@dataclass
class Partner:
    """One client. Versions must come without a gap; an order counts once it was answered."""

    choose: Callable[[], Web]  # whom it goes to
    cookie: str
    alliance: str
    place: str
    pause: float = 0.1
    epoch: str | None = None
    version: int = 0
    gaps: int = 0
    answered: dict[str, int] = field(default_factory=dict)  # units by id
    refused: Counter[str] = field(default_factory=Counter)
    order: Order | None = None
    connects: int = 0
    last_answer_at: float = 0.0
    answer_seconds: list[float] = field(default_factory=list)
    is_asking: bool = True

    async def run(self, ended: asyncio.Event) -> None:
        while not ended.is_set():
            try:
                async with self._connect() as line:
                    self.connects += 1
                    await line.send(json.dumps({"t": "since", "epoch": self.epoch, "version": self.version}))
                    await self._follow(line, ended)
            except (OSError, WebSocketException, TimeoutError):
                await asyncio.sleep(random.uniform(0.1, 0.4))

    def _connect(self) -> connect:
        web = self.choose()
        path = f"ws://127.0.0.1:{web.port}/ws/alliances/{self.alliance}/"
        options: dict[str, Any] = {
            "additional_headers": {"Cookie": f"sessionid={self.cookie}"},
            "origin": f"http://127.0.0.1:{web.port}",
            "open_timeout": 5,
            "close_timeout": 0.5,
            "compression": None,
        }
        if "--uds" in web.command:
            return unix_connect(str(web.socket), path, **options)
        return connect(path, **options)

    async def _follow(self, line: ClientConnection, ended: asyncio.Event) -> None:
        self._say_again()
        while not ended.is_set():
            await self._say(line)
            try:
                message = str(await asyncio.wait_for(line.recv(), self.pause))
                for told in message.split("\n"):
                    self._hear(json.loads(told))
            except TimeoutError:
                if self.order and time.monotonic() - self.order.sent_at > ANSWER_SECONDS:
                    return  # nobody listens there; the same order is given elsewhere

    def _say_again(self) -> None:
        if self.order:
            self.order.sent_at = 0.0

    async def _say(self, line: ClientConnection) -> None:
        if self.order is None and self.is_asking and time.monotonic() - self.last_answer_at > self.pause:
            self.order = Order(str(uuid4()), random.randrange(10**6))
        if self.order and not self.order.sent_at:
            self.order.sent_at = time.monotonic()
            data = {"place": self.place, "units": self.order.units}
            await line.send(json.dumps({"t": "do", "id": self.order.id, "verb": "post_stock", "data": data}))

    def _hear(self, told: dict[str, Any]) -> None:
        kind = told["t"]
        if kind == "hello" and told["epoch"] != self.epoch:
            self.epoch = told["epoch"]
        elif kind == "snapshot":
            self.version = told["version"]
        elif kind == "event" and told["version"] > self.version:
            self.gaps += told["version"] != self.version + 1
            self.version = told["version"]
        elif kind == "answer" and self.order and told["re"] == self.order.id:
            self._take_answer(self.order, told)

    def _take_answer(self, order: Order, told: dict[str, Any]) -> None:
        self.last_answer_at = time.monotonic()
        if told["ok"]:
            self.answered[order.id] = order.units
            self.answer_seconds.append(self.last_answer_at - order.sent_at)
            self.order = None
        else:
            self.refused[told["code"]] += 1
            order.sent_at = 0.0 if told["code"] == "failed" else order.sent_at


class Load:
    """Partners in an event loop of their own thread."""

    def __init__(self, partners: list[Partner]) -> None:
        self.partners = partners
        self.loop = asyncio.new_event_loop()
        self.ended = asyncio.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Load":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.loop.call_soon_threadsafe(self.ended.set)
        self.thread.join(30)

    def _run(self) -> None:
        self.loop.run_until_complete(self._all())

    async def _all(self) -> None:
        await asyncio.gather(*(partner.run(self.ended) for partner in self.partners))

    @property
    def answered(self) -> dict[str, int]:
        return {key: units for one in self.partners for key, units in one.answered.items()}

    def all_answered_after(self, moment: float) -> bool:
        """Whether every partner was answered to something that it asked after this moment."""
        return all(
            one.answer_seconds and one.last_answer_at - one.answer_seconds[-1] > moment
            for one in self.partners
        )

    def rest(self) -> None:
        """Let what is on its way be answered, and ask for nothing more."""
        for one in self.partners:
            one.is_asking = False

    def is_at_rest(self) -> bool:
        return all(one.order is None for one in self.partners)
