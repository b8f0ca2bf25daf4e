"""Wakes: after the commit, gathered, to every process, over a line that mends itself."""

import asyncio
import threading
from contextlib import aclosing, closing

import psycopg
import pytest
from asgiref.sync import sync_to_async
from django.db import connection, transaction

from config import wake as waking
from config.wake import EVERYTHING, listen, payloads, wake

SECONDS = 5


@pytest.fixture
def heard(real_database):
    """What another process would hear: (seconds, count) -> payloads, without their origin."""
    with closing(psycopg.connect(autocommit=True, **waking.address())) as line:
        line.execute("LISTEN murmuration")

        def take(count, seconds=SECONDS):
            notices = line.notifies(timeout=seconds, stop_after=count)
            return [notice.payload.split(" ")[1:] for notice in notices]

        yield take


def test_a_wake_goes_out_after_the_commit_and_not_before(heard):
    with transaction.atomic():
        wake("desk:7")
        assert heard(1, seconds=0.1) == []
    assert heard(1) == [["desk:7"]]


def test_what_is_rolled_back_wakes_nobody(heard):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        wake("desk:7")
        raise ZeroDivisionError
    wake("desk:8")
    assert heard(1) == [["desk:8"]]


def test_wakes_of_the_same_moment_are_one(heard):
    with transaction.atomic():
        for number in range(50):
            wake("console", f"desk:{number % 3}")
    assert heard(1) == [["console", "desk:0", "desk:1", "desk:2"]]
    assert heard(1, seconds=0.1) == []


def test_threads_share_one_sender(heard):
    threads = [
        threading.Thread(target=waking._sender.put, args=(frozenset({f"desk:{n}"}),)) for n in range(8)
    ]
    for thread in threads:
        thread.start()
    found = set()
    while len(found) < 8:
        found |= {topic for payload in heard(1) for topic in payload}
    assert found == {f"desk:{n}" for n in range(8)}


def test_nothing_is_no_wake(heard):
    wake()
    assert heard(1, seconds=0.05) == []


def test_many_topics_become_several_payloads_that_postgresql_takes():
    topics = {f"stream:{number:036d}" for number in range(500)}
    made = list(payloads("origin", topics))
    assert len(made) > 1
    assert all(len(payload.encode()) <= waking.PAYLOAD_BYTES for payload in made)
    assert {topic for payload in made for topic in payload.split(" ")[1:]} == topics


def test_a_broken_line_is_mended_and_the_wake_arrives(heard):
    wake("desk:1")
    assert heard(1) == [["desk:1"]]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND query LIKE 'SELECT pg_notify%'"
        )
    wake("desk:2")
    assert heard(1) == [["desk:2"]]


async def test_a_listener_hears_its_own_process_at_once_and_only_once(real_database):
    async with aclosing(listen()) as woken:
        assert await anext(woken) == {EVERYTHING}
        await sync_to_async(wake)("desk:7")
        assert await anext(woken) == {"desk:7"}
        await sync_to_async(notify)("another desk:8")
        assert await anext(woken) == {"desk:8"}


async def test_after_a_break_a_listener_looks_at_everything(real_database, monkeypatch):
    monkeypatch.setattr(waking, "RETRY_SECONDS", (0.01, 0.02))
    async with aclosing(listen()) as woken:
        assert await anext(woken) == {EVERYTHING}
        await sync_to_async(break_listeners)()
        async with asyncio.timeout(SECONDS):
            assert await anext(woken) == {EVERYTHING}


async def test_a_listener_that_leaves_gives_its_connection_back(real_database):
    async with aclosing(listen()) as woken:
        await anext(woken)
        assert await sync_to_async(listeners)() == 1
    for _ in range(100):
        if await sync_to_async(listeners)() == 0:
            break
        await asyncio.sleep(0.01)
    assert await sync_to_async(listeners)() == 0


def notify(payload):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify('murmuration', %s)", [payload])


LISTENING = "FROM pg_stat_activity WHERE datname = current_database() AND query = 'LISTEN murmuration'"


def break_listeners():
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_terminate_backend(pid) {LISTENING}")


def listeners():
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) {LISTENING}")
        return cursor.fetchone()[0]
