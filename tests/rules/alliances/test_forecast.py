"""The forecast: the plan while all goes as planned; pushed by what is late; never a time that has passed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliances.playbook import Course, forecast
from matching.blueprint import Days, Route, Slot, critical_path, graph

START = datetime(2026, 11, 22, 8, tzinfo=UTC)
DAY = timedelta(days=1)
MOMENT = timedelta(seconds=1)  # sums of floating-point days differ by less

lengths = st.tuples(st.floats(0, 9), st.floats(0, 9), st.floats(0, 9)).map(lambda three: Days(*sorted(three)))


@st.composite
def living(draw: st.DrawFn) -> tuple[list[Course], datetime]:
    """A graph in the middle of its life: what is finished has finished predecessors."""
    now = START + draw(st.floats(0, 30)) * DAY
    tasks: list[Course] = []
    for number in range(draw(st.integers(1, 9))):
        names = [task.code for task in tasks]
        after = draw(st.lists(st.sampled_from(names), unique=True, max_size=3)) if names else []
        task = Course(f"T{number}", tuple(after), draw(lengths), is_mandatory=draw(st.booleans()))
        over = {one.code for one in tasks if one.finished_at or one.is_cancelled}
        tasks.append(_begun(draw, task, now) if over.issuperset(after) else task)
    return tasks, now


def _begun(draw: st.DrawFn, task: Course, now: datetime) -> Course:
    began = START + draw(st.floats(0, 1)) * (now - START)
    match draw(st.sampled_from(["ready", "started", "counted", "finished", "cancelled"])):
        case "started":
            return replace(task, started_at=began)
        case "counted":
            return replace(task, started_at=began, share=draw(st.floats(0, 1)))
        case "finished":
            return replace(task, finished_at=began)
        case "cancelled":
            return replace(task, is_cancelled=True)
    return task


def route(which: Route) -> list[Course]:
    return [
        Course(spec.code, spec.after, spec.days, is_mandatory=spec.mandatory) for spec in graph(which, Slot)
    ]


def as_planned(tasks: list[Course], elapsed: timedelta) -> list[Course]:
    """Everything has begun and ended when it should."""
    plan = critical_path(tasks, {task.code: task.days.likely for task in tasks})
    return [
        _so_far(task, plan[task.code].start * DAY, plan[task.code].finish * DAY, elapsed) for task in tasks
    ]


def _so_far(task: Course, begin: timedelta, finish: timedelta, elapsed: timedelta) -> Course:
    if finish <= elapsed:
        return replace(task, finished_at=START + finish)
    return replace(task, started_at=START + begin) if begin <= elapsed else task


@given(living())
def test_nothing_open_is_forecast_for_the_past(case: tuple[list[Course], datetime]) -> None:
    tasks, now = case
    found = forecast(tasks, now)
    for task in tasks:
        if task.is_cancelled:
            assert task.code not in found.tasks
        elif task.finished_at is None:
            assert found.tasks[task.code].finish_at >= now
        else:
            assert found.tasks[task.code].finish_at == task.finished_at


@given(living())
def test_what_comes_after_is_finished_after(case: tuple[list[Course], datetime]) -> None:
    tasks, now = case
    found = forecast(tasks, now)
    for task in tasks:
        if not task.is_cancelled and task.finished_at is None:
            before = [found.tasks[code].finish_at for code in task.after if code in found.tasks]
            assert all(found.tasks[task.code].finish_at >= one for one in before)


@given(living(), st.floats(0, 20))
def test_time_that_only_passes_brings_no_end_nearer(case: tuple[list[Course], datetime], days: float) -> None:
    tasks, now = case
    sooner, later = forecast(tasks, now), forecast(tasks, now + days * DAY)
    for code, one in sooner.tasks.items():
        assert later.tasks[code].finish_at >= one.finish_at - MOMENT


@given(living(), st.integers(0, 8), st.floats(0, 20))
def test_a_task_that_takes_longer_brings_no_end_nearer(
    case: tuple[list[Course], datetime], number: int, days: float
) -> None:
    tasks, now = case
    slow = tasks[number % len(tasks)]
    longer = replace(slow, days=Days(slow.days.low, slow.days.likely + days, slow.days.high + days))
    if slow.started_at is None:  # what has begun is judged by how long it has taken already
        before, after = forecast(tasks, now), forecast([longer if t is slow else t for t in tasks], now)
        for code, one in before.tasks.items():
            assert after.tasks[code].finish_at >= one.finish_at - MOMENT


@given(living())
def test_slack_is_what_a_task_may_slip(case: tuple[list[Course], datetime]) -> None:
    tasks, now = case
    found = forecast(tasks, now)
    waiting = [task for task in tasks if task.started_at is None and task.code in found.tasks]
    for slow in [task for task in waiting if task.finished_at is None]:
        slipped = replace(slow, days=Days(0, slow.days.likely, slow.days.likely))
        rest = found.tasks[slow.code].slack / DAY
        slipped = replace(slipped, days=Days(0, slow.days.likely + rest, slow.days.likely + rest))
        again = forecast([slipped if task is slow else task for task in tasks], now)
        assert found.end_at is not None
        assert again.end_at is not None
        assert again.end_at <= max(found.end_at, again.tasks[slow.code].finish_at) + MOMENT


@pytest.mark.parametrize("which", list(Route))
@pytest.mark.parametrize("days", [0, 1, 5, 12.5, 30, 60, 100])
def test_the_forecast_is_the_plan_while_all_goes_as_planned(which: Route, days: float) -> None:
    tasks = route(which)
    plan = critical_path(tasks, {task.code: task.days.likely for task in tasks})
    found = forecast(as_planned(tasks, days * DAY), START + days * DAY)
    for times in plan.times:
        one = found.tasks[times.code]
        assert abs(one.finish_at - (START + times.finish * DAY)) < MOMENT
        if times.finish > days and times.code != "K6":  # the optional one has no end to move
            assert one.is_critical == (times.slack < 1e-6)
    assert found.end_at is not None
    assert abs(found.end_at - (START + plan.days * DAY)) < MOMENT


def test_a_late_task_pushes_what_comes_behind_it() -> None:
    late = forecast(route(Route.B), START + 3 * DAY)
    assert late.finish_of("S2") == forecast(route(Route.B), START).finish_of("S2") + 3 * DAY  # type: ignore[operator]
    assert late.finish_of("none") is None


@pytest.mark.parametrize(
    ("elapsed", "share", "rest"),
    [(2, 0, 4), (6, 0, 0), (9, 0, 1), (30, 0, 0.6), (6, 0.5, 3), (1, 0.5, 3), (9, 1, 0)],
)
def test_what_a_task_at_work_still_takes(elapsed: float, share: float, rest: float) -> None:
    task = Course("M6", (), Days(3, 6, 12), started_at=START, share=share)
    now = START + elapsed * DAY
    assert abs(forecast([task], now).tasks["M6"].finish_at - now - rest * DAY) < MOMENT


def test_an_exception_holds_the_end_of_what_has_begun() -> None:
    asked = Course("X1", (), Days(1, 4, 8))
    held = Course("L5", ("X1",), Days(1, 2, 10), started_at=START)
    found = forecast([held, asked], START + DAY)
    assert found.tasks["L5"].finish_at == START + 5 * DAY
    assert found.tasks["X1"].is_critical
    assert found.tasks["L5"].is_critical


def test_an_alliance_without_tasks_has_no_end() -> None:
    assert forecast([], START).end_at is None
