"""The forecast that an alliance keeps: made anew by every event that changes tasks, told with it."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from alliances import actions
from alliances.models import Alliance, Event
from alliances.queries import console
from tests.builders.alliances import (
    DAY,
    NOW,
    World,
    do,
    fresh,
    operating,
    task,
    winding_down,
    work_off,
    worker,
)

pytestmark = pytest.mark.usefixtures("savepoint")


@pytest.fixture
def alliance(world: World) -> Alliance:
    return operating(world)


def told(alliance: Alliance) -> dict[str, Any]:
    """The forecast in the newest event."""
    event = Event.objects.filter(stream=alliance.stream).latest("version")
    return dict(json.loads(event.body)["changes"]["forecast"])


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_at_the_launch_it_is_the_plan(alliance: Alliance) -> None:
    found = alliance.forecast
    assert found is not None
    assert found["end_at"] == found["planned_at"] == told(alliance)["end_at"]
    assert alliance.lateness == 0 * DAY
    assert at(found["dispatchable_at"]) == task(alliance, "S2").planned_finish_at
    critical = {code for code in ("M1", "M2", "S3", "E2") if found["tasks"][str(task(alliance, code).pk)][1]}
    assert critical == {"M1", "M2", "S3", "E2"}
    assert (
        found["tasks"][str(task(alliance, "L7").pk)][1:] == [0] if alliance.tasks.filter(code="L7") else True
    )


def test_a_late_start_pushes_the_end(alliance: Alliance) -> None:
    first = task(alliance, "M1")
    actions.start(worker(first), first.pk, now=NOW + 3 * DAY)
    alliance = fresh(alliance)
    assert alliance.lateness == 3 * DAY
    assert at(told(alliance)["end_at"]) == alliance.forecast_at
    actions.finish(worker(first), first.pk, now=NOW + 3 * DAY)
    assert fresh(alliance).lateness == 2.5 * DAY


def test_what_is_over_is_not_expected_any_more(alliance: Alliance) -> None:
    first = task(alliance, "M1")
    do(first)
    assert str(first.pk) not in told(alliance)["tasks"]
    actions.reopen(worker(first), first.pk, now=NOW)
    assert str(first.pk) in told(alliance)["tasks"]


def test_units_that_are_done_bring_the_end_nearer(alliance: Alliance) -> None:
    work_off(alliance, until="M6")
    lot = task(alliance, "M6")
    actions.start(worker(lot), lot.pk, now=NOW)
    before = at(told(alliance)["end_at"])
    actions.progress(worker(lot), lot.pk, done_units=lot.target_units // 2, now=NOW)
    assert at(told(alliance)["end_at"]) == before - DAY * lot.likely_days / 2


def test_the_clock_notices_what_nobody_does(alliance: Alliance) -> None:
    assert actions.act(NOW + 10 * DAY)
    assert fresh(alliance).lateness == 10 * DAY


def test_an_open_exception_counts(world: World, alliance: Alliance) -> None:
    about = task(alliance, "M1")
    carrier = world.firms.carrier.worker.actor
    actions.post_exception(carrier, str(alliance.key), kind="damage", text="torn", task_id=about.pk, now=NOW)
    assert fresh(alliance).lateness == 1 * DAY


def test_the_end_of_all_is_when_the_last_one_ended(world: World) -> None:
    alliance = winding_down(world)
    assert alliance.forecast_at == NOW
    assert alliance.forecast["tasks"] == {}


def test_operators_see_it_in_the_list(alliance: Alliance) -> None:
    first = task(alliance, "M1")
    actions.start(worker(first), first.pk, now=NOW + 3 * DAY)
    row = console.alliances(NOW + 3 * DAY).get(pk=alliance.pk)
    assert (row.lateness, row.planned_at) == (3 * DAY, row.forecast_at - 3 * DAY)


def test_a_finish_costs_a_fixed_number_of_queries(
    alliance: Alliance, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    first = task(alliance, "M1")
    actions.start(worker(first), first.pk, now=NOW)
    actor = worker(first)
    with django_assert_max_num_queries(45):
        actions.finish(actor, first.pk, now=NOW)
