"""The world that most tests of the room start from, built once for each module."""

from copy import deepcopy
from datetime import datetime

import pytest

from firms.models import User
from tests.builders.alliances import World, forming_world
from tests.builders.firms import NOW, person


@pytest.fixture(scope="module")
def now() -> datetime:
    """When the world is made; modules that go through doors, which read the clock, say so with one of their own."""
    return NOW


@pytest.fixture(scope="module")
def built(module_transaction: None, request: pytest.FixtureRequest, now: datetime) -> World:
    """What the tests of a module start from: its alliance is brought to the module's STAGE, where it names one."""
    world = forming_world(now)
    if stage := getattr(request.module, "STAGE", None):
        stage(world)
    return world


@pytest.fixture
def world(built: World, savepoint: None) -> World:
    """A test's own copy: neither rows nor objects that it changes are seen by the next one."""
    return deepcopy(built)


@pytest.fixture
def judge() -> User:
    """An operator who has taken no side."""
    return person("judge", is_operator=True)
