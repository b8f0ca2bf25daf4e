"""Tasks of an alliance: who, when, how many, and what can be done now."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alliances.lifecycle import Ok, Refused, TaskState
from alliances.playbook import (
    ANSWERS,
    CLOSED,
    ExceptionKind,
    PlannedTask,
    SeatMissing,
    Step,
    advance,
    exception_task,
    for_route,
    instantiate,
    may_finish,
    may_start,
    next_ready,
    open_mandatory,
    open_predecessors,
)
from matching.blueprint import Route, Slot, graph

START = datetime(2026, 11, 22, 8, tzinfo=UTC)
SEATS = {slot.value: f"seat-{slot.value}" for slot in Slot if slot not in {Slot.LISTING, Slot.COORDINATOR}}
SEATS |= {"listing:de": "seat-de", "listing:fr": "seat-fr"}


def plan(route: Route = Route.B, seats: dict[str, str] = SEATS) -> dict[str, PlannedTask]:
    tasks = for_route(route, seats, markets=["US"], units=180, start_at=START)
    return {task.code: task for task in tasks}


def waiting(tasks: dict[str, PlannedTask]) -> dict[str, TaskState]:
    return dict.fromkeys(tasks, TaskState.WAITING)


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
    counted = {
        code: (task.quantity_target, task.quantity_unit)
        for code, task in plan().items()
        if task.quantity_unit
    }
    assert counted == {"M6": (180, "unit"), "S3": (180, "unit"), "E4": (None, "unit")}


def test_milestones_and_what_is_mandatory() -> None:
    tasks = plan()
    assert {code for code, task in tasks.items() if task.is_milestone} == {"S1", "S2"}
    assert set(open_mandatory(tasks.values(), ["M1"])) == tasks.keys() - {"M1", "K6"}


def test_the_same_plan_has_the_same_tasks() -> None:
    assert plan() == plan()
    assert list(plan()) == list(plan())


def test_a_task_without_a_seat_is_refused() -> None:
    with pytest.raises(SeatMissing, match="quality"):
        instantiate(graph(Route.A, set(Slot)), {"maker": "m", "seller": "s"}, units=1, start_at=START)


def test_in_the_beginning_only_tasks_without_predecessors_are_ready() -> None:
    tasks = plan()
    assert next_ready(tasks.values(), waiting(tasks)) == {"M1"}
    assert advance(tuple(tasks.values()), waiting(tasks)) == (Step("M1", "ready"),)


def test_a_finished_predecessor_frees_what_waited_for_it() -> None:
    tasks = plan()
    states = waiting(tasks) | {"M1": TaskState.FINISHED}
    assert next_ready(tasks.values(), states) == {"M2", "M7", "K3"}


def test_a_cancelled_predecessor_keeps_nobody_waiting() -> None:
    tasks = plan()
    states = waiting(tasks) | {"M1": TaskState.FINISHED, "M7": TaskState.CANCELLED, "M6": TaskState.FINISHED}
    assert open_predecessors(tasks["M8"], states) == ()


def test_milestones_finish_by_themselves_and_free_what_follows() -> None:
    tasks = plan()
    states = waiting(tasks) | dict.fromkeys(tasks["S1"].after + tasks["S2"].after, TaskState.FINISHED)
    steps = advance(tuple(tasks.values()), states)
    followed = [(step.code, step.verb) for step in steps if step.code in {"S1", "S2", "S3"}]
    assert followed == [("S1", "ready"), ("S2", "ready"), ("S1", "finish"), ("S2", "finish"), ("S3", "ready")]


def test_starting_needs_every_predecessor() -> None:
    tasks = plan()
    states = waiting(tasks) | {"M6": TaskState.FINISHED}
    assert may_start(tasks["M8"], states) == Refused("predecessors", "M7 has to be finished first.")
    assert may_start(tasks["M8"], states | {"M7": TaskState.FINISHED}) == Ok(TaskState.STARTED)
    assert not may_start(tasks["M8"], dict.fromkeys(tasks, TaskState.FINISHED))


@pytest.mark.parametrize(
    ("code", "done", "shortfall", "expected"),
    [
        ("M6", 180, False, "ok"),
        ("M6", 200, False, "ok"),
        ("M6", 179, False, "quantity"),
        ("M6", 179, True, "ok"),
        ("M2", 0, False, "ok"),  # not counted
        ("E4", 0, False, "ok"),  # target not known
    ],
)
def test_finishing_needs_the_quantity_or_a_stated_shortfall(
    code: str, done: int, shortfall: bool, expected: str
) -> None:
    tasks = plan()
    states = waiting(tasks) | {code: TaskState.STARTED}
    answer = may_finish(tasks[code], tasks.values(), states, done=done, shortfall_stated=shortfall)
    assert (answer.code if isinstance(answer, Refused) else "ok") == expected


def test_a_left_over_target_is_set_when_it_is_known() -> None:
    tasks = plan()
    tasks["E4"] = replace(tasks["E4"], quantity_target=30)
    states = waiting(tasks) | {"E4": TaskState.STARTED}
    assert not may_finish(tasks["E4"], tasks.values(), states, done=29)


@pytest.mark.parametrize(
    ("kind", "seat", "high", "holds"),
    [
        (ExceptionKind.DELAY, "seat-forwarder", 1, ()),
        (ExceptionKind.DAMAGE, "seat-maker", 3, ("L5",)),
        (ExceptionKind.SHORTAGE, "seat-maker", 3, ("L5",)),
        (ExceptionKind.CUSTOMS_HOLD, "seat-import_broker", 10, ("L5",)),
        (ExceptionKind.STOCK_OUT, "seat-maker", 2, ()),
    ],
)
def test_an_exception_opens_a_task(
    kind: ExceptionKind, seat: str, high: float, holds: tuple[str, ...]
) -> None:
    task = exception_task(kind, number=3, about="L5", seats=SEATS, now=START)
    assert (task.code, task.seat, days(task.due_at), task.holds) == ("X3", seat, high, holds)
    assert task.mandatory
    assert task.title == ANSWERS[kind].title


def test_the_next_slot_answers_where_the_first_is_missing() -> None:
    task = exception_task(ExceptionKind.CUSTOMS_HOLD, number=1, about="L5", seats={"seller": "s"}, now=START)
    assert task.seat == "s"
    with pytest.raises(SeatMissing):
        exception_task(ExceptionKind.DAMAGE, number=1, about="L5", seats={"ads": "a"}, now=START)


def test_a_held_task_waits_for_the_answer() -> None:
    tasks = plan()
    tasks["X1"] = exception_task(ExceptionKind.CUSTOMS_HOLD, number=1, about="L5", seats=SEATS, now=START)
    states = waiting(tasks) | {"L5": TaskState.STARTED, "X1": TaskState.READY}
    answer = may_finish(tasks["L5"], tasks.values(), states)
    assert isinstance(answer, Refused)
    assert answer.code == "no_holds"
    assert may_finish(tasks["L5"], tasks.values(), states | {"X1": TaskState.FINISHED})


@given(
    route=st.sampled_from(Route),
    cancelled=st.sets(st.sampled_from(["K6", "K4", "M7", "L7"])),
    seed=st.randoms(use_true_random=False),
)
@settings(deadline=None, max_examples=40)
def test_any_order_of_work_finishes_everything(route: Route, cancelled: set[str], seed: Random) -> None:
    """Ready tasks taken in any order lead to the end, and never one before its predecessors."""
    tasks = plan(route)
    states = waiting(tasks) | {code: TaskState.CANCELLED for code in cancelled if code in tasks}
    while True:
        for step in advance(tuple(tasks.values()), states):
            states[step.code] = TaskState.READY if step.verb == "ready" else TaskState.FINISHED
        ready = sorted(code for code, state in states.items() if state is TaskState.READY)
        if not ready:
            break
        code = seed.choice(ready)
        assert may_start(tasks[code], states)
        assert all(states[before] in CLOSED for before in tasks[code].after)
        states[code] = TaskState.FINISHED
    assert set(states.values()) <= CLOSED
