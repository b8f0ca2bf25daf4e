"""One hub for each event loop: it hears wakes, keeps the audiences, and lets sockets in and out."""

import asyncio
import logging
from contextlib import aclosing
from uuid import UUID
from weakref import WeakKeyDictionary

from alliances.live import news
from alliances.live.audience import Audience, Listener, listener_for
from alliances.live.background import in_thread, keep
from alliances.live.frames import Close, frame
from alliances.live.lately import Lately
from alliances.live.presence import GONE, HERE, Company
from alliances.live.register import Register
from alliances.live.together import Together
from alliances.live.wire import Send
from alliances.queries import replay
from alliances.queries.admission import Answer, Knock, Pass, Refusal, admit
from config import meters
from config.wake import EVERYTHING, FORGOTTEN, listen

log = logging.getLogger(__name__)

BEAT_SECONDS = 15.0
SOCKETS_A_USER = 20
KNOCKS_AT_ONCE = 500
KNOCKS_REST, NEWS_REST = 0.25, 0.05  # seconds at most between two batches
STREAM, SESSION = "stream:", "session:"  # how topics of wakes begin
TURNED_AWAY = {Refusal.NOBODY: Close.NOBODY, Refusal.UNSEEN: Close.UNSEEN}
SHOWN_OUT = {Refusal.NOBODY: Close.NOBODY, Refusal.UNSEEN: Close.ENDED}


class Hub:
    """Works while somebody listens; then it gives its database connection back."""

    def __init__(self) -> None:
        self.audiences: dict[UUID, Audience] = {}
        self.register = Register()
        self.company = Company()
        self.lately = Lately()
        self.porter = Together[Knock, Answer](admit, KNOCKS_AT_ONCE, KNOCKS_REST)
        self.reader = Together[news.Wish, news.News](news.read, news.STREAMS_AT_ONCE, NEWS_REST)
        self.tasks: list[asyncio.Task[None]] = []

    @property
    def listeners(self) -> set[Listener]:
        """Everybody."""
        return self.register.everybody

    async def enter(self, knock: Knock, send: Send) -> Listener | Close:
        """Let a socket in, or say with which code to close it."""
        answer = await self.porter.ask(knock)
        if isinstance(answer, Refusal):
            return TURNED_AWAY[answer]
        if len(self.register.of_user(answer.user_id)) >= SOCKETS_A_USER:
            return Close.FLOOD
        audience = self._audience(knock, answer)
        listener = listener_for(knock, answer, send, audience)
        if audience:
            audience.listeners.add(listener)
        self.register.add(listener)
        meters.SOCKETS.labels(knock.kind.value).inc()
        self._work()
        return listener

    async def follow(
        self, listener: Listener, epoch: str | None, version: int, hello: dict[str, object]
    ) -> None:
        """Start to send a listener what it has missed, and then what happens."""
        if listener.allowed.stream_id:
            await self.audiences[listener.allowed.stream_id].follow(listener, epoch, version, hello)

    def leave(self, listener: Listener) -> None:
        """The socket is gone."""
        listener.outbox.stop()
        self.company.leave(listener)
        self.register.remove(listener)
        meters.SOCKETS.labels(listener.knock.kind.value).dec()
        audience = self.audiences.get(listener.allowed.stream_id) if listener.allowed.stream_id else None
        if audience:
            audience.listeners.discard(listener)
            if not audience.listeners:
                del self.audiences[audience.stream_id]
        if not self.listeners:
            self._rest()

    def _audience(self, knock: Knock, allowed: Pass) -> Audience | None:
        if allowed.stream_id is None:
            return None
        if allowed.stream_id not in self.audiences:
            self.audiences[allowed.stream_id] = Audience(knock.kind, allowed.stream_id, self.reader)
        return self.audiences[allowed.stream_id]

    def _work(self) -> None:
        if not self.tasks:
            self.lately.doubt()
            self.tasks = [asyncio.create_task(self._hear()), asyncio.create_task(self._beat())]

    def _rest(self) -> None:
        for task in self.tasks:
            task.cancel()
        self.tasks = []

    async def _hear(self) -> None:
        async with aclosing(listen()) as woken:
            async for topics in woken:
                try:
                    self._stir(topics)
                except Exception:  # the beat finds what this would have said
                    log.exception("could not pass on a wake")

    def _stir(self, topics: set[str]) -> None:
        self.lately.note(topics)
        if EVERYTHING in topics:
            self.lately.doubt()
            topics = (
                topics | self.register.topics() | {f"{STREAM}{stream_id}" for stream_id in self.audiences}
            )
        doubted = set[Listener]()
        for topic in topics:
            if topic.startswith(SESSION):
                doubted |= self.register.of_user(int(topic.removeprefix(SESSION)))
            else:
                self._pass_on(topic)
        if doubted:  # look again whether these people may still listen
            keep(asyncio.create_task(self._check(doubted)))

    def _pass_on(self, topic: str) -> None:
        if topic.startswith(STREAM):
            self._stir_stream(topic.removeprefix(STREAM))
        elif topic.startswith((HERE, GONE)):
            self.company.heard(topic)
        elif topic == FORGOTTEN:
            self._forget()
        else:
            self._wake(topic)

    def _forget(self) -> None:
        """Somebody was erased: names and texts are read anew, and boards are drawn anew."""
        self.company.names.clear()
        for audience in self.audiences.values():
            audience.forget()

    def _wake(self, topic: str) -> None:
        told = frame("wake", topic=topic.split(":", maxsplit=1)[0])
        for listener in self.register.hearing(topic):
            listener.outbox.offer(told)

    def _stir_stream(self, stream_id: str) -> None:
        if audience := self.audiences.get(UUID(stream_id)):
            audience.stir()

    async def _beat(self) -> None:
        """Find what no wake has told: new events, and people who may not listen any more."""
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            try:
                await self._look_around()
            except Exception:  # the next beat tries again
                log.exception("the hub's beat failed")

    async def _look_around(self) -> None:
        self.company.beat()
        self.lately.forget()
        heads = await in_thread(replay.heads, set(self.audiences))
        for stream_id, audience in list(self.audiences.items()):
            if heads.get(stream_id) != audience.head:
                audience.stir()
            audience.beat()
        beat = frame("beat")
        for listener in list(self.listeners):
            if listener.allowed.stream_id is None:
                listener.outbox.beat(beat)
        await self._check(set(self.listeners))

    async def _check(self, listeners: set[Listener]) -> None:
        answers = await asyncio.gather(*(self.porter.ask(listener.knock) for listener in listeners))
        for listener, answer in zip(listeners, answers, strict=True):
            self._heed(listener, answer)

    def _heed(self, listener: Listener, answer: Answer) -> None:
        """Show out who may not listen any more; who has another stream now comes back by itself."""
        if isinstance(answer, Refusal):
            listener.outbox.close(SHOWN_OUT[answer])
        elif answer.stream_id != listener.allowed.stream_id:
            listener.outbox.close(Close.LATER)
        else:
            self.register.allow(listener, answer)


def hub() -> Hub:
    """The hub of the running event loop."""
    return _hubs.setdefault(asyncio.get_running_loop(), Hub())


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()
