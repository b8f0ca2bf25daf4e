"""The console's overview shows the living alliances, and what waits in them."""

import re

import pytest
from django.test import Client

from alliances import actions
from firms.models import User
from tests.builders.alliances import NOW, change_proposed, forming_world, operating
from tests.builders.firms import person

pytestmark = pytest.mark.django_db


def test_living_alliances_stand_on_the_overview(client: Client):
    world = forming_world()
    alliance = world.approve()
    client.force_login(world.firms.operator)
    page = client.get("/console/").content.decode()
    assert alliance.title in page
    assert f"/console/alliances/{alliance.key}/" in page


def test_what_waits_in_alliances_is_counted_and_linked_on_the_overview(client: Client):
    world, judge = forming_world(), person("judge", is_operator=True)
    alliance = operating(world)
    actions.dispute_work(world.firms.maker.owner.actor, str(alliance.key), text="it came wet", now=NOW)
    change_proposed(alliance)
    assert decided(client, judge) == 2
    actions.suspend(world.operator, str(alliance.key), reason="a complaint", now=NOW)
    assert decided(client, judge) == 3
    page = client.get("/console/").content.decode()
    for words in ("Rule on the dispute of", "Clear the suspension", "decide"):
        assert words in page
    assert decided(client, world.firms.operator) == 2  # who suspended it cannot clear it


def decided(client: Client, operator: User) -> int:
    """The number of decisions that wait for an operator, as the overview shows it."""
    client.force_login(operator)
    page = client.get("/console/").content.decode()
    found = re.search(r'id="count-decide">.*?<dd>(\d+)</dd>', page)
    assert found
    return int(found[1])
