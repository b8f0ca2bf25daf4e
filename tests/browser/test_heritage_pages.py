"""The pages of what remains can be read and touched on a phone: the account, appeals, lessons, templates."""

from typing import Any

import pytest
from django.utils import timezone

from firms import actions
from firms.models import Observation
from firms.reputation import Outcome
from tests.browser.test_pages_look import complaints
from tests.browsers import Pages
from tests.builders.alliances import HOUR, dissolved, forming_world
from tests.builders.firms import file_deeds


@pytest.mark.usefixtures("real_database")
def test_they_can_be_read_and_touched_on_a_phone(request: pytest.FixtureRequest) -> None:
    now = timezone.now()
    world = forming_world(now - 30 * HOUR)
    maker, alliance = world.firms.maker, dissolved(world, now - 30 * HOUR)
    file_deeds(maker, (Outcome.LATE, 1), (Outcome.BROKEN, 1), (Outcome.FAULTY, 1), now=now)
    line = Observation.objects.get(outcome="broken")
    actions.appeal(maker.owner.actor, maker.key, line.pk, text="Customs held it for a week.", now=now)
    pages: Pages = request.getfixturevalue("pages")  # only now: the platform's clock acts on what it finds
    found: dict[str, Any] = {}
    for user, paths in (
        (maker.owner, (f"/firm/{maker.key}/reputation/",)),
        (
            world.firms.operator,
            (
                f"/console/firms/{maker.key}/",
                "/console/appeals/",
                "/console/templates/",
                f"/console/alliances/{alliance.key}/",
                f"/console/alliances/{alliance.key}/successor/",
            ),
        ),
    ):
        page = pages.open("/style/", user, phone=True, color_scheme="light", reduced_motion="reduce")
        for path in paths:
            page.goto(path)
            if wrong := complaints(page, "en"):
                found[path] = wrong
    assert found == {}
