"""The server's side of tests.bench.fanout: `python -m tests.bench.fanout_server MODE PORT`, spoken to by lines.

MODE is direct, portable or tutorial. For "N M" it gives N events to each board, from what the hub has read on, M of
them with each read, and prints when it began and its CPU seconds; for "size N M" how many bytes one socket will get
by that. "wait N" answers once N sockets follow, "queries" with how many statements this process has sent so far.
"""

import asyncio
import json
import os
import resource
import sys
import time
from collections import Counter

import django
import uvicorn

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from channels.generic.websocket import AsyncWebsocketConsumer  # noqa: E402
from channels.layers import get_channel_layer  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db.backends.utils import CursorWrapper  # noqa: E402
from django.urls import re_path  # noqa: E402

from alliances.live import hub as hubs  # noqa: E402
from alliances.live import outbox  # noqa: E402
from alliances.live.audience import Audience, News  # noqa: E402
from alliances.live.frames import Frame, joined  # noqa: E402
from alliances.live.wire import Wire  # noqa: E402
from alliances.queries.replay import Tail, Told  # noqa: E402
from config.embedded.platform import web  # noqa: E402
from config.garbage import spare_what_is_loaded  # noqa: E402

AT = "2026-03-02T08:00:00+00:00"
ROW = {"state": "started", "done_units": 250, "version": 7, "id": 4711, "code": "M6", "title": "Produce"}
BODY = json.dumps({"changes": {"tasks": {"4711": ROW}}, "note_hash": None}, separators=(",", ":"))


QUERIES = Counter[str]()


def count_queries() -> None:
    """Count every statement that Django sends."""
    execute = CursorWrapper.execute

    def counted(self, sql, params=None):
        QUERIES["all"] += 1
        return execute(self, sql, params)

    CursorWrapper.execute = counted


class Tutorial(AsyncWebsocketConsumer):
    """As the tutorial of Channels has it: each socket in a group, each encodes for itself."""

    channel_layer_alias = "tutorial"

    async def connect(self):
        await self.channel_layer.group_add("board", self.channel_name)
        await self.accept()

    async def disconnect(self, code):
        await self.channel_layer.group_discard("board", self.channel_name)

    async def told(self, event):
        await self.send(text_data=json.dumps(event["event"]))

    async def receive(self, text_data=None, bytes_data=None):
        pass


def told(version: int) -> Told:
    header = {"version": version, "kind": "started", "actor": "clock", "at": AT, "command": "", "note": ""}
    return Told(version, "clock", header, BODY)


async def tell(audiences: list[Audience], events: int, a_read: int) -> None:
    """Give each board its events one after the other, as reads of the database would."""
    for _ in range(0, events, a_read):
        for audience in audiences:
            head = audience.head + a_read
            new = [told(version + 1) for version in range(audience.head, head)]
            audience._take(News(Tail(audience.epoch, head, False, new), {}, set()))
        await asyncio.sleep(0)


async def tell_group(events: int) -> None:
    layer = get_channel_layer("tutorial")
    for version in range(1, events + 1):
        event = json.loads(told(version).frame(""))
        await layer.group_send("board", {"type": "told", "event": event})
        await asyncio.sleep(0)


def size_of(mode: str, events: int, a_read: int) -> int:
    """Bytes of the next events on one socket."""
    if mode == "tutorial":
        texts = [json.dumps(json.loads(told(version).frame(""))) for version in range(1, events + 1)]
    else:
        head = next(iter(hubs.hub().audiences.values())).head
        frames = [Frame(told(head + 1 + number).frame("")) for number in range(events)]
        texts = [
            message.text
            for first in range(0, events, a_read)
            for message in joined(frames[first : first + a_read])
        ]
    return sum(len(Frame(text).encoded) for text in texts)


async def obey(mode: str) -> None:
    """Do what the lines of standard input say."""
    loop = asyncio.get_running_loop()
    print("ready", flush=True)
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        word, *numbers = line.split()
        if word == "wait":
            await until_following(int(numbers[0]))
            print("following", flush=True)
            continue
        if word == "size":
            print(size_of(mode, *map(int, numbers)), flush=True)
            continue
        if word == "queries":
            print(QUERIES["all"], flush=True)
            continue
        audiences = list(hubs.hub().audiences.values())
        began, spent = time.monotonic(), time.process_time()
        await (tell_group(int(word)) if mode == "tutorial" else tell(audiences, int(word), int(numbers[0])))
        while any(one.outbox.task for one in hubs.hub().listeners):  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        print(began, time.process_time() - spent, flush=True)


async def until_following(sockets: int) -> None:
    while sum(one.follows for one in hubs.hub().listeners) < sockets:  # noqa: ASYNC110
        await asyncio.sleep(0.02)


def configuration(mode: str, port: int) -> uvicorn.Config:
    config = web()
    config.port, config.lifespan = port, "off"
    config.ws_ping_interval = None  # a ping would be counted
    if mode == "tutorial":
        layer = {"BACKEND": "channels.layers.InMemoryChannelLayer"}
        settings.CHANNEL_LAYERS = {"tutorial": layer}
        config.app = ProtocolTypeRouter({"websocket": URLRouter([re_path("", Tutorial.as_asgi())])})
        config.ws_per_message_deflate = True  # uvicorn's default; the client does not ask for it
    return config


async def main(mode: str, port: int) -> None:
    """Serve, and obey."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    hubs.BEAT_SECONDS = 3600.0
    count_queries()
    if mode == "portable":
        outbox.wire_of = Wire
    server = uvicorn.Server(configuration(mode, port))
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    spare_what_is_loaded()  # as the web's process does
    await obey(mode)
    server.should_exit = server.force_exit = True
    await serving


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
