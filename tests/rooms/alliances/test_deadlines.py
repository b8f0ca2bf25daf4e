"""The clock: every live state has a deadline that acts, once, whoever looks and however often."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connections

from alliances import actions, tasks
from alliances.actions import deadlines
from alliances.lifecycle import State
from alliances.models import Alliance, Event
from config.rows import Refused
from tests.builders.alliances import (
    DAY,
    HOUR,
    NOW,
    World,
    accept,
    committed,
    decline,
    forming_world,
    fresh,
    invitation,
    operating,
    settling,
    task,
    winding_down,
    work_off,
    worker,
)

Step = Callable[[World], Alliance]


@pytest.fixture
def world(db: None) -> World:
    return forming_world()


def fallen_back(world: World) -> Alliance:
    alliance = world.approve()
    decline(invitation(alliance, "forwarder"))
    return alliance


def not_launched(world: World) -> Alliance:
    """Committed, but its workspace cannot be opened."""
    alliance = committed(world)
    alliance.grants.all().delete()
    return alliance


def disputed(world: World) -> Alliance:
    """All is done, and a dispute about the work waits for a ruling."""
    alliance = operating(world)
    actions.dispute_work(world.firms.maker.owner.actor, str(alliance.key), text="wet", now=NOW)
    work_off(alliance)
    return alliance


CASES: list[tuple[str, Step, timedelta, State]] = [
    ("proposed", fallen_back, timedelta(hours=72), State.ABORTED),
    ("inviting", World.approve, timedelta(hours=48), State.PROPOSED),
    ("committed", committed, timedelta(0), State.OPERATING),
    ("committed, no workspace", not_launched, timedelta(hours=24), State.WINDING_DOWN),
    ("operating", operating, timedelta(days=90, hours=15), State.WINDING_DOWN),
    ("operating, a dispute waits", disputed, timedelta(days=14), State.WINDING_DOWN),
    ("winding down", winding_down, timedelta(hours=24), State.SETTLING),
    ("settling", settling, timedelta(hours=96), State.DISSOLVED),
]


@pytest.mark.parametrize(("name", "reach", "after", "then"), CASES, ids=[case[0] for case in CASES])
def test_every_live_state_has_a_deadline_that_acts(
    world: World, name: str, reach: Step, after: timedelta, then: State
) -> None:
    alliance = reach(world)
    before = fresh(alliance).state
    if after:
        actions.act(NOW + after - HOUR)
        assert fresh(alliance).state == before
    actions.act(NOW + after)
    assert fresh(alliance).state == then


@pytest.mark.parametrize(("name", "reach", "after", "then"), CASES, ids=[case[0] for case in CASES])
def test_looking_twice_has_one_effect(
    world: World, name: str, reach: Step, after: timedelta, then: State
) -> None:
    alliance = reach(world)
    assert actions.act(NOW + after) >= 1
    events = Event.objects.count()
    assert actions.act(NOW + after) == 0
    assert (Event.objects.count(), fresh(alliance).state) == (events, then)


def test_a_deadline_that_could_not_act_is_tried_again_within_the_hour(world: World) -> None:
    alliance = operating(world)
    actions.start(worker(task(alliance, "M1")), task(alliance, "M1").pk, now=NOW)
    actions.act(alliance.end_at)
    actions.act(alliance.end_at + DAY)  # left-over tasks: not yet
    assert fresh(alliance).due_at == alliance.end_at + DAY + HOUR


def test_deadlines_are_settings(world: World, settings: Any) -> None:
    settings.DEADLINES = {"cooling_off": timedelta(hours=2)}
    alliance = winding_down(world)
    assert alliance.due_at == NOW + 2 * HOUR


def test_late_tasks_are_told_once(world: World) -> None:
    alliance = operating(world)
    late = task(alliance, "M1").due_at
    assert (actions.act(late), actions.act(late)) == (1, 0)
    assert task(alliance, "M1").escalated_at == late
    event = Event.objects.get(kind="escalated")
    assert f'"{task(alliance, "M1").pk}":{{' in event.body
    actions.start(worker(task(alliance, "M1")), task(alliance, "M1").pk, now=late)  # it can still be done


def test_one_failure_does_not_keep_the_others_waiting(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    broken, other = world.approve(), forming_world().approve()
    real = deadlines.expire

    def expire(actor: object, pk: int, *, now: datetime) -> object:
        if invitation(broken, "maker").pk == pk:
            raise RuntimeError("broken")
        return real(actor, pk, now=now)

    monkeypatch.setattr(deadlines, "expire", expire)
    actions.act(NOW + timedelta(hours=48))
    assert fresh(other).state == State.PROPOSED


def test_the_beat_calls_it_with_the_markets_time(world: World) -> None:
    alliance = world.approve()
    tasks.act_on_deadlines()  # the market's time is that of the day, long after the world's
    assert fresh(alliance).state == State.PROPOSED


@pytest.mark.parametrize(
    ("name", "reach", "after", "then"),
    CASES[1:3] + CASES[4:],
    ids=[case[0] for case in CASES[1:3] + CASES[4:]],
)
def test_from_two_processes_at_once_it_has_one_effect(
    real_database: object, name: str, reach: Step, after: timedelta, then: State
) -> None:
    alliance = reach(forming_world())
    twin = reach(forming_world())
    ready = Barrier(2)

    def act(_number: int) -> int:
        try:
            ready.wait()
            return actions.act(NOW + after)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(act, range(2)))
    actions.act(NOW + after)
    assert [fresh(row).state for row in (alliance, twin)] == [then, then]
    assert _stories(alliance) == _stories(twin)


def _stories(alliance: Alliance) -> list[list[str]]:
    """What happened, stream by stream, without who and when: the twin's must be the same."""
    streams = [alliance.forming_id, fresh(alliance).stream_id]
    rows = [
        Event.objects.filter(stream=pk).order_by("version").values_list("kind", flat=True) for pk in streams
    ]
    return [sorted(row) for row in rows]


def test_a_firm_and_the_clock_at_the_same_moment(real_database: object) -> None:
    """The invitation's last moment: either the firm is in, or the next one is asked, never both."""
    world = forming_world()
    alliance = world.approve()
    for slot in ("forwarder", "seller"):
        accept(invitation(alliance, slot))
    found = invitation(alliance, "maker")
    late = found.due_at
    ready = Barrier(2)

    def run(step: Callable[[], object]) -> str:
        try:
            ready.wait()
            step()
            return "done"
        except Refused as refused:
            return refused.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        answers = list(
            pool.map(run, [lambda: accept(found, late - timedelta(seconds=1)), lambda: actions.act(late)])
        )
    states = {row.firm_id: row.state for row in alliance.seats.get(slot="maker").invitations.all()}
    assert states in (
        {world.firms.maker.id: "accepted"},
        {world.firms.maker.id: "expired", world.rival.id: "pending"},
    ), answers
