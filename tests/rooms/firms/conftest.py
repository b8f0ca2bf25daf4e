"""The small world, and browsers of its people."""

from collections.abc import Callable

import pytest
from django.test import Client

from firms.models import User
from tests.builders.firms import Firms, small_world


@pytest.fixture
def world(db: None) -> Firms:
    return small_world()


@pytest.fixture
def of() -> Callable[[User], Client]:
    """Open a browser in which this person is logged in."""

    def opened(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return opened
