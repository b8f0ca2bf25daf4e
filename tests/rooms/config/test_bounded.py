"""Requests that are larger than any door takes: said so, or found out while they come."""

import pytest
from asgiref.testing import ApplicationCommunicator

from config.bounded import bounded

MEGABYTE = b"x" * 1024 * 1024


async def reads_all(scope, receive, send):
    while (message := await receive())["type"] == "http.request" and message.get("more_body"):
        pass
    await send({"type": "heard", "last": message["type"]})


def asked(*headers):
    return ApplicationCommunicator(bounded(reads_all), {"type": "http", "headers": list(headers)})


@pytest.mark.parametrize("said", [b"99999999999", b"9" * 400])
async def test_what_says_that_it_is_too_large_is_not_read(said):
    line = asked((b"content-length", said))
    assert (await line.receive_output())["status"] == 413


@pytest.mark.parametrize("headers", [[], [(b"content-length", b"7")], [(b"content-length", b"-1")]])
async def test_what_turns_out_to_be_too_large_is_cut_off(headers):
    line = asked(*headers)
    for _ in range(18):
        await line.send_input({"type": "http.request", "body": MEGABYTE, "more_body": True})
    assert (await line.receive_output())["last"] == "http.disconnect"


async def test_what_a_door_takes_comes_through():
    line = asked()
    for number in range(16):
        await line.send_input({"type": "http.request", "body": MEGABYTE, "more_body": number < 15})
    assert (await line.receive_output())["last"] == "http.request"
