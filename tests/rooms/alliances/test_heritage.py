"""What remains of an alliance: conduct, durations, lessons, and a successor."""

from datetime import timedelta
from typing import Any

import pytest

from alliances import actions
from alliances.actions.heritage import file_leaver
from firms.models import Firm, Observation
from tests.builders.alliances import (
    DAY,
    HOUR,
    NOW,
    World,
    actor_of,
    confirm_all,
    decline,
    dissolved,
    do,
    forming_world,
    invitation,
    operating,
    seat,
    task,
    work_off,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return forming_world()


def lines(**where: Any) -> list[tuple[str, str]]:
    rows = Observation.objects.filter(**where).order_by("subject", "dimension")
    return [(row.subject, row.outcome) for row in rows if row.dimension != "answered"]


# -- conduct --


def test_each_firm_has_the_lines_of_its_own_tasks(world: World) -> None:
    alliance = dissolved(world)
    maker = lines(firm=world.firms.maker.firm)
    kept = [(f"task:{code}", "kept") for code in ("M1", "M2", "M3")]
    assert maker == [*kept, ("task:M6", "kept"), ("task:M6", "sound"), ("task:M7", "kept")]
    line = Observation.objects.get(firm=world.firms.maker.firm, subject="task:M6", dimension="quality")
    assert (line.slot, line.scope, line.alliance_title) == ("maker", "6203", alliance.title)
    assert Observation.objects.filter(slot="forwarder").values_list("scope", flat=True)[0] == "DE"
    assert Firm.objects.get(pk=world.firms.maker.id).trust > 600


def test_who_was_asked_and_answered(world: World) -> None:
    """The rival declines, which is an answer; the maker does not say a word."""
    alliance = world.approve()
    later = NOW + timedelta(hours=49)
    decline(invitation(alliance, "live"), NOW)
    actions.act(later)
    actions.abort(world.operator, str(alliance.key), reason="no time", now=later)
    found = dict(Observation.objects.filter(slot="maker").values_list("firm__legal_name", "outcome"))
    assert found["Ningbo Trousers"] == "silent"
    assert Observation.objects.get(slot="live").outcome == "answered"
    assert set(Observation.objects.values_list("dimension", flat=True)) == {"answered"}


def test_a_report_of_damage_counts_against_the_task_that_it_is_about(world: World) -> None:
    alliance = work_off(operating(world), until="M6")
    lot = task(alliance, "M6")
    actions.start(actor_of(world.firms.maker.id, "worker"), lot.pk, now=NOW)
    opened = actions.post_exception(
        world.firms.carrier.worker.actor,
        str(alliance.key),
        kind="damage",
        text="wet",
        task_id=lot.pk,
        now=NOW,
    )
    do(alliance.tasks.get(pk=opened["task"]), NOW)
    do(task(alliance, "M6"), NOW)
    work_off(alliance)
    actions.act(NOW + DAY)
    confirm_all(alliance, NOW + DAY + HOUR)
    assert ("task:M6", "faulty") in lines(firm=world.firms.maker.firm)


def test_who_leaves_is_judged_at_once_and_not_twice(world: World) -> None:
    alliance = work_off(operating(world), until="M6")
    late = NOW + 80 * DAY
    file_leaver(alliance, seat(alliance, "maker"), late)
    left = lines(firm=world.firms.maker.firm)
    assert ("task:M6", "broken") in left
    assert not Observation.objects.filter(firm=world.firms.carrier.firm).exists()
    file_leaver(alliance, seat(alliance, "maker"), late)
    assert lines(firm=world.firms.maker.firm) == left
