"""A page that was made before a wake, and whose socket opens after it, learns that it is old."""

import re
import time

import pytest
from asgiref.sync import sync_to_async
from django.test import Client

from alliances.live import hub as hubs
from alliances.live import lately as latelies
from alliances.live.lately import Lately
from config.wake import wake
from tests.rooms.alliances.boards import working_world
from tests.rooms.alliances.sockets import socket


class Watch:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    made = Watch()
    monkeypatch.setattr(latelies, "time", made)
    return made


def test_only_ones_own_topics_break_the_quiet(watch: Watch) -> None:
    lately = Lately()
    watch.now += 50
    lately.note({"desk:1", "console"})
    watch.now += 7
    assert lately.quiet_seconds({"desk:1", "desk:2"}) == 7
    assert lately.quiet_seconds({"desk:2"}) == 57


def test_what_may_have_been_lost_counts_as_woken(watch: Watch) -> None:
    lately = Lately()
    watch.now += 50
    lately.doubt()
    watch.now += 3
    assert lately.quiet_seconds({"desk:2"}) == 3


def test_what_is_forgotten_counts_as_woken_long_ago(watch: Watch) -> None:
    lately = Lately()
    lately.note({"desk:1"})
    watch.now += 1_000
    lately.note({"desk:3"})
    lately.forget()
    watch.now += 5
    assert lately.quiet_seconds({"desk:1"}) == lately.quiet_seconds({"desk:2"}) == latelies.KEPT_SECONDS
    assert lately.quiet_seconds({"desk:3"}) == 5


def test_a_page_says_when_it_was_asked_for(client: Client, db: None) -> None:
    before = time.time()
    page = client.get("/accounts/login/").text
    began = re.search(r'<body data-began="(\d+)"', page)
    assert began
    assert before - 0.001 <= int(began[1]) / 1_000 <= time.time() + 0.001


@pytest.mark.usefixtures("real_database")
async def test_a_socket_is_told_how_long_it_has_been_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "BEAT_SECONDS", 3600.0)
    world = await sync_to_async(working_world)()
    async with socket("/ws/wakes/", world.firms.operator) as (first, _):
        await first.json()
        await first.calm()
        hub = hubs.hub()
        hub.lately._since -= 60.0
        await sync_to_async(wake)("console")
        assert (await first.json())["t"] == "wake"
        async with socket("/ws/wakes/", world.firms.maker.owner) as (desk, _):
            assert (await desk.json())["quiet"] > 59_000
        async with socket("/ws/wakes/", world.firms.operator) as (console, _):
            assert (await console.json())["quiet"] < 30_000
