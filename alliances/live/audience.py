"""Those who listen to one stream, with its newest frames. An event is read and encoded once for them all."""

import asyncio
import logging
import time
from collections import deque
from dataclasses import dataclass
from uuid import UUID

from alliances.live import news
from alliances.live.background import in_thread, keep
from alliances.live.frames import Close, Frame, frame, joined, snapshot
from alliances.live.news import News, Wish
from alliances.live.outbox import Outbox
from alliances.live.together import Together
from alliances.live.wire import Send
from alliances.queries import replay
from alliances.queries.admission import Kind, Knock, Pass
from config import meters

log = logging.getLogger(__name__)

Reader = Together[Wish, News]
RETRY_SECONDS = 1.0  # until a read is tried again that failed
RING_CHARACTERS = 256 * 1024  # as frames differ in size, and a process has many rings


@dataclass(eq=False, slots=True)
class Listener:
    """One socket that was let in."""

    knock: Knock
    allowed: Pass
    outbox: Outbox
    follows: bool = False  # gets each event as it happens

    @property
    def is_leaving(self) -> bool:
        """Whether it is being shown out, which takes its client's help: nothing is done for it any more."""
        return self.outbox.closing is not None


class Audience:
    """The listeners of one stream in this process."""

    def __init__(self, kind: Kind, stream_id: UUID, reader: Reader) -> None:
        self.kind, self.stream_id, self.reader = kind, stream_id, reader
        self.listeners: set[Listener] = set()
        self.ring: deque[Frame] = deque()
        self.ring_characters = 0
        self.epoch, self.head, self.is_closed = "", 0, False
        self.names: dict[str, str] = {}
        self.is_stale, self.stirred_at = False, 0.0
        self.reading: asyncio.Task[None] | None = None
        self.image: Frame | None = None
        self.imaging: asyncio.Task[Frame] | None = None

    def stir(self) -> "asyncio.Task[None]":
        """Something may have happened: read it, soon, and once for all who say so meanwhile."""
        if not self.is_stale:
            self.is_stale, self.stirred_at = True, time.monotonic()
        if self.reading is None:
            self.reading = asyncio.create_task(self._read())
            keep(self.reading)
        return self.reading

    async def refresh(self) -> None:
        """Know at least what was committed before this call."""
        await asyncio.shield(self.stir())

    async def follow(
        self, listener: Listener, epoch: str | None, version: int, hello: dict[str, object]
    ) -> None:
        """Bring a listener from the version that it has to the present, and keep it there."""
        if not self.epoch or version > self.head:
            await self.refresh()
        listener.outbox.push(frame("hello", epoch=self.epoch, version=self.head, **hello))
        await self._bring(listener, version if epoch == self.epoch else None)

    def resync(self, listener: Listener) -> None:
        """A listener that fell behind takes frames again."""
        listener.follows = False
        meters.RESYNCS.inc()
        keep(asyncio.create_task(self._bring_again(listener)))

    def forget(self) -> None:
        """Keep nothing of what was read before, and show who follows how things are now."""
        self.names.clear()
        self.image = None
        self._begin_anew()

    def beat(self) -> None:
        """Let clients see whether they have everything."""
        self.image = None
        beat = frame("beat", version=self.head)
        for listener in self.listeners:
            if listener.follows:
                listener.outbox.beat(beat)

    def _covers(self, version: int) -> bool:
        """Can the ring bring somebody from this version to the head?"""
        return version == self.head or bool(
            self.ring and (self.ring[0].version or 0) <= version + 1 <= self.head
        )

    async def _bring(self, listener: Listener, version: int | None) -> None:
        while version is None or not self._covers(version):
            image = await self._snapshot()
            listener.outbox.push(image)
            version = image.version or 0
            if version > self.head:
                await self.refresh()
            meters.REPLAYS.labels("snapshot").inc()
        self._replay(listener, version)
        listener.follows = True
        if self.is_closed:
            listener.outbox.finish(Close.ENDED, frame("end", is_over=True))

    def _replay(self, listener: Listener, version: int) -> None:
        for message in joined(told for told in self.ring if (told.version or 0) > version):
            listener.outbox.push(message)
        meters.REPLAYS.labels("ring").inc()

    async def _bring_again(self, listener: Listener) -> None:
        try:
            await self._bring(listener, listener.outbox.sent)
        except Exception:
            log.exception("could not resync a socket of stream %s", self.stream_id)
            listener.outbox.close(Close.LATER)

    async def _snapshot(self) -> Frame:
        """One image of the state for all who need one at about the same time."""
        if self.image and self._covers(self.image.version or 0):
            return self.image
        if self.imaging is None:
            self.imaging = asyncio.create_task(self._take_image())
        return await asyncio.shield(self.imaging)

    async def _take_image(self) -> Frame:
        try:
            self.image = snapshot(await in_thread(replay.state, self.kind, self.stream_id))
            return self.image
        finally:
            self.imaging = None

    async def _read(self) -> None:
        try:
            while self.is_stale:
                self.is_stale = False
                self._take(await self.reader.ask(self._wish()))
                meters.RELAY_SECONDS.observe(time.monotonic() - self.stirred_at)
        except Exception:  # a board is behind then, not wrong
            asyncio.get_running_loop().call_later(RETRY_SECONDS, self._try_again)
            raise
        finally:
            self.reading = None

    def _try_again(self) -> None:
        if self.listeners:
            self.stir()

    def _wish(self) -> Wish:
        """What to read, with what this event loop knows by now."""
        users = {one.allowed.user_id for one in self.listeners if not one.allowed.actor.is_operator}
        return Wish(self.kind, self.stream_id, self.head, frozenset(self.names), frozenset(users))

    def _take(self, found: News) -> None:
        """Let go of those whose access has ended, then give the new events to the others."""
        tail = found.tail
        self._expel(found.ended, is_over=tail.is_closed)
        self.names |= found.names
        if (self.epoch and tail.epoch != self.epoch) or (
            tail.events and tail.events[0].version != self.head + 1
        ):
            self._begin_anew()
        self.epoch, self.head, self.is_closed = tail.epoch, tail.head, tail.is_closed
        self._tell([Frame(told.frame(self.names.get(told.actor, "")), told.version) for told in tail.events])
        if self.is_closed:
            for listener in self.listeners:
                listener.outbox.finish(Close.ENDED, frame("end", is_over=True))

    def _tell(self, events: list[Frame]) -> None:
        """What one read has brought is one message to each socket, as sending costs more than its content."""
        for told in events:
            self._remember(told)
        outboxes = [listener.outbox for listener in self.listeners if listener.follows]
        for message in joined(events):
            for outbox in outboxes:
                outbox.offer(message)

    def _remember(self, told: Frame) -> None:
        self.ring.append(told)
        self.ring_characters += len(told.text)
        while len(self.ring) > news.RING or self.ring_characters > RING_CHARACTERS:
            self.ring_characters -= len(self.ring.popleft().text)

    def _expel(self, user_ids: set[int], *, is_over: bool) -> None:
        for listener in self.listeners if user_ids else ():
            if listener.allowed.user_id in user_ids:
                listener.outbox.close(Close.ENDED, frame("end", is_over=is_over))

    def _begin_anew(self) -> None:
        """More was missed than the ring holds: whoever follows gets a snapshot."""
        self.ring.clear()
        self.ring_characters = 0
        for listener in self.listeners:
            if listener.follows:
                listener.outbox.sent = -1
                self.resync(listener)


def listener_for(knock: Knock, allowed: Pass, send: Send, audience: "Audience | None") -> Listener:
    """A listener whose outbox calls its audience when it has to catch up."""

    def resync() -> None:
        if audience:
            audience.resync(listener)

    listener = Listener(knock, allowed, Outbox(send, resync))
    return listener
