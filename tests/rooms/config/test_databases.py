"""The databases that tests get: isolated, with the rights of the application, and real where it matters."""

import threading

import psycopg
import pytest
from django.db import ProgrammingError, connection, connections

from config.models import Clock
from tests.databases import Clone


def clocks() -> int:
    return Clock.objects.count()


def count_in_another_thread() -> int:
    counted: list[int] = []

    def count() -> None:
        counted.append(clocks())
        connections.close_all()

    thread = threading.Thread(target=count)
    thread.start()
    thread.join()
    return counted[0]


def add_clock() -> None:
    at = "2026-01-01T00:00:00Z"
    Clock.objects.create(pk=1, anchor_at=at, anchor_market_at=at)


@pytest.mark.django_db
@pytest.mark.parametrize("turn", [1, 2])
def test_plain_test_starts_empty_and_leaves_nothing(turn: int) -> None:
    assert clocks() == 0
    add_clock()


@pytest.mark.django_db
def test_plain_test_acts_as_the_application() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("murmuration_app",)


@pytest.mark.django_db
def test_application_cannot_empty_a_table() -> None:
    with connection.cursor() as cursor, pytest.raises(ProgrammingError, match="permission denied"):
        cursor.execute("TRUNCATE config_clock")


@pytest.mark.parametrize("turn", [1, 2])
def test_real_database_is_fresh_and_shows_commits_to_every_thread(real_database: Clone, turn: int) -> None:
    assert count_in_another_thread() == 0
    add_clock()
    assert count_in_another_thread() == 1


def test_real_database_can_be_reached_as_its_owner(real_database: Clone) -> None:
    add_clock()
    with psycopg.connect(real_database.owner_url) as owner:
        owner.execute("TRUNCATE config_clock")
    assert clocks() == 0


async def test_async_code_sees_the_same_database(real_database: Clone) -> None:
    assert await Clock.objects.acount() == 0


async def test_async_code_sees_the_next_one_too(real_database: Clone) -> None:
    assert await Clock.objects.acount() == 0


def test_transactional_db_is_a_clone_as_well(transactional_db: None) -> None:
    add_clock()
    assert count_in_another_thread() == 1
