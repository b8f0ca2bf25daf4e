"""What clients say: understood, answered, or the end of the socket, without harm to others."""

import json

import pytest
from asgiref.sync import sync_to_async

from alliances.consumers.words import Since, TooLargeError, parse
from alliances.orders.order import Do, MalformedError
from tests.rooms.alliances.boards import working_world
from tests.rooms.alliances.sockets import BoardClient, board, path_of, socket

ID = "0f8fad5b-d9cb-469f-a165-70867728950e"
MALFORMED, TOO_LARGE, FLOOD = 4400, 4413, 4429


def test_since_says_what_a_client_has():
    assert parse('{"t":"since","epoch":"e","version":7}') == Since("e", 7)
    assert parse('{"t":"since","epoch":null}') == Since(None, 0)


def test_do_says_what_a_client_wants():
    said = {
        "t": "do",
        "id": ID,
        "verb": "finish",
        "task": 7,
        "expected_version": 3,
        "data": {"done_units": 1},
    }
    assert parse(json.dumps(said)) == Do(ID, "finish", 7, 3, {"done_units": 1})
    assert parse(json.dumps({"t": "do", "id": ID, "verb": "confirm"})) == Do(ID, "confirm", None, None, {})


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "hello",
        "[]",
        "7",
        "null",
        "{}",
        '{"t":"shout"}',
        '{"t":["since"]}',
        '{"t":"since","version":-1}',
        '{"t":"since","version":1.5}',
        '{"t":"since","version":true}',
        '{"t":"since","version":"1"}',
        '{"t":"since","version":9007199254740993}',
        '{"t":"since","epoch":7}',
        '{"t":"do","verb":"start","task":1}',
        '{"t":"do","id":"one","verb":"start","task":1}',
        '{"t":"do","id":7,"verb":"start"}',
        f'{{"t":"do","id":"{ID}","verb":["start"]}}',
        f'{{"t":"do","id":"{ID}","verb":"start","task":"1"}}',
        f'{{"t":"do","id":"{ID}","verb":"start","data":[]}}',
        "[" * 2_000,
        '{"t":' * 2_000,
        '{"t":"since","version":' + "9" * 5_000 + "}",
        '"\\ud800"',
    ],
)
def test_what_is_not_in_the_protocol_is_malformed(text):
    with pytest.raises(MalformedError):
        parse(text)


@pytest.mark.parametrize("text", ["x" * 16_385, "测" * 6_000])
def test_long_messages_are_not_even_read(text):
    with pytest.raises(TooLargeError):
        parse(text)


@pytest.fixture
async def world(real_database):
    return await sync_to_async(working_world)()


async def test_bad_words_end_the_socket_and_nobody_elses(world):
    async with board(world.alliance, world.firms.operator) as other:
        assert await ends(world, text="[" * 2_000) == MALFORMED
        assert await ends(world, text="x" * 16_385) == TOO_LARGE
        assert await ends(world, bytes=b"\x00\x01") == MALFORMED
        assert await ends(world, text='{"t":"since"}', times=2) == MALFORMED
        assert await ends(world, text='{"t":"since"}', times=90) in {FLOOD, MALFORMED}
        task = await sync_to_async(world.task)("M6")
        answer = await other.do("start", task.pk)
        assert answer["ok"]


async def test_a_flood_of_well_formed_words_ends_the_socket(world):
    words = json.dumps({"t": "do", "id": ID, "verb": "sing"})
    assert await ends(world, text=words, times=100) == FLOOD


async def test_forty_words_a_second_are_no_flood(world):
    words = json.dumps({"t": "do", "id": ID, "verb": "sing"})
    async with board(world.alliance, world.maker) as client:
        for _ in range(40):
            await client.socket.send(text=words)
        for _ in range(40):
            assert (await client.hear())["code"] == "unknown_verb"


async def ends(world, times=1, **message):
    """How a board's socket ends after such a message."""
    async with socket(path_of(world.alliance), world.maker) as (opened, _):
        for _ in range(times):
            await opened.send(**message)
        return await BoardClient(opened).closed()
