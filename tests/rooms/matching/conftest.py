"""The market, and browsers of its people."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from config import clock
from firms.models import User
from tests.builders.firms import NOW
from tests.builders.matching import Market, market_world


@pytest.fixture(autouse=True)
def small_panel(settings: object) -> None:
    """The firms of the small world can answer a small market."""
    settings.PANEL_SCALE = 10  # type: ignore[attr-defined]
    settings.MATCHING_SECONDS = 5  # type: ignore[attr-defined]


@pytest.fixture
def market(db: None) -> Market:
    return market_world()


@pytest.fixture
def of(monkeypatch: pytest.MonkeyPatch) -> Callable[[User], Client]:
    """Open a browser in which this person is logged in; its pages live at the market's time."""
    monkeypatch.setattr(clock, "now", lambda: NOW)

    def opened(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return opened


@pytest.fixture
def now() -> datetime:
    return NOW
