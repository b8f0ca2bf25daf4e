"""The console's overview shows the living alliances."""

import pytest
from django.test import Client

from tests.builders.alliances import forming_world

pytestmark = pytest.mark.django_db


def test_living_alliances_stand_on_the_overview(client: Client):
    world = forming_world()
    alliance = world.approve()
    client.force_login(world.firms.operator)
    page = client.get("/console/").content.decode()
    assert alliance.title in page
    assert f"/console/alliances/{alliance.key}/" in page
