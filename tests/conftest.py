"""Fixtures for all tests.

`db`             the shared clone inside a transaction, as the application's role (the usual case)
`real_database`  a clone of one's own, with real commits, for parallel connections and other processes
`savepoint`      as `db`, but inside a transaction of the module, in which what its tests start from is built once
`live_platform`  `manage.py up` in a process of its own, on that clone
`pages`          pages of that platform in the system's Chromium; any error of a page fails the test
`browser`        that Chromium itself
"""

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import translation
from playwright.sync_api import Browser
from pytest_django import DjangoDbBlocker
from xdist import is_xdist_worker

from config.translations import compile_all
from tests.browsers import Pages, chromium
from tests.databases import Clone, Databases, close_connections, throw_away_cluster
from tests.platforms import Platform, running

OUTSIDE = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_POOL", "MURMURATION_DATA", "REDIS_URL")
_numbers = itertools.count(1)
# files of few long tests: at the end, one core would wait for the other
WHOLE_PLATFORM = {"browser", "stories"}
COMMITTING = {"real_database", "transactional_db", "live_platform", "live_server"}


def pytest_sessionstart(session: pytest.Session) -> None:
    """Let no server of the person who runs the tests reach a platform under test; compile translations."""
    for name in OUTSIDE:
        os.environ.pop(name, None)
    if not is_xdist_worker(session):
        compile_all()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse what would flush, or wrap a committing test in a transaction; what takes longest begins first."""
    items.sort(key=lambda item: item.path.parent.name not in WHOLE_PLATFORM)
    for item in items:
        mark = item.get_closest_marker("django_db")
        names = set(getattr(item, "fixturenames", ()))
        if mark and (mark.kwargs.get("transaction") or names & COMMITTING):
            raise pytest.UsageError(f"{item.nodeid}: for commits, use `real_database` and no django_db mark")
        if names & COMMITTING and names & {"db", "savepoint"}:
            raise pytest.UsageError(f"{item.nodeid}: use either `db` or `real_database`")
    _refuse_commits_inside_a_module(items)


def _refuse_commits_inside_a_module(items: list[pytest.Item]) -> None:
    """`db` and `real_database` close the connection that a module's transaction is on."""
    names = {item: set(getattr(item, "fixturenames", ())) for item in items}
    inside = {item.path for item in items if "savepoint" in names[item]}
    for item in items:
        mixes = names[item] & (COMMITTING | {"db"}) or item.get_closest_marker("django_db")
        if item.path in inside and mixes:
            raise pytest.UsageError(f"{item.nodeid}: other tests of the module use `savepoint`")


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Every test begins in English; a language that a test leaves behind misleads no other."""
    translation.activate("en")
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def own_checkpoints() -> None:
    """What leaves one test's database would not fit the next one's. The folder is made when it is needed."""
    settings.CHECKPOINTS_DIR = settings.MEDIA_ROOT / f"checkpoints-{next(_numbers)}"


@pytest.fixture(scope="session")
def databases(
    django_test_environment: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Databases]:
    """The cluster with its migrated template."""
    settings.PASSWORD_HASHERS = ["tests.databases.QuickHasher"]
    settings.MEDIA_ROOT = tmp_path_factory.mktemp("media")
    settings.CHECKPOINTS_DIR = settings.MEDIA_ROOT / "checkpoints"
    settings.PLATFORM_KEY_FILE = settings.MEDIA_ROOT / "platform.key"
    with django_db_blocker.unblock(), throw_away_cluster() as cluster:
        made = Databases(cluster)
        yield made
        close_connections()


@pytest.fixture(scope="session")
def django_db_setup(databases: Databases) -> None:
    """What pytest-django's `db` stands on: the shared clone, which every test leaves as it was."""
    databases.point_to(databases.shared.name)


@pytest.fixture(scope="module")
def module_transaction(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A transaction around all tests of a module, as the application's role."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def savepoint(module_transaction: None) -> Iterator[None]:
    """What a test does is undone, down to what its module has built."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def real_database(
    databases: Databases, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Clone]:
    """A fresh clone that Django's connections lead to, in every thread; dropped afterwards."""
    with django_db_blocker.unblock(), databases.lent() as clone:
        yield clone


@pytest.fixture
def transactional_db(real_database: Clone) -> None:
    """Pytest-django's name for it; nothing is flushed here."""


@pytest.fixture
def live_platform(real_database: Clone, tmp_path: Path) -> Iterator[Platform]:
    """The whole platform, running on this test's own clone."""
    with running(tmp_path, real_database) as platform:
        yield platform


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
    with chromium() as running:
        yield running


@pytest.fixture
def pages(browser: Browser, live_platform: Platform) -> Iterator[Pages]:
    """Opens pages: `pages.open("/desk/", user, phone=True)`."""
    opened = Pages(browser, live_platform)
    try:
        yield opened
    finally:
        opened.close()
    assert not opened.errors, "\n".join(opened.errors)
