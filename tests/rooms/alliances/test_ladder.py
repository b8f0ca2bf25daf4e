"""The ladder of a late task in the database: each step once, for whom it is meant, whoever looks and however often."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db.models import F

from alliances import actions
from alliances.escalation import Step
from alliances.models import Alliance, Event, Notice, Task
from firms.models import User
from tests.builders.alliances import (
    DAY,
    HOUR,
    NOW,
    World,
    do,
    fresh,
    operating,
    task,
    winding_down,
    worker,
)

SECOND = timedelta(seconds=1)

pytestmark = pytest.mark.usefixtures("savepoint")
STAGE = operating


@pytest.fixture
def alliance(world: World) -> Alliance:
    """Ten days for M1, the only task in hand; it is the maker's."""
    found = operating(world)
    Task.objects.filter(alliance=found, code="M1").update(due_at=F("planned_start_at") + 10 * DAY)
    Task.objects.filter(alliance=found).exclude(code="M1").update(due_at=NOW + 60 * DAY)
    return found


def kinds(user: User) -> list[str]:
    """What somebody was told of tasks, oldest first."""
    return list(
        Notice.objects.filter(user=user, kind__startswith="task")
        .order_by("pk")
        .values_list("kind", flat=True)
    )


def step_of(alliance: Alliance, code: str = "M1") -> Step:
    return Step(task(alliance, code).ladder_step)


def test_each_step_tells_those_who_can_still_do_something(world: World, alliance: Alliance) -> None:
    maker, due = world.firms.maker, task(alliance, "M1").due_at
    told: dict[str, list[str]] = {"worker": [], "owner": [], "operator": []}
    people = {"worker": maker.worker, "owner": maker.owner, "operator": world.firms.operator}
    for at, new in (
        (due - DAY - SECOND, {}),
        (due - DAY, {"worker": ["task_reminder"], "owner": ["task_reminder"]}),
        (due, {"owner": ["task_due"]}),
        (due + DAY - SECOND, {}),
        (due + DAY, {"owner": ["task_last"], "operator": ["task_operator"]}),
        (due + 3 * DAY - SECOND, {}),
        (due + 3 * DAY, {"owner": ["task_replacing"]}),
        (due + 9 * DAY, {}),
    ):
        for _again in range(2):  # a second look changes nothing
            actions.act(at)
        for name, user in people.items():
            told[name] += new.get(name, [])
            assert kinds(user) == told[name], (name, at)
    for firm in (world.firms.carrier, world.firms.seller, world.firms.outsider):
        assert not kinds(firm.owner)


def test_the_notice_names_what_who_until_when_and_what_otherwise(world: World, alliance: Alliance) -> None:
    due = task(alliance, "M1").due_at
    actions.act(due)
    notice = Notice.objects.get(kind="task_due", user=world.firms.maker.owner)
    assert notice.params["tasks"] == [task(alliance, "M1").title]
    assert notice.params["firm"] == "Ningbo Trousers"
    assert datetime.fromisoformat(notice.params["until"]) == due
    assert datetime.fromisoformat(notice.params["then"]) == due + DAY
    assert notice.task == task(alliance, "M1")


def test_the_last_step_before_replacement_does_not_wait_for_the_morning(
    world: World, alliance: Alliance
) -> None:
    night = task(alliance, "M1").due_at.replace(hour=23)
    Task.objects.filter(alliance=alliance, code="M1").update(due_at=night)
    actions.act(night)
    actions.act(night + DAY)
    owner = Notice.objects.filter(user=world.firms.maker.owner)
    assert owner.get(kind="task_due").send_at == night + 8 * HOUR
    assert owner.get(kind="task_last").send_at == night + DAY


def test_a_finished_task_leaves_the_ladder(world: World, alliance: Alliance) -> None:
    due = task(alliance, "M1").due_at
    actions.act(due)
    do(task(alliance, "M1"), due + HOUR)
    actions.act(due + 2 * DAY)
    assert kinds(world.firms.operator) == []
    assert task(alliance, "M1").ladder_at is None


def test_a_task_that_is_reopened_goes_on_with_its_full_time(world: World, alliance: Alliance) -> None:
    due = task(alliance, "M1").due_at
    actions.act(due)
    do(task(alliance, "M1"), due + HOUR)
    actions.act(due + 2 * HOUR)
    actions.reopen(worker(task(alliance, "M1")), task(alliance, "M1").pk, now=due + 3 * DAY)
    actions.act(due + 3 * DAY)
    assert kinds(world.firms.maker.owner) == ["task_due"]  # not told again for the same due date
    assert task(alliance, "M1").ladder_at == due + 4 * DAY
    actions.act(due + 4 * DAY)
    assert kinds(world.firms.operator) == ["task_operator"]


def test_a_new_due_date_begins_the_ladder_anew(world: World, alliance: Alliance) -> None:
    due = task(alliance, "M1").due_at
    actions.act(due)
    actions.act(due + DAY)
    assert step_of(alliance) == Step.OPERATOR
    Task.objects.filter(alliance=alliance, code="M1").update(due_at=due + 20 * DAY)
    actions.act(due + 5 * DAY)
    assert (step_of(alliance), task(alliance, "M1").ladder_at) == (Step.NONE, due + 19 * DAY)
    actions.act(due + 20 * DAY)
    assert kinds(world.firms.maker.owner).count("task_due") == 2


def test_who_waits_for_others_is_not_blamed(world: World, alliance: Alliance) -> None:
    """M2 waits for M1 beyond its own due date; its firm then has the time that was planned for it."""
    Task.objects.filter(alliance=alliance, code="M2").update(planned_start_at=NOW + DAY, due_at=NOW + 4 * DAY)
    actions.act(NOW + 6 * DAY)
    assert step_of(alliance, "M2") == Step.NONE
    do(task(alliance, "M1"), NOW + 6 * DAY)
    actions.act(NOW + 6 * DAY)
    assert step_of(alliance, "M2") == Step.NONE
    assert task(alliance, "M2").ladder_at == NOW + 9 * DAY - timedelta(
        hours=14.4
    )  # a fifth of three days before
    assert Event.objects.filter(kind="escalated").exists()  # the board says that it is late, as it is


def test_what_is_optional_ends_with_the_operators(world: World, alliance: Alliance) -> None:
    Task.objects.filter(alliance=alliance, code="M1").update(is_mandatory=False)
    due = task(alliance, "M1").due_at
    for days in range(8):
        actions.act(due + days * DAY)
    assert kinds(world.firms.maker.owner) == ["task_due"]
    assert kinds(world.firms.operator) == ["task_operator"]


def test_many_tasks_of_one_step_are_one_notice(world: World, alliance: Alliance) -> None:
    Task.objects.filter(alliance=alliance).update(state="ready", due_at=F("planned_start_at") + 10 * DAY)
    last = max(alliance.tasks.values_list("due_at", flat=True))
    actions.act(last + DAY)
    (notice,) = Notice.objects.filter(user=world.firms.maker.owner, kind="task_due")
    mine = alliance.tasks.filter(seat__firm=world.firms.maker.id, is_milestone=False)
    assert len(notice.params["tasks"]) == mine.count() > 3
    assert notice.task is None


def test_nobody_climbs_in_an_alliance_that_does_not_work(world: World, alliance: Alliance) -> None:
    due = task(alliance, "M1").due_at
    Alliance.objects.filter(pk=alliance.pk).update(state="suspended")
    assert actions.act(due + DAY) == 0
    assert kinds(world.firms.maker.owner) == []


def test_graces_are_settings(world: World, alliance: Alliance, settings: Any) -> None:
    settings.DEADLINES = {"task_grace": HOUR, "task_last_grace": 2 * HOUR}
    due = task(alliance, "M1").due_at
    for hours in range(4):
        actions.act(due + hours * HOUR)
    assert step_of(alliance) == Step.REPLACE


def test_a_ladder_survives_a_clock_that_slept(world: World, alliance: Alliance) -> None:
    due = task(alliance, "M1").due_at
    actions.act(due + 5 * DAY)
    assert (step_of(alliance), task(alliance, "M1").ladder_at) == (Step.MANAGER, due + 6 * DAY)


def test_reminders_are_not_part_of_the_record(world: World, alliance: Alliance) -> None:
    due = task(alliance, "M1").due_at
    before = Event.objects.count()
    actions.act(due - DAY)
    assert kinds(world.firms.maker.worker) == ["task_reminder"]
    assert Event.objects.count() == before


def test_the_operators_page_shows_what_waits(world: World, alliance: Alliance, client: Any) -> None:
    due = task(alliance, "M1").due_at
    client.force_login(world.firms.operator)
    assert 'id="waiting"' not in client.get("/console/alliances/").content.decode()
    actions.act(due)
    actions.act(due + DAY)
    page = client.get("/console/alliances/").content.decode()
    assert "Late at Ningbo Trousers" in page
    actions.act(due + 3 * DAY)
    assert "Replace Ningbo Trousers?" in client.get("/console/alliances/").content.decode()


def test_left_overs_climb_too(world: World) -> None:
    alliance = winding_down(world)
    assert fresh(alliance).state == "winding_down"
    assert not Task.objects.off_ladder().filter(alliance=alliance).exists()  # all are done


@pytest.mark.parametrize(("reporter", "step"), [("maker", Step.MANAGER), ("carrier", Step.NONE)])
def test_an_exception_that_its_own_firm_reported_gives_a_task_no_time(
    world: World, alliance: Alliance, reporter: str, step: Step
) -> None:
    found = task(alliance, "M1")
    sent = {"kind": "shortage", "text": "x", "task_id": found.pk, "now": NOW}
    opened = actions.post_exception(getattr(world.firms, reporter).worker.actor, str(alliance.key), **sent)
    do(alliance.tasks.get(pk=opened["task"]), found.due_at - 2 * DAY)
    actions.act(found.due_at)
    assert step_of(alliance) == step
