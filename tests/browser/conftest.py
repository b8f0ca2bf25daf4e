"""One platform for all browser tests of a module: starting it takes longer than most of them.

Each test builds firms and an alliance of its own on it; what needs it alone belongs into a module of its own.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from pytest_django import DjangoDbBlocker

from tests.databases import Clone, Databases
from tests.platforms import Platform


@pytest.fixture(scope="module")
def real_database(
    browser: Browser, databases: Databases, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Clone]:
    """A clone of the module's own. The browser ends after it: with its event loop go the connections made in it."""
    clone = databases.clone()
    with django_db_blocker.unblock():
        databases.point_to(clone.name)
        yield clone
        databases.point_to(databases.shared.name)
    databases.drop(clone)


@pytest.fixture(scope="module")
def live_platform(real_database: Clone, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """The whole platform on it."""
    platform = Platform(tmp_path_factory.mktemp("platform"), real_database)
    try:
        yield platform.start()
    finally:
        platform.kill()
