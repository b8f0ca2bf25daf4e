"""Stock and exceptions: what a warehouse counts the maker sees; what goes wrong opens a task."""

import pytest

from alliances import actions
from alliances.models import Alliance, Event, Note, StockReport
from alliances.queries import board
from config.rows import Missing, Refused
from tests.builders.alliances import (
    HOUR,
    NOW,
    World,
    actor_of,
    do,
    forming_world,
    fresh,
    operating,
    task,
    work_off,
    worker,
)

pytestmark = pytest.mark.usefixtures("savepoint")
STAGE = operating


@pytest.fixture
def alliance(world: World) -> Alliance:
    return operating(world)


def report(world: World, alliance: Alliance, kind: str, about: str = "", **change: object) -> int:
    sent = {"kind": kind, "text": "a container fell", "task_id": task(alliance, about).pk if about else None}
    posted = actions.post_exception(
        world.firms.carrier.worker.actor, str(alliance.key), now=NOW, **(sent | change)
    )
    return int(posted["task"])


# -- stock --


def test_a_later_count_replaces_the_earlier_one(world: World, alliance: Alliance) -> None:
    actor, key = world.firms.carrier.worker.actor, str(alliance.key)
    actions.post_stock(actor, key, place=" Hamburg  hub ", units=90, now=NOW)
    actions.post_stock(actor, key, place="Hamburg hub", units=40, now=NOW + HOUR)
    counted = StockReport.objects.get()
    assert (counted.place, counted.units, counted.at) == ("Hamburg hub", 40, NOW + HOUR)
    shown = board.snapshot(fresh(alliance))["stock"][str(counted.pk)]
    assert (shown["firm_name"], shown["units"]) == ("Swift Air", 40)


@pytest.mark.parametrize(
    ("place", "units", "code"),
    [
        (" ", 5, "place_missing"),
        ("Hamburg", -1, "units_out_of_range"),
        ("Hamburg", 2**31, "units_out_of_range"),
    ],
)
def test_a_count_is_refused(world: World, alliance: Alliance, place: str, units: int, code: str) -> None:
    with pytest.raises(Refused, match=code):
        actions.post_stock(
            world.firms.carrier.worker.actor, str(alliance.key), place=place, units=units, now=NOW
        )


def test_only_partners_report(world: World, alliance: Alliance) -> None:
    key = str(alliance.key)
    for user in (world.firms.outsider.owner, world.rival.owner, world.firms.operator):
        with pytest.raises(Missing):
            actions.post_stock(user.actor, key, place="Hamburg", units=1, now=NOW)
        with pytest.raises(Missing):
            actions.post_exception(user.actor, key, kind="delay", text="late", now=NOW)


# -- exceptions --


@pytest.mark.parametrize(
    ("kind", "answers", "is_held"),
    [
        ("delay", "Swift Air", False),
        ("damage", "Ningbo Trousers", True),
        ("shortage", "Ningbo Trousers", True),
        ("customs_hold", "Berlin Reach", True),
        ("stock_out", "Ningbo Trousers", False),
    ],
)
def test_an_exception_opens_a_task_for_whoever_must_answer(
    world: World, alliance: Alliance, kind: str, answers: str, is_held: bool
) -> None:
    opened = alliance.tasks.get(pk=report(world, alliance, kind, "M1"))
    assert opened.seat is not None
    assert (str(opened.seat.firm), opened.state, opened.is_mandatory) == (answers, "ready", True)
    assert (task(alliance, "M1").state == "waiting") is is_held


def test_what_was_begun_goes_on_but_is_not_finished_before_the_answer(
    world: World, alliance: Alliance
) -> None:
    work_off(alliance, until="L4")
    found = task(alliance, "L4")
    actions.start(worker(found), found.pk, now=NOW)
    opened = alliance.tasks.get(pk=report(world, alliance, "damage", "L4"))
    with pytest.raises(Refused, match="no_holds"):
        actions.finish(worker(found), found.pk, now=NOW)
    do(opened)
    actions.finish(worker(found), found.pk, now=NOW)
    assert task(alliance, "L4").state == "finished"


def test_what_is_held_and_handed_back_waits_for_the_answer(world: World, alliance: Alliance) -> None:
    found = task(alliance, "M1")
    actions.start(worker(found), found.pk, now=NOW)
    opened = alliance.tasks.get(pk=report(world, alliance, "shortage", "M1"))
    actions.hand_back(worker(found), found.pk, now=NOW)
    assert task(alliance, "M1").state == "waiting"
    do(opened)
    assert task(alliance, "M1").state == "ready"


def test_an_open_exception_keeps_the_alliance_at_work(world: World, alliance: Alliance) -> None:
    report(world, alliance, "delay")
    work_off(alliance, until="X1")
    assert fresh(alliance).state == "operating"
    do(task(alliance, "X1"))
    assert fresh(alliance).state == "winding_down"


def test_a_held_task_that_somebody_edits_at_the_same_time_is_seen_as_changed(
    world: World, alliance: Alliance
) -> None:
    found = task(alliance, "M1")
    report(world, alliance, "damage", "M1")
    with pytest.raises(Refused, match="conflict"):
        actions.start(worker(found), found.pk, expected_version=found.version, now=NOW)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"kind": "storm"}, "unknown_kind"),
        ({"text": " "}, "text_missing"),
        ({"task_id": 10**15}, "not_found"),
    ],
)
def test_an_exception_is_refused(world: World, alliance: Alliance, change: dict, code: str) -> None:
    with pytest.raises(Refused, match=code):
        report(world, alliance, **{"kind": "delay", **change})


def test_a_task_that_is_over_is_not_held_again(world: World, alliance: Alliance) -> None:
    do(task(alliance, "M1"))
    with pytest.raises(Refused, match="task_is_over"):
        report(world, alliance, "damage", "M1")


def test_another_alliances_task_is_missing(world: World, alliance: Alliance) -> None:
    other = operating(forming_world())
    with pytest.raises(Missing):
        report(world, alliance, "damage", task_id=task(other, "M1").pk)


def test_what_a_person_wrote_can_be_erased_from_beside_the_record(world: World, alliance: Alliance) -> None:
    report(world, alliance, "delay", text="Mr Li was ill")
    event = Event.objects.latest("pk")
    assert "Mr Li" not in event.body
    assert Note.objects.get(pk=event.note_id).text == "Mr Li was ill"


def test_a_worker_reports_for_the_firm(world: World, alliance: Alliance) -> None:
    actor = actor_of(world.firms.carrier.id, "worker")
    actions.post_stock(actor, str(alliance.key), place="Hamburg", units=3, now=NOW)
    assert StockReport.objects.get().firm_id == world.firms.carrier.id
