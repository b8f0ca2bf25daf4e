"""The world that most tests of the room start from, built once for each module."""

from copy import deepcopy

import pytest

from tests.builders.alliances import World, forming_world


@pytest.fixture(scope="module")
def built(module_transaction: None) -> World:
    """What the tests of a module start from; a module that needs a later stage builds its own."""
    return forming_world()


@pytest.fixture
def world(built: World, savepoint: None) -> World:
    """A test's own copy: neither rows nor objects that it changes are seen by the next one."""
    return deepcopy(built)
