"""Nothing is lost: replay, snapshot, gaps, lost wakes, slow sockets."""

import asyncio

import pytest
from asgiref.sync import sync_to_async
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from alliances import actions, live
from alliances.live import hub as hubs
from alliances.live import news
from alliances.live import outbox as outboxes
from alliances.live.frames import Close, Frame
from alliances.live.outbox import Outbox
from alliances.queries import admission, replay
from alliances.queries.admission import Kind, Knock
from config.rows import CLOCK
from tests.builders.firms import NOW
from tests.rooms.alliances.boards import cookie_of, session_of, working_world
from tests.rooms.alliances.sockets import HOST, ORIGIN, BoardClient, board, path_of, socket

pytestmark = pytest.mark.usefixtures("real_database")


@pytest.fixture
async def world(real_database):
    return await sync_to_async(working_world)()


async def test_everybody_gets_every_event_once_and_in_order(world):
    async with (
        board(world.alliance, world.maker) as one,
        board(world.alliance, world.firms.seller.owner) as two,
    ):
        await say(world, 30)
        await asyncio.gather(one.until(30), two.until(30))
        assert one.versions == two.versions == list(range(1, 31))


async def test_a_client_that_returns_gets_what_it_missed_and_no_snapshot(world):
    async with board(world.alliance, world.firms.operator) as staying:
        async with board(world.alliance, world.maker) as client:
            await say(world, 3)
            await client.until(3)
        await say(world, 4)
        await staying.until(7)
        async with socket(path_of(world.alliance), world.maker) as (opened, _):
            again = BoardClient(opened)
            hello = await again.since(client.epoch, 3)
            assert (hello["version"], hello["epoch"]) == (7, client.epoch)
            await again.until(7)
            assert again.versions == [4, 5, 6, 7]
            assert not again.state


async def test_a_process_that_has_just_started_replays_from_the_database(world):
    await say(world, 5)
    epoch = str(world.alliance.stream.epoch)
    async with socket(path_of(world.alliance), world.maker) as (opened, _):
        client = BoardClient(opened)
        await client.since(epoch, 2)
        await client.until(5)
        assert client.versions == [3, 4, 5]


@pytest.mark.parametrize(
    "epoch, version", [(None, 0), ("00000000-0000-4000-8000-000000000000", 3), ("same", 99)]
)
async def test_a_client_of_another_life_gets_a_snapshot(world, epoch, version):
    await say(world, 3)
    epoch = str(world.alliance.stream.epoch) if epoch == "same" else epoch
    async with socket(path_of(world.alliance), world.maker) as (opened, _):
        client = BoardClient(opened)
        await client.since(epoch, version)
        assert (await client.hear())["t"] == "snapshot"
        assert client.version == 3


async def test_who_has_missed_more_than_the_ring_gets_a_snapshot(world, monkeypatch):
    monkeypatch.setattr(news, "RING", 4)
    await say(world, 9)
    epoch = str(world.alliance.stream.epoch)
    async with socket(path_of(world.alliance), world.maker) as (opened, _):
        client = BoardClient(opened)
        await client.since(epoch, 2)
        assert (await client.hear())["t"] == "snapshot"
        await say(world, 2)
        await client.until(11)


async def test_a_burst_longer_than_the_ring_still_arrives(world, monkeypatch):
    monkeypatch.setattr(news, "RING", 4)
    async with board(world.alliance, world.maker) as client:
        await sync_to_async(in_one_transaction)(world, 20)
        while client.version < 20:
            await client.hear()
        assert client.state["version"] == 20


async def test_who_is_erased_is_on_no_board_and_in_no_replay(world):
    carrier = world.firms.carrier.worker
    async with board(world.alliance, world.maker) as client:
        await say(world, 1, actor=carrier.actor, note="call me at home")
        await client.until(1)
        await sync_to_async(actions.erase)(world.firms.operator.actor, str(carrier.pseudonym), now=NOW)
        while (await client.hear())["t"] != "snapshot":
            pass
        assert str(carrier.pseudonym) not in client.state["people"]
        async with socket(path_of(world.alliance), world.firms.seller.owner) as (opened, _):
            late = BoardClient(opened)
            await late.since(client.epoch, 0)
            told = await late.hear()
            assert told["t"] == "snapshot"
            assert "call me at home" not in str(told)


async def test_a_lost_wake_costs_only_time(world, monkeypatch):
    monkeypatch.setattr(hubs, "BEAT_SECONDS", 0.05)
    monkeypatch.setitem(live.record.__globals__, "wake", lambda *topics: None)
    async with board(world.alliance, world.maker) as client:
        await say(world, 2)
        await client.until(2)
        while (await client.hear()) != {"t": "beat", "version": 2}:
            pass


async def test_a_wake_from_another_process_is_heard(world, monkeypatch):
    monkeypatch.setitem(live.record.__globals__, "wake", lambda *topics: None)
    async with board(world.alliance, world.maker) as client:
        await asyncio.sleep(0.2)  # until the line is open
        await say(world, 1)
        assert await client.socket.is_quiet()
        await sync_to_async(notify)(f"other stream:{world.alliance.stream_id}")
        await client.until(1)


async def test_names_travel_beside_the_record(world):
    async with board(world.alliance, world.maker) as client:
        await say(world, 1, actor=world.firms.seller.owner.actor)
        event = await client.hear()
        assert (event["by"], event["actor"]) == ("Owner", world.firms.seller.owner.actor.key)


async def test_a_storm_of_returns_costs_two_queries_a_board_and_few_to_get_in(world, monkeypatch):
    await say(world, 3)
    tails, batches = [], []
    counted(monkeypatch, replay, "tails", tails)
    monkeypatch.setattr(hubs, "admit", lambda knocks: batches.append(len(knocks)) or answers(knocks))
    answers, epoch = admission.admit, str(world.alliance.stream.epoch)
    firms = (world.firms.maker, world.firms.carrier, world.firms.seller)
    cookies = [await sync_to_async(cookie_of)(firm.owner) for firm in firms] * 15
    everybody = asyncio.Barrier(
        len(cookies)
    )  # who left at once would let the board be forgotten and read anew
    async with asyncio.TaskGroup() as group:
        for cookie in cookies:
            group.create_task(comes_back(world, cookie, epoch, everybody))
    assert sum(batches) == len(cookies)
    assert len(batches) <= 3
    assert len(tails) <= 3


async def test_admission_takes_a_fixed_number_of_queries(world):
    def count(users):
        knocks = [Knock(Kind.ALLIANCE, session_of(user), world.alliance.key) for user in users]
        with CaptureQueriesContext(connection) as queries:
            assert all(isinstance(answer, admission.Pass) for answer in admission.admit(knocks))
        return len(queries)

    firms = world.firms
    one = await sync_to_async(count)([firms.maker.owner])
    many = await sync_to_async(count)(
        [firms.maker.owner, firms.carrier.worker, firms.seller.manager, firms.operator]
    )
    assert one == many == 4


class Wire:
    """A client's side of an outbox that takes frames only when told to."""

    def __init__(self):
        self.open, self.taken = asyncio.Event(), []

    async def send(self, message):
        await self.open.wait()
        self.taken.append(message)

    async def settle(self):
        for _ in range(5):
            await asyncio.sleep(0)


async def test_a_slow_socket_is_marked_and_resynced_from_what_it_has():
    wire, resynced = Wire(), []
    outbox = Outbox(wire.send, lambda: resynced.append(outbox.sent))
    outbox.offer(Frame("first", 1))
    await wire.settle()
    for version in range(2, 100):
        outbox.offer(Frame("x" * 1_000, version))
    assert outbox.is_dirty
    assert outbox.waiting < 64 * 1024
    wire.open.set()
    await wire.settle()
    assert resynced == [1]
    assert [message["text"] for message in wire.taken] == ["first"]
    outbox.stop()


async def test_answers_survive_when_a_slow_socket_drops_events():
    wire = Wire()
    outbox = Outbox(wire.send, lambda: None)
    outbox.offer(Frame("in flight", 1))
    await wire.settle()
    outbox.offer(Frame("answer"))
    for version in range(2, 100):
        outbox.offer(Frame("x" * 1_000, version))
    wire.open.set()
    await wire.settle()
    assert [message["text"] for message in wire.taken] == ["in flight", "answer"]
    outbox.stop()


async def test_a_socket_that_takes_nothing_is_closed(monkeypatch):
    monkeypatch.setattr(outboxes, "PATIENCE_SECONDS", 0.02)
    wire = Wire()
    outbox = Outbox(wire.send, lambda: None)
    outbox.offer(Frame("in flight", 1))
    await wire.settle()
    for version in range(2, 100):
        outbox.offer(Frame("x" * 1_000, version))
    await asyncio.sleep(0.05)
    wire.open.set()
    await wire.settle()
    assert wire.taken == [{"type": "websocket.close", "code": Close.LATER}]


async def test_a_stalled_client_does_not_hold_up_the_others(world):
    async with (
        socket(path_of(world.alliance), world.firms.carrier.owner) as (stalled, _),
        board(world.alliance, world.maker) as client,
    ):
        await BoardClient(stalled).since()
        await say(world, 20, note="x" * 900)
        await client.until(20)
        assert client.versions == list(range(1, 21))


async def say(world, times, *, actor=CLOCK, note=""):
    """Record events, each in a transaction of its own."""
    for _ in range(times):
        await sync_to_async(in_one_transaction)(world, 1, actor, note)


def in_one_transaction(world, times, actor=CLOCK, note=""):
    with transaction.atomic():
        for _ in range(times):
            live.record(world.alliance.stream, "tried", actor, NOW, changes={}, note=note)


async def comes_back(world, cookie, epoch, everybody):
    async with socket(path_of(world.alliance), headers=[HOST, ORIGIN, cookie]) as (opened, _):
        client = BoardClient(opened)
        await client.since(epoch, 1)
        await client.until(3)
        await everybody.wait()


def counted(monkeypatch, module, name, calls):
    function = getattr(module, name)
    monkeypatch.setattr(module, name, lambda *args: calls.append(args) or function(*args))


def notify(payload):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify('murmuration', %s)", [payload])
