"""What one partner sends cannot flood the boards of the others, or break a page."""

import pytest
from django.test import Client
from django.urls import reverse

from alliances import actions
from alliances.actions import reporting
from alliances.live.record import NOTE_CHARACTERS
from alliances.models import Alliance, Invitation, Note
from config import clock
from config.rows import Actor, Refused
from tests.builders.alliances import (
    NOW,
    World,
    actor_of,
    do,
    forming_world,
    invitation,
    operating,
    seat,
    task,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    clock.set_pace(1.0, start_at=NOW)
    return forming_world()


@pytest.fixture
def alliance(world: World) -> Alliance:
    return operating(world)


@pytest.fixture
def carrier(world: World) -> Actor:
    return world.firms.carrier.worker.actor


def answer(world: World, found: Invitation, reason: str) -> int:
    client = Client(raise_request_exception=False)
    client.force_login(world.firms.maker.owner)
    return client.post(reverse("alliances:decline", args=[found.key]), {"reason": reason}).status_code


def test_a_reason_is_cut_before_it_goes_to_boards(world: World) -> None:
    found = invitation(world.approve(), "maker")
    assert answer(world, found, "long " * 100_000) == 302
    assert max(len(note.text) for note in Note.objects.all()) == NOTE_CHARACTERS


def test_a_reason_that_cannot_be_kept_is_a_bad_request(world: World) -> None:
    found = invitation(world.approve(), "maker")
    assert answer(world, found, "a\0b") == 400
    found.refresh_from_db()
    assert found.state == "pending"


def test_places_are_limited_and_known_ones_still_counted(
    alliance: Alliance, carrier: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reporting, "MOST_PLACES", 1)
    actions.post_stock(carrier, str(alliance.key), place="Hamburg", units=5, now=NOW)
    actions.post_stock(carrier, str(alliance.key), place="Hamburg", units=4, now=NOW)
    with pytest.raises(Refused, match="too_many_places"):
        actions.post_stock(carrier, str(alliance.key), place="Bremen", units=5, now=NOW)


def test_open_exceptions_are_limited_until_they_are_answered(
    world: World, alliance: Alliance, carrier: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reporting, "MOST_OPEN", 1)

    def report() -> int:
        posted = actions.post_exception(carrier, str(alliance.key), kind="delay", text="late", now=NOW)
        return int(posted["task"])

    opened = alliance.tasks.get(pk=report())
    with pytest.raises(Refused, match="too_many_exceptions"):
        report()
    actions.start(world.operator, opened.pk, now=NOW)
    actions.finish(world.operator, opened.pk, now=NOW)
    assert task(alliance, opened.code).state == "finished"
    report()


def test_a_firm_reports_only_so_many_exceptions_also_when_they_are_answered(
    alliance: Alliance, carrier: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reporting, "MOST_REPORTED", 2)

    def report(actor: Actor) -> None:
        posted = actions.post_exception(actor, str(alliance.key), kind="delay", text="late", now=NOW)
        do(alliance.tasks.get(pk=posted["task"]))

    for _ in range(2):
        report(carrier)
    with pytest.raises(Refused, match="too_many_reported"):
        report(carrier)
    report(actor_of(seat(alliance, "maker").firm_id, "worker"))
