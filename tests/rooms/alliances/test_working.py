"""Tasks: who may touch them, in which order, with which amounts; what waits, what is reopened."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction

from alliances import actions
from alliances.lifecycle import State, TaskState
from alliances.models import Alliance, Event, Task
from config.rows import Actor, Missing, Refused
from firms import actions as firms_actions
from firms.models import Member
from tests.builders.alliances import (
    DAY,
    HOUR,
    NOW,
    UNITS,
    World,
    actor_of,
    do,
    fresh,
    operating,
    seat,
    task,
    winding_down,
    work_off,
    worker,
)

pytestmark = pytest.mark.usefixtures("savepoint")
STAGE = operating


@pytest.fixture
def alliance(world: World) -> Alliance:
    return operating(world)


def states(alliance: Alliance, *codes: str) -> list[str]:
    found = dict(alliance.tasks.values_list("code", "state"))
    return [found[code] for code in codes]


def started(alliance: Alliance, code: str) -> Task:
    work_off(alliance, until=code)
    actions.start(worker(task(alliance, code)), task(alliance, code).pk, now=NOW)
    return task(alliance, code)


# -- who --


@pytest.mark.parametrize("role", ["owner", "manager", "worker"])
def test_every_person_of_the_firm_may_work(world: World, alliance: Alliance, role: str) -> None:
    actor = actor_of(world.firms.maker.id, role)
    done = actions.start(actor, task(alliance, "M1").pk, now=NOW)
    assert (done["task"]["state"], done["version"]) == ("started", alliance.stream.events.count())


def test_an_operator_may_help_out(world: World, alliance: Alliance) -> None:
    actions.start(world.operator, task(alliance, "M1").pk, now=NOW)
    assert states(alliance, "M1") == ["started"]


def test_to_all_others_the_task_does_not_exist(world: World, alliance: Alliance) -> None:
    gone = world.firms.maker
    member = Member.objects.get(user=gone.worker)
    firms_actions.end_member(gone.owner.actor, gone.key, member.pk, now=NOW)
    strangers = [world.firms.outsider.owner, world.firms.carrier.worker, gone.worker]
    for verb in (actions.start, actions.finish, actions.progress, actions.hand_back, actions.reopen):
        for stranger in strangers:
            with pytest.raises(Missing):
                verb(stranger.actor, task(alliance, "M1").pk, now=NOW)
        with pytest.raises(Missing):
            verb(world.operator, 10**18, now=NOW)


def test_who_helps_adds_to_a_task_and_takes_nothing_from_it(world: World, alliance: Alliance) -> None:
    """A second maker ended the lot of the first with one unit, and the first was filed for the missing ones."""
    lot, helper = started(alliance, "M6"), world.firms.carrier.worker.actor
    lot.helpers.add(seat(alliance, "forwarder"))
    actions.progress(helper, lot.pk, done_units=40, now=NOW)
    for verb, sent in (
        (actions.finish, {"shortfall": "no cotton"}),
        (actions.finish, {"done_units": 1, "shortfall": "no cotton"}),
        (actions.progress, {"done_units": 39}),
    ):
        with pytest.raises(Refused, match="only_helps"):
            verb(helper, lot.pk, **sent, now=NOW)
    actions.finish(helper, lot.pk, done_units=UNITS, now=NOW)
    with pytest.raises(Refused, match="only_helps"):
        actions.reopen(helper, lot.pk, now=NOW)
    actions.reopen(worker(lot), lot.pk, now=NOW)
    actions.finish(worker(lot), lot.pk, done_units=1, shortfall="no cotton", now=NOW)


# -- in which order --


def test_what_waits_cannot_be_begun_and_says_for_what(world: World, alliance: Alliance) -> None:
    with pytest.raises(Refused, match="predecessors") as refused:
        actions.start(world.operator, task(alliance, "M2").pk, now=NOW)
    assert "Freeze specification" in str(refused.value.text)


def test_the_database_keeps_the_order_whoever_writes(alliance: Alliance) -> None:
    for state in ("started", "finished"):
        with pytest.raises(IntegrityError, match="waits for a task"), transaction.atomic():
            Task.objects.filter(pk=task(alliance, "M2").pk).update(state=state, finished_at=NOW)


def test_finishing_makes_ready_what_waited_and_milestones_finish_by_themselves(alliance: Alliance) -> None:
    do(task(alliance, "M1"))
    assert states(alliance, "M2", "M7", "M3") == ["ready", "ready", "waiting"]
    work_off(alliance, until="S3")
    assert states(alliance, "S1", "S2", "S3", "E1") == ["finished", "finished", "ready", "waiting"]


def test_one_event_shows_everything_that_a_finish_changed(alliance: Alliance) -> None:
    do(task(alliance, "M1"))
    event = Event.objects.filter(stream=alliance.stream).latest("version")
    ids = [str(task(alliance, code).pk) for code in ("M1", "M2", "M7")]
    assert event.kind == "finished"
    assert all(f'"{pk}":{{' in event.body for pk in ids)


# -- how much --


@pytest.mark.parametrize(
    ("reported", "code"),
    [
        ({"done_units": 60}, "quantity"),
        ({"done_units": -1}, "negative"),
        ({"done_units": 3_000_000_000}, "too_large"),
        ({"done_units": 60, "shortfall": "  "}, "quantity"),
        ({"done_units": 60, "shortfall": "cloth ran out"}, ""),
        ({"done_units": UNITS}, ""),
        ({"done_units": UNITS + 5}, ""),
    ],
)
def test_a_counted_task_ends_with_its_quantity_or_a_reason(
    alliance: Alliance, reported: dict, code: str
) -> None:
    found = started(alliance, "M6")
    if code:
        with pytest.raises(Refused, match=code):
            actions.finish(worker(found), found.pk, now=NOW, **reported)
        assert task(alliance, "M6").state == TaskState.STARTED
    else:
        actions.finish(worker(found), found.pk, now=NOW, **reported)
        assert task(alliance, "M6").done_units == reported["done_units"]


def test_progress_keeps_what_was_not_said_again(alliance: Alliance) -> None:
    found = started(alliance, "S3")
    actions.progress(worker(found), found.pk, done_units=40, revenue_minor=90_000, now=NOW)
    actions.progress(worker(found), found.pk, done_units=50, now=NOW)
    found = task(alliance, "S3")
    assert (found.done_units, found.revenue_minor) == (50, 90_000)


def test_progress_is_for_counted_tasks(alliance: Alliance) -> None:
    found = started(alliance, "M1")
    with pytest.raises(Refused, match="no_quantity"):
        actions.progress(worker(found), found.pk, done_units=1, now=NOW)


def test_what_was_not_sold_has_to_be_dealt_with(alliance: Alliance) -> None:
    """E4 is counted in what is left when selling has ended."""
    work_off(alliance, until="S3")
    do(task(alliance, "S3"), done_units=70, revenue_minor=175_000, shortfall="the trend went")
    assert task(alliance, "E4").target_units == UNITS - 70
    work_off(alliance, until="E4")
    found = task(alliance, "E4")
    actions.start(worker(found), found.pk, now=NOW)
    with pytest.raises(Refused, match="quantity"):
        actions.finish(worker(found), found.pk, done_units=29, now=NOW)
    actions.finish(worker(found), found.pk, done_units=30, now=NOW)
    assert fresh(alliance).state == State.WINDING_DOWN


# -- at the same time --


def test_a_stale_edit_is_told_how_the_task_stands(alliance: Alliance) -> None:
    found = task(alliance, "M1")
    actor = worker(found)
    actions.start(actor, found.pk, expected_version=found.version, now=NOW)
    with pytest.raises(Refused, match="conflict") as refused:
        actions.finish(actor, found.pk, expected_version=found.version, now=NOW)
    shown = refused.value.detail["task"]
    assert (shown["state"], shown["version"]) == ("started", found.version + 1)


def test_a_repeated_command_answers_as_the_first_and_changes_nothing(alliance: Alliance) -> None:
    found = task(alliance, "M1")
    actor = worker(found)
    first = actions.start(actor, found.pk, command_id="c-1", now=NOW)
    events = alliance.stream.events.count()
    assert actions.start(actor, found.pk, command_id="c-1", now=NOW + HOUR) == first
    assert alliance.stream.events.count() == events
    with pytest.raises(Refused, match="command_id_reused"):
        actions.finish(actor, found.pk, command_id="c-1", now=NOW)


def test_a_refused_command_may_be_sent_again(alliance: Alliance) -> None:
    found = task(alliance, "M2")
    with pytest.raises(Refused, match="predecessors"):
        actions.start(worker(found), found.pk, command_id="c-2", now=NOW)
    do(task(alliance, "M1"))
    assert actions.start(worker(found), found.pk, command_id="c-2", now=NOW)["task"]["state"] == "started"


# -- back again --


def test_a_task_can_be_handed_back(alliance: Alliance) -> None:
    found = started(alliance, "M1")
    actions.hand_back(worker(found), found.pk, now=NOW)
    assert (task(alliance, "M1").state, task(alliance, "M1").started_at) == ("ready", None)


def test_reopening_sends_what_follows_back_to_waiting(alliance: Alliance) -> None:
    do(task(alliance, "M1"))
    actions.reopen(worker(task(alliance, "M1")), task(alliance, "M1").pk, now=NOW)
    assert states(alliance, "M1", "M2", "M7") == ["started", "waiting", "waiting"]


@pytest.mark.parametrize(("reopened", "begun"), [("M1", "M2"), ("L4", "S3"), ("L1", "S3")])
def test_nothing_is_reopened_on_which_others_already_build(
    alliance: Alliance, reopened: str, begun: str
) -> None:
    """Not behind a milestone either: S1 and S2 stand between the goods and selling them."""
    started(alliance, begun)
    with pytest.raises(Refused, match="successor_started"):
        actions.reopen(worker(task(alliance, reopened)), task(alliance, reopened).pk, now=NOW)


def test_a_milestone_is_reopened_with_what_it_follows_from(alliance: Alliance) -> None:
    work_off(alliance, until="S3")
    with pytest.raises(Refused, match="milestone"):
        actions.reopen(worker(task(alliance, "S1")), task(alliance, "S1").pk, now=NOW)


# -- the end of the work --


def test_with_the_last_mandatory_task_it_begins_to_wind_down(alliance: Alliance) -> None:
    work_off(alliance, until="E2")
    assert fresh(alliance).state == State.OPERATING
    do(task(alliance, "E2"))
    assert fresh(alliance).state == State.WINDING_DOWN


def test_within_the_cooling_off_a_task_is_reopened_once(world: World) -> None:
    alliance = winding_down(world)
    found = task(alliance, "E3")
    actions.reopen(worker(found), found.pk, now=NOW + HOUR)
    assert (fresh(alliance).state, fresh(alliance).reopenings) == (State.OPERATING, 1)
    do(task(alliance, "E3"), NOW + HOUR)
    assert fresh(alliance).state == State.WINDING_DOWN
    with pytest.raises(Refused, match="reopenable"):
        actions.reopen(worker(found), found.pk, now=NOW + 2 * HOUR)


def test_what_an_operator_has_stopped_no_worker_brings_back(world: World) -> None:
    alliance = work_off(operating(world), until="M6")
    making = task(alliance, "M6")
    actions.start(worker(making), making.pk, now=NOW)
    actions.stop(world.operator, str(alliance.key), reason="a recall", now=NOW)
    do(task(alliance, "M6"), done_units=1, shortfall="it was stopped")
    with pytest.raises(Refused, match="reopenable"):
        actions.reopen(worker(making), making.pk, now=NOW + HOUR)
    assert fresh(alliance).state == State.WINDING_DOWN


def test_after_the_cooling_off_nothing_is_reopened(world: World) -> None:
    alliance = winding_down(world)
    found = task(alliance, "E3")
    with pytest.raises(Refused, match="reopenable"):
        actions.reopen(worker(found), found.pk, now=NOW + DAY)


VERBS: list[Callable[[Actor, Alliance], object]] = [
    lambda actor, found: actions.reopen(actor, task(found, "E3").pk, now=NOW + 2 * DAY),
    lambda actor, found: actions.finish(actor, task(found, "E3").pk, now=NOW + 2 * DAY),
    lambda actor, found: actions.post_stock(
        actor, str(found.key), place="Hamburg", units=1, now=NOW + 2 * DAY
    ),
    lambda actor, found: actions.post_exception(
        actor, str(found.key), kind="delay", text="late", now=NOW + 2 * DAY
    ),
]


@pytest.mark.parametrize("verb", VERBS)
def test_no_work_is_done_while_the_shares_are_shown(world: World, verb: Callable[..., object]) -> None:
    alliance = winding_down(world)
    actions.act(NOW + DAY)
    assert fresh(alliance).state == State.SETTLING
    owner = Member.objects.get(firm_id=world.firms.seller.id, role="owner").user
    with pytest.raises(Refused) as refused:
        verb(owner.actor, alliance)
    assert refused.value.code in {"alliance_works", "reopenable", "no_such_step"}
