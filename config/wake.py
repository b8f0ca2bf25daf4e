"""Tell every process, after the commit, that something changed; losing such a wake costs only time.

Topics: `stream:<id>`, `desk:<firm id>`, `console`, `session:<user id>`, `forgotten`. Within the process they go
directly, to others by NOTIFY or, with REDIS_URL, by its pub/sub; never inside a transaction, which NOTIFY slows.

The channel layer is not used: it subscribes anew after a break without a word, and what was said meanwhile is
missed. Here every break ends the line, and whoever listens is told to look at everything (adr/0017).
"""

import asyncio
import contextlib
import logging
import os
import random
import secrets
import threading
import time
from collections.abc import AsyncGenerator, Iterable, Iterator
from functools import partial
from typing import Any

import psycopg
import redis
from django.conf import settings
from django.db import connections, transaction
from redis import asyncio as redis_asyncio

from config import meters
from config.environment import redis_options

log = logging.getLogger(__name__)

NAME = "murmuration"  # of the channel, at PostgreSQL and at Redis
FORGOTTEN = "forgotten"  # the topic that says: somebody was erased, so keep nothing that was read before
EVERYTHING = "*"  # the topic that says: wakes may have been lost, look at all
PAYLOAD_BYTES = 7900  # PostgreSQL refuses 8000
GATHER_SECONDS = 0.003
IDLE_SECONDS = 2.0  # after which the sender gives its connection back
RETRY_SECONDS = (0.2, 1.5)
DJANGO_OPTIONS = {"pool", "server_side_binding"}


def wake(*topics: str) -> None:
    """Send these topics to all processes after the commit; at once when there is no transaction."""
    if topics:
        transaction.on_commit(partial(_sender.put, frozenset(topics)))


def tell(*topics: str) -> None:
    """Send topics that are about no transaction, at once; may be called where no database may be asked."""
    if topics:
        _sender.put(frozenset(topics))


async def listen() -> AsyncGenerator[set[str], None]:
    """Yield the topics that were woken; EVERYTHING at the start and after each break of the line."""
    inbox = _Inbox(asyncio.get_running_loop())
    _inboxes.add(inbox)
    follower = asyncio.create_task(_follow(inbox))
    try:
        while True:
            yield await inbox.take()
    finally:
        _inboxes.discard(inbox)
        follower.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await follower


class _Inbox:
    """Topics that wait for one event loop; put in from any thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop, self.topics, self.filled = loop, set[str](), asyncio.Event()

    def put(self, topics: Iterable[str]) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended
            self.loop.call_soon_threadsafe(self.add, topics)

    def add(self, topics: Iterable[str]) -> None:
        self.topics.update(topics)
        self.filled.set()

    async def take(self) -> set[str]:
        await self.filled.wait()
        self.filled.clear()
        taken, self.topics = self.topics, set()
        return taken


class _Sender:
    """A thread that sends what was gathered; it runs only while there is something to send."""

    def __init__(self) -> None:
        self.lock = threading.Condition()
        self.topics: set[str] = set()
        self.thread: threading.Thread | None = None
        self.origin = secrets.token_hex(4)  # so that a process knows its own wakes

    def put(self, topics: frozenset[str]) -> None:
        for inbox in tuple(_inboxes):
            inbox.put(topics)
        with self.lock:
            self.topics |= topics
            if self.thread is None:
                self.thread = threading.Thread(target=self.run, name="wake", daemon=True)
                self.thread.start()
            self.lock.notify()

    def run(self) -> None:
        with contextlib.closing(_Line()) as line:
            while topics := self.take():
                self.send(line, topics)

    def take(self) -> set[str]:
        """Wait for topics; none when nothing came for a while, and then the thread ends."""
        with self.lock:
            if not self.lock.wait_for(lambda: self.topics, IDLE_SECONDS):
                self.thread = None
                return set()
        time.sleep(GATHER_SECONDS)
        with self.lock:
            taken, self.topics = self.topics, set()
        return taken

    def send(self, line: "_Line", topics: set[str]) -> None:
        for payload in payloads(f"{self.origin}@{time.time():.3f}", topics):
            if not (line.tries(payload) or line.tries(payload)):
                meters.WAKES_LOST.inc()  # the boards' beat finds what it would have said
                log.warning("a wake was lost: %s", payload)


class _Line:
    """The sender's own way out: never the connection of a request."""

    def __init__(self) -> None:
        self.address: dict[str, Any] = {}
        self.connection: psycopg.Connection[Any] | None = None
        self.redis: redis.Redis | None = None

    def tries(self, payload: str) -> bool:
        try:
            self.send(payload)
        except Exception as broken:  # any fault of the line is mended in the same way: by a new one
            log.info("the line of wakes broke: %s", broken)
            self.close()
            return False
        return True

    def send(self, payload: str) -> None:
        if settings.REDIS_URL:
            self.redis = self.redis or redis.Redis.from_url(settings.REDIS_URL, **redis_options(timeout=2.0))
            self.redis.publish(NAME, payload)
        else:
            self.connect().execute("SELECT pg_notify(%s, %s)", [NAME, payload])

    def connect(self) -> psycopg.Connection[Any]:
        """The open connection, or a new one when the database is another than before."""
        if self.connection is None or self.connection.closed or self.address != address():
            self.close()
            self.address = address()
            self.connection = psycopg.connect(autocommit=True, **self.address)
        return self.connection

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()
        if self.redis is not None:
            self.redis.close()
        self.connection = self.redis = None


def payloads(origin: str, topics: Iterable[str]) -> Iterator[str]:
    """Put topics behind their origin, as many into one payload as PostgreSQL takes."""
    words, size = [origin], len(origin)
    for topic in sorted(topics):
        if size + 1 + len(topic.encode()) > PAYLOAD_BYTES:
            yield " ".join(words)
            words, size = [origin], len(origin)
        words.append(topic)
        size += 1 + len(topic.encode())
    yield " ".join(words)


def address() -> dict[str, Any]:
    """How psycopg reaches the database that Django uses at this time."""
    conf = connections["default"].settings_dict
    named = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    options = {name: value for name, value in conf["OPTIONS"].items() if name not in DJANGO_OPTIONS}
    return {name: conf[key] for name, key in named.items() if conf[key]} | options


async def _follow(inbox: _Inbox) -> None:
    """Put what other processes send into the inbox, for ever; a broken line is taken up again."""
    while True:
        try:
            await (_follow_redis(inbox) if settings.REDIS_URL else _follow_notify(inbox))
        except Exception as broken:  # any fault of the line is mended in the same way
            log.warning("the line of wakes broke: %s", broken)
        await asyncio.sleep(random.uniform(*RETRY_SECONDS))


async def _follow_notify(inbox: _Inbox) -> None:
    async with await psycopg.AsyncConnection.connect(autocommit=True, **address()) as connection:
        await connection.execute(f"LISTEN {NAME}")
        inbox.add({EVERYTHING})
        async for notice in connection.notifies():
            _deliver(inbox, notice.payload)


async def _follow_redis(inbox: _Inbox) -> None:
    client = redis_asyncio.Redis.from_url(settings.REDIS_URL, **redis_options(timeout=None))
    async with client, client.pubsub() as line:
        await line.subscribe(NAME)
        while True:
            message = await line.get_message(timeout=None)
            if message is None:  # what redis-py makes of a peer that was cut off; to ask again would spin
                raise ConnectionError("nobody is at the other end")
            if message["type"] == "subscribe":  # it holds from here on
                inbox.add({EVERYTHING})
            elif message["type"] == "message":
                _deliver(inbox, message["data"])


def _deliver(inbox: _Inbox, payload: str) -> None:
    sender, *topics = payload.split(" ")
    origin, _, sent_at = sender.partition("@")
    if origin != _sender.origin:  # our own came without a trip
        inbox.add(topics)
        if sent_at:
            meters.WAKE_SECONDS.observe(max(0.0, time.time() - float(sent_at)))


def _start_anew() -> None:
    """A forked child has none of its parent's threads and event loops."""
    global _sender  # noqa: PLW0603 - one sender a process
    _sender = _Sender()
    _inboxes.clear()


_sender = _Sender()
_inboxes: set[_Inbox] = set()
os.register_at_fork(after_in_child=_start_anew)
