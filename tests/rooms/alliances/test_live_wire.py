"""Frames on real lines: written into the transport where that is safe, with the same rules for slow sockets."""

import asyncio
import json

import pytest
from asgiref.sync import sync_to_async
from websockets.frames import Frame as Reference
from websockets.frames import Opcode

from alliances.live import outbox as outboxes
from alliances.live import wire as wires
from alliances.live.frames import Frame
from alliances.live.hub import hub
from alliances.live.wire import DirectWire, Wire, wire_of
from tests.rooms.alliances.boards import cookie_of, working_world
from tests.rooms.alliances.servers import Caller, server
from tests.rooms.alliances.sockets import board, path_of
from tests.rooms.alliances.test_live_hub import in_one_transaction, say

SINCE = '{"t":"since","epoch":null}'


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536, 70_000])
def test_a_frame_is_encoded_as_the_servers_library_does_it(size):
    text = "x" * (size - 1) + "é"[: size - 1 and 1] if size > 1 else "x" * size
    reference = Reference(Opcode.TEXT, text.encode()).serialize(mask=False)
    assert Frame(text).encoded == reference


def test_what_is_not_the_servers_own_send_is_used_as_it_is():
    async def send(message):
        raise AssertionError

    assert type(wire_of(send)) is Wire
    assert not wire_of(send).write(Frame("x"))


@pytest.fixture
async def world(real_database):
    return await sync_to_async(working_world)()


async def call(world, port, user, **more):
    _, cookie = await sync_to_async(cookie_of)(user)
    caller = await Caller.call(port, path_of(world.alliance), cookie, **more)
    caller.say(SINCE)
    return caller


async def test_events_and_answers_come_in_order_on_a_direct_line(world):
    task = await sync_to_async(world.task)("M6")
    async with server() as port:
        caller = await call(world, port, world.maker)
        assert json.loads(await caller.hear())["t"] == "hello"
        assert json.loads(await caller.hear())["t"] == "snapshot"
        (listener,) = hub().listeners
        assert isinstance(listener.outbox.wire, DirectWire)
        name = "0f8fad5b-d9cb-469f-a165-70867728950e"
        caller.say(json.dumps({"t": "do", "id": name, "verb": "start", "task": task.pk}))
        await say(world, 5)
        heard = [json.loads(await caller.hear()) for _ in range(7)]
        assert [told["version"] for told in heard if told["t"] == "event"] == [1, 2, 3, 4, 5, 6]
        assert [told["ok"] for told in heard if told["t"] == "answer"] == [True]
        caller.hang_up()


async def test_a_client_that_reads_nothing_is_cut_off_and_holds_up_nobody(world, monkeypatch):
    monkeypatch.setattr(outboxes, "PATIENCE_SECONDS", 0.3)
    monkeypatch.setattr(outboxes, "ABORT_SECONDS", 0.2)
    monkeypatch.setattr(wires, "SEND_BUFFER_BYTES", 4_096)
    async with server() as port, board(world.alliance, world.firms.seller.owner) as other:
        stalled = await call(world, port, world.maker, receive_buffer=2_048)
        await until(lambda: len(hub().listeners) == 2 and all(one.follows for one in hub().listeners))
        (listener,) = [one for one in hub().listeners if isinstance(one.outbox.wire, DirectWire)]
        for _ in range(10):
            await sync_to_async(in_one_transaction)(world, 20, note="x" * 900)
        await other.until(200)
        assert listener.outbox.is_dirty or listener.outbox.closing
        assert listener.outbox.waiting < 64 * 1024 + 2_000
        await until(lambda: len(hub().listeners) == 1)
        await stalled.ends()


async def test_a_client_that_falls_behind_and_reads_again_has_everything(world, monkeypatch):
    monkeypatch.setattr(wires, "SEND_BUFFER_BYTES", 4_096)
    async with server() as port, board(world.alliance, world.firms.seller.owner) as other:
        slow = await call(world, port, world.maker, receive_buffer=2_048)
        await until(lambda: len(hub().listeners) == 2 and all(one.follows for one in hub().listeners))
        for _ in range(10):
            await sync_to_async(in_one_transaction)(world, 20, note="x" * 900)
        await other.until(200)
        version = 0
        while version < 200:
            told = json.loads(await slow.hear())
            if told["t"] in {"event", "snapshot"}:
                assert told["t"] == "snapshot" or told["version"] == version + 1
                version = told["version"]
        slow.hang_up()


async def test_who_takes_nothing_for_some_beats_is_given_up(monkeypatch):
    closed = []
    blocked = asyncio.Event()

    async def send(message):
        if message["type"] == "websocket.close":
            closed.append(message["code"])
        else:
            await blocked.wait()

    outbox = outboxes.Outbox(send, lambda: None)
    outbox.offer(Frame("little", 1))
    for _ in range(4):
        await asyncio.sleep(0)
        outbox.beat(Frame("beat"))
    await asyncio.sleep(0.01)
    assert closed == [4408]
    outbox.stop()


async def until(condition, seconds=10.0):
    for _ in range(int(seconds * 100)):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not come to that")
