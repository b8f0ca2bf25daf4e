"""Commands on a board's socket: one table, exactly once, answered to the one who asked, told to all."""

from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async

from alliances import actions
from alliances.models import Event, Task
from alliances.orders.verbs import VERBS
from tests.rooms.alliances.boards import invitation_of, working_world
from tests.rooms.alliances.sockets import BoardClient, board, path_of, socket


@pytest.fixture
async def world(real_database):
    return await sync_to_async(working_world)()


@pytest.fixture
async def task(world):
    return await sync_to_async(world.task)("M6")


async def kinds(world):
    return [event.kind async for event in Event.objects.filter(stream=world.alliance.stream_id)]


async def test_a_command_is_answered_and_told_to_everybody(world, task):
    async with (
        board(world.alliance, world.maker) as maker,
        board(world.alliance, world.firms.seller.owner) as other,
    ):
        answer = await maker.do("start", task.pk, expected_version=task.version)
        assert (answer["ok"], answer["result"]["task"]["state"]) == (True, "started")
        for client in (maker, other):
            await client.until(1)
            assert client.state["tasks"][str(task.pk)]["state"] == "started"


async def test_a_repeated_command_gets_the_first_answer_and_does_nothing(world, task):
    name = str(uuid4())
    async with board(world.alliance, world.maker) as client:
        first = await client.do("start", task.pk, id=name)
        again = await client.do("start", task.pk, id=name)
        assert first == again
    async with board(world.alliance, world.maker) as later:
        assert await later.do("start", task.pk, id=name) == first
    assert await kinds(world) == ["started"]


async def test_an_id_is_not_used_for_two_things(world, task):
    name = str(uuid4())
    async with board(world.alliance, world.maker) as client:
        await client.do("start", task.pk, id=name)
        answer = await client.do("hand_back", task.pk, id=name)
        assert (answer["ok"], answer["code"]) == (False, "command_id_reused")


async def test_an_edit_of_an_older_version_is_refused_with_the_present_state(world, task):
    async with board(world.alliance, world.maker) as client:
        await client.do("start", task.pk, expected_version=task.version)
        answer = await client.do("finish", task.pk, expected_version=task.version, data={"done_units": 1_000})
        assert (answer["ok"], answer["code"]) == (False, "conflict")
        assert answer["detail"]["task"]["state"] == "started"
    assert await kinds(world) == ["started"]


async def test_a_refusal_says_why_in_the_language_of_the_page(world, task):
    async with socket(f"{path_of(world.alliance)}?lang=zh-hans", world.maker) as (opened, _):
        answer = await BoardClient(opened).do("sing", task.pk)
        assert answer["code"] == "unknown_verb"
        assert not answer["text"].isascii()


@pytest.mark.parametrize(
    "verb, data",
    [
        ("progress", {}),
        ("progress", {"done_units": "7"}),
        ("progress", {"done_units": 7.5}),
        ("progress", {"done_units": True}),
        ("progress", {"done_units": 7, "now": "2026-01-01"}),
        ("finish", {"shortfall": ["x"]}),
        ("finish", {"shortfall": "a\0b"}),
        ("finish", {"shortfall": "\ud800"}),
        ("start", {"actor": "me"}),
    ],
)
async def test_wrong_arguments_are_refused_not_passed_on(world, task, verb, data):
    async with board(world.alliance, world.maker) as client:
        answer = await client.do(verb, task.pk, data=data)
        assert (answer["ok"], answer["code"]) == (False, "invalid")
    assert await kinds(world) == []


async def test_the_task_of_another_firm_is_as_missing_as_no_task(world):
    listing = await sync_to_async(world.task)("K2")
    async with board(world.alliance, world.maker) as client:
        foreign = await client.do("start", listing.pk)
        missing = await client.do("start", 2**40)
        assert foreign["code"] == missing["code"] == "not_found"
        assert foreign["text"] == missing["text"]


async def test_a_failure_is_answered_and_the_socket_goes_on(world, task, monkeypatch):
    monkeypatch.setitem(
        VERBS, "start", VERBS["start"].__class__(lambda *args, **more: 1 / 0, {}, is_of_task=True)
    )
    async with board(world.alliance, world.maker) as client:
        assert (await client.do("start", task.pk))["code"] == "failed"
        assert (await client.do("sing"))["code"] == "unknown_verb"


async def test_stock_and_exceptions_are_commands_too(world, task):
    async with board(world.alliance, world.firms.carrier.worker) as client:
        counted = await client.do("post_stock", data={"place": "Hamburg", "units": 40})
        wrong = await client.do("post_exception", data={"kind": "damage", "text": "rain", "task_id": task.pk})
        assert counted["ok"]
        assert wrong["ok"]
        await client.until(2)
        assert [row["units"] for row in client.state["stock"].values()] == [40]
        assert await Task.objects.filter(exception_kind="damage").aexists()


async def test_an_invitations_socket_takes_no_commands(world, task):
    firms = world.firms
    invitation = await sync_to_async(invitation_of)(world.alliance, firms.seller)
    async with socket(f"/ws/invitations/{invitation.key}/", firms.seller.owner) as (opened, _):
        client = BoardClient(opened)
        await client.say(t="do", id=str(uuid4()), verb="start", task=task.pk)
        assert await client.closed() == 4400


def test_every_verb_of_the_table_is_an_action():
    assert {verb.call for verb in VERBS.values()} <= {getattr(actions, name) for name in actions.__all__}
