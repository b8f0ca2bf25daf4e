"""What is late, and why: the cause before what waits for it."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from alliances import actions
from alliances.queries import console
from alliances.queries.hitches import Hitch, hitches
from tests.builders.alliances import DAY, World, accept, invitation, operating, settling, task

pytestmark = pytest.mark.usefixtures("savepoint")


@pytest.fixture(scope="module")
def now() -> datetime:
    return timezone.now()


def found(now: datetime) -> list[Hitch]:
    rows = list(console.alliances(now))
    return hitches(rows, now).get(rows[0].pk, [])


def test_a_late_task_names_who_has_not_begun_it_and_what_waits_for_it(world: World, now: datetime) -> None:
    alliance = operating(world, now - 30 * DAY)
    first, *others = found(now)
    maker = world.firms.maker.firm.legal_name
    assert first.what.startswith("M1 ")
    assert first.why == f"{maker} has not begun it"
    assert first.late_since == task(alliance, "M1").due_at
    waits = next(one for one in others if one.what.startswith("M2 "))
    assert waits.why == f"waits for M1 ({maker})"
    actions.start(world.firms.maker.worker.actor, task(alliance, "M1").pk, now=now)
    assert found(now)[0].why == f"{maker} has begun it and not finished"


def test_while_it_forms_it_waits_for_answers_and_signatures(world: World, now: datetime) -> None:
    alliance = world.approve(now)
    whys = [one.why for one in found(now)]
    maker = world.firms.maker.firm.legal_name
    assert f"{maker} has not answered yet" in whys
    assert found(now)[0].late_since is None
    accept(invitation(alliance, "maker"), now)
    assert f"{maker} has not answered yet" not in [one.why for one in found(now)]


def test_at_the_end_it_waits_for_confirmations(world: World, now: datetime) -> None:
    settling(world, now)
    assert {one.why for one in found(now)} == {"not confirmed yet"}


def test_an_end_that_is_expected_late_names_the_task_that_moves_it(world: World, now: datetime) -> None:
    alliance = operating(world, now)
    first = alliance.tasks.filter(state="ready").order_by("due_at").first()
    assert first
    late = first.due_at - timedelta(minutes=10)
    begun = actions.start(world.firms.maker.worker.actor, first.pk, now=late)
    assert begun
    [hitch] = found(late)
    assert hitch.what.startswith(f"{first.code} ")
    assert "later than planned" in hitch.why
    assert hitch.late_since is None
