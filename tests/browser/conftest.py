"""One platform for all browser tests of a module: starting it takes longer than most of them.

Each test builds firms and an alliance of its own on it; what needs it alone belongs into a module of its own.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from pytest_django import DjangoDbBlocker

from config import clock
from tests.builders.firms import NOW
from tests.databases import Clone, Databases
from tests.platforms import Platform, running
from tests.rooms.alliances.boards import World, working_world


@pytest.fixture(scope="module")
def real_database(
    browser: Browser, databases: Databases, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Clone]:
    """A clone of the module's own. The browser ends after it: with its event loop go the connections made in it."""
    with django_db_blocker.unblock(), databases.lent() as clone:
        yield clone


@pytest.fixture(scope="module")
def live_platform(real_database: Clone, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """The whole platform on it."""
    with running(tmp_path_factory.mktemp("platform"), real_database) as platform:
        yield platform


@pytest.fixture
def world(live_platform: Platform) -> World:
    """An alliance at work on it, by a clock that goes as fast as ours."""
    clock.set_pace(1.0, start_at=NOW)
    return working_world()
