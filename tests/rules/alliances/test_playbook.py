"""Tasks of an alliance: who, when, how many, and what can be done now."""

from datetime import UTC, datetime, timedelta

import pytest

from alliances.playbook import ANSWERS, ExceptionKind, PlannedTask, SeatMissing, exception_task, instantiate
from matching.blueprint import Route, Slot, graph, slot_of

START = datetime(2026, 11, 22, 8, tzinfo=UTC)
SEATS = {slot.value: f"seat-{slot.value}" for slot in Slot if slot not in {Slot.LISTING, Slot.COORDINATOR}}
SEATS |= {"listing:de": "seat-de", "listing:fr": "seat-fr"}


def plan(route: Route = Route.B, seats: dict[str, str] = SEATS) -> dict[str, PlannedTask]:
    specs = graph(route, {slot_of(key) for key in seats}, market_country="US")
    tasks = instantiate(specs, seats, units=180, start_at=START)
    return {task.code: task for task in tasks}


def days(moment: datetime) -> float:
    return (moment - START) / timedelta(days=1)


def test_each_task_has_the_seat_of_its_slot() -> None:
    tasks = plan()
    assert tasks["M6"].seat == "seat-maker"
    assert tasks["L5"].seat == "seat-import_broker"
    assert (tasks["E2"].seat, tasks["E2"].helpers) == ("seat-seller", ("seat-warehouse",))
    assert tasks["D1"].seat == "seat-seller"  # nobody else coordinates


def test_further_seats_of_a_slot_help() -> None:
    assert (plan()["K2"].seat, plan()["K2"].helpers) == ("seat-de", ("seat-fr",))
    assert plan()["E1"].helpers == ("seat-fr", "seat-ads")


def test_a_firm_with_two_seats_helps_nobody_but_itself_once() -> None:
    tasks = plan(seats=SEATS | {"warehouse": "seat-seller"})
    assert (tasks["E2"].seat, tasks["E2"].helpers) == ("seat-seller", ())


def test_dates_follow_the_likely_days_and_deadlines_the_high_ones() -> None:
    tasks = plan()
    assert days(tasks["M1"].planned_start_at) == 0
    assert days(tasks["M6"].planned_start_at) == pytest.approx(6.5)  # M1 .5, M2 2, M3 3, M4 1
    assert days(tasks["M6"].planned_finish_at) == pytest.approx(11.5)
    assert days(tasks["M6"].due_at) == pytest.approx(19)  # 2 + 3 + 4 + 3 + 7


def test_quantities() -> None:
    counted = {code: task.quantity_target for code, task in plan().items() if task.quantity_target}
    assert counted == {"M6": 180, "S3": 180}


def test_milestones_and_what_is_mandatory() -> None:
    tasks = plan()
    assert {code for code, task in tasks.items() if task.is_milestone} == {"S1", "S2"}
    assert {code for code, task in tasks.items() if not task.mandatory} == {"K6"}


def test_the_same_plan_has_the_same_tasks() -> None:
    assert plan() == plan()
    assert list(plan()) == list(plan())


def test_a_task_without_a_seat_is_refused() -> None:
    with pytest.raises(SeatMissing, match="quality"):
        instantiate(graph(Route.A, set(Slot)), {"maker": "m", "seller": "s"}, units=1, start_at=START)


@pytest.mark.parametrize(
    ("kind", "seat", "high", "holds"),
    [
        (ExceptionKind.DELAY, "seat-forwarder", 1, False),
        (ExceptionKind.DAMAGE, "seat-maker", 3, True),
        (ExceptionKind.SHORTAGE, "seat-maker", 3, True),
        (ExceptionKind.CUSTOMS_HOLD, "seat-import_broker", 10, True),
        (ExceptionKind.STOCK_OUT, "seat-maker", 2, False),
    ],
)
def test_an_exception_opens_a_task(kind: ExceptionKind, seat: str, high: float, holds: bool) -> None:
    task = exception_task(kind, number=3, seats=SEATS, now=START)
    assert (task.code, task.seat, days(task.due_at)) == ("X3", seat, high)
    assert ANSWERS[kind].holds is holds
    assert task.mandatory
    assert task.title == ANSWERS[kind].title


def test_the_next_slot_answers_where_the_first_is_missing() -> None:
    task = exception_task(ExceptionKind.CUSTOMS_HOLD, number=1, seats={"seller": "s"}, now=START)
    assert task.seat == "s"
    with pytest.raises(SeatMissing):
        exception_task(ExceptionKind.DAMAGE, number=1, seats={"ads": "a"}, now=START)
