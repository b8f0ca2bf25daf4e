"""What was done offline comes as one batch: each order once, in its place, with an answer of its own."""

import json
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from alliances.api import OrdersRate
from alliances.consumers.words import parse
from alliances.models import Event
from alliances.orders.batch import MAX_ORDERS, Batch, batch_of, carry_out_all
from alliances.orders.order import Do, MalformedError
from alliances.orders.verbs import VERBS
from config import clock
from tests.builders.firms import NOW
from tests.rooms.alliances.boards import working_world
from tests.rooms.alliances.sockets import board


def an_order(verb, task=None, expected_version=None, **data):
    return {
        "id": str(uuid4()),
        "verb": verb,
        "task": task,
        "expected_version": expected_version,
        "data": data,
    }


@pytest.fixture
def world(db):
    clock.set_pace(1.0, start_at=NOW)
    return working_world()


@pytest.fixture
def task(world):
    return world.task("M6")


def kinds(world):
    return list(
        Event.objects.filter(stream=world.alliance.stream).order_by("version").values_list("kind", flat=True)
    )


def send(world, *orders, stop=False):
    batch = batch_of({"orders": list(orders), "stop": stop})
    return carry_out_all(batch, world.maker.actor, world.alliance.key, "en")


def outcomes(answers):
    return ["ok" if answer["ok"] else answer["code"] for answer in answers]


def test_orders_are_carried_out_in_turn_and_a_repeated_batch_once(world, task):
    orders = [an_order("start", task.pk, 1), an_order("progress", task.pk, 2, done_units=250)]
    orders[0]["expected_version"], orders[1]["expected_version"] = task.version, task.version + 1
    first = send(world, *orders)
    assert outcomes(first) == ["ok", "ok"]
    assert [answer["re"] for answer in first] == [order["id"] for order in orders]
    assert send(world, *orders) == first
    assert send(world, orders[1]) == first[1:]
    assert kinds(world) == ["started", "progressed"]


def test_after_a_refusal_nothing_more_is_done_to_that_task_but_the_rest_goes_on(world, task):
    """A colleague was faster: the finish would fit the version by chance, but not what the person saw."""
    send(world, an_order("start", task.pk))
    answers = send(
        world,
        an_order("progress", task.pk, task.version, done_units=900),
        an_order("finish", task.pk, task.version + 1, done_units=1_000),
        an_order("post_stock", place="Hamburg", units=40),
    )
    assert outcomes(answers) == ["conflict", "after_refused", "ok"]
    assert answers[0]["detail"]["task"]["state"] == "started"
    assert answers[1]["text"]
    assert kinds(world) == ["started", "stock_posted"]


def test_a_batch_may_ask_to_end_with_the_first_refusal(world, task):
    orders = [an_order("progress", task.pk, done_units=1), an_order("post_stock", place="Hamburg", units=40)]
    assert outcomes(send(world, *orders, stop=True))[1:] == ["after_refused"]
    assert kinds(world) == []


def test_when_the_database_is_away_the_rest_waits_and_is_done_when_sent_again(world, task, monkeypatch):
    orders = [an_order("start", task.pk), an_order("post_stock", place="Hamburg", units=40)]

    def away(*args, **more):
        raise OperationalError("the server closed the connection")

    with monkeypatch.context() as patched:
        patched.setitem(VERBS, "start", VERBS["start"].__class__(away, {}, is_of_task=True))
        assert outcomes(send(world, *orders)) == ["later", "not_tried"]
    assert outcomes(send(world, *orders)) == ["ok", "ok"]


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"orders": []},
        {"orders": {}},
        {"orders": [7]},
        {"orders": [an_order("start")] * (MAX_ORDERS + 1)},
        {"orders": [an_order("start")], "stop": "no"},
        {"orders": [{**an_order("start"), "id": "1"}]},
    ],
)
def test_what_is_no_batch_is_malformed(said):
    with pytest.raises(MalformedError):
        parse(json.dumps({"t": "batch", **said}))


def test_a_batch_is_understood():
    said = an_order("start", 7)
    understood = Batch((Do(said["id"], "start", 7, None, {}),), False)
    assert parse(json.dumps({"t": "batch", "orders": [said]})) == understood


def test_by_http_it_is_the_same(world, task):
    client = Client()
    client.force_login(world.maker)
    address = reverse("alliances:api-orders", args=[world.alliance.key])
    orders = [an_order("start", task.pk), an_order("sing")]
    answers = [client.post(address, {"orders": orders}, "application/json").json()["answers"] for _ in "12"]
    assert outcomes(answers[0]) == ["ok", "unknown_verb"]
    assert answers[0] == answers[1]
    assert client.post(address, [1], "application/json").status_code == 400
    client.force_login(world.firms.outsider.owner)
    assert client.post(address, {"orders": orders}, "application/json").status_code == 404
    assert kinds(world) == ["started"]


def test_json_without_end_is_an_answer_too(world):
    client = Client()
    client.force_login(world.maker)
    address = reverse("alliances:api-orders", args=[world.alliance.key])
    assert client.post(address, "[" * 100_000 + "]" * 100_000, "application/json").status_code == 400


def test_a_flood_by_http_is_told_to_wait(world, monkeypatch):
    monkeypatch.setattr(OrdersRate, "timer", staticmethod(lambda: 1_000.0))
    client = Client()
    client.force_login(world.maker)
    address = reverse("alliances:api-orders", args=[world.alliance.key])
    answers = [client.post(address, {}, "application/json") for _ in range(41)]
    assert {answer.status_code for answer in answers[:40]} == {400}
    assert (answers[40].status_code, answers[40]["Retry-After"]) == (429, "1")


async def test_on_a_socket_each_order_is_answered(real_database):
    world = await sync_to_async(working_world)()
    task = await sync_to_async(world.task)("M6")
    orders = [an_order("start", task.pk), an_order("sing", task.pk), an_order("hand_back", task.pk)]
    async with board(world.alliance, world.maker) as client:
        await client.say(t="batch", orders=orders)
        heard = [await client.hear() for _ in range(4)]
        answers = [frame for frame in heard if frame["t"] == "answer"]
        assert [answer["re"] for answer in answers] == [order["id"] for order in orders]
        assert outcomes(answers) == ["ok", "unknown_verb", "after_refused"]


async def test_full_batches_are_no_flood(real_database):
    world = await sync_to_async(working_world)()
    async with board(world.alliance, world.maker) as client:
        for _ in range(2):
            await client.say(t="batch", orders=[an_order("sing") for _ in range(MAX_ORDERS)])
        for _ in range(2 * MAX_ORDERS):
            assert (await client.hear())["t"] == "answer"
        assert (await client.do("sing"))["code"] == "unknown_verb"
