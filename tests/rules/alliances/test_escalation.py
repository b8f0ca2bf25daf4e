"""The ladder of a late task, and when people are reminded: tables and properties."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliances.escalation import (
    STATE_LEADS,
    Ladder,
    Step,
    fair_span,
    invitation_reminder,
    ladder,
    state_reminder,
)
from alliances.lifecycle import State
from alliances.notices import KINDS

START = datetime(2026, 3, 4, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
RUNGS = Ladder()


@pytest.mark.parametrize(
    ("duration", "lead"),
    [
        (30 * DAY, 24 * HOUR),  # a day before
        (5 * DAY, 24 * HOUR),  # the day is a fifth
        (2 * DAY, 2 * DAY / 5),
        (5 * HOUR, HOUR),
        (4 * HOUR, None),  # too short
        (0 * HOUR, None),
        (-HOUR, None),
    ],
)
def test_reminders_come_a_day_or_a_fifth_before(duration: timedelta, lead: timedelta | None) -> None:
    due = START + duration
    assert RUNGS.reminded_at(START, due) == (due - lead if lead else None)


def climbed(
    start: datetime, due: datetime, *, is_mandatory: bool, late: timedelta
) -> list[tuple[Step, datetime]]:
    """Every step of a task that is never finished, when the clock looks `late` after each time it should."""
    taken: list[tuple[Step, datetime]] = []
    at = RUNGS.next_at(Step.NONE, start, due, start, is_mandatory=is_mandatory)
    step = Step.NONE
    while at is not None:
        now = at + late
        step = RUNGS.coming(step, start, due, now)
        taken.append((step, now))
        at = RUNGS.next_at(step, start, due, now, is_mandatory=is_mandatory)
    return taken


def test_the_whole_ladder() -> None:
    due = START + 10 * DAY
    assert climbed(START, due, is_mandatory=True, late=timedelta(0)) == [
        (Step.REMIND, due - DAY),
        (Step.MANAGER, due),
        (Step.OPERATOR, due + DAY),
        (Step.REPLACE, due + 3 * DAY),
    ]


def test_what_is_not_mandatory_costs_nobody_a_seat() -> None:
    steps = climbed(START, START + 10 * DAY, is_mandatory=False, late=timedelta(0))
    assert [step for step, _at in steps] == [Step.REMIND, Step.MANAGER, Step.OPERATOR]


def test_a_short_task_begins_with_the_manager() -> None:
    steps = climbed(START, START + HOUR, is_mandatory=True, late=timedelta(0))
    assert [step for step, _at in steps] == [Step.MANAGER, Step.OPERATOR, Step.REPLACE]


def test_a_clock_that_slept_takes_one_step_and_gives_the_full_time_again() -> None:
    due = START + 10 * DAY
    assert climbed(START, due, is_mandatory=True, late=9 * DAY) == [
        (Step.MANAGER, due + 8 * DAY),  # nobody is reminded of what has passed
        (Step.OPERATOR, due + 18 * DAY),
        (Step.REPLACE, due + 29 * DAY),
    ]


@given(
    duration=st.timedeltas(timedelta(0), timedelta(days=200)),
    late=st.timedeltas(timedelta(0), timedelta(days=30)),
    is_mandatory=st.booleans(),
)
def test_steps_rise_end_and_leave_their_grace(
    duration: timedelta, late: timedelta, is_mandatory: bool
) -> None:
    due = START + duration
    steps = climbed(START, due, is_mandatory=is_mandatory, late=late)
    assert [step for step, _at in steps] == sorted({step for step, _at in steps})
    at = dict(steps)
    assert at[Step.MANAGER] >= due
    assert at[Step.OPERATOR] - at[Step.MANAGER] >= RUNGS.grace
    assert (Step.REPLACE in at) == is_mandatory
    if is_mandatory:
        assert at[Step.REPLACE] - at[Step.OPERATOR] >= RUNGS.last_grace
    if Step.REMIND in at:
        assert START <= at[Step.REMIND] < due


@pytest.mark.parametrize(
    ("free_after", "due_after"),
    [(None, 10 * DAY), (-DAY, 10 * DAY), (0 * DAY, 10 * DAY), (3 * DAY, 13 * DAY)],
)
def test_who_waited_for_others_has_the_planned_time(
    free_after: timedelta | None, due_after: timedelta
) -> None:
    free_at = None if free_after is None else START + free_after
    assert fair_span(START, START + 10 * DAY, free_at) == (START + due_after - 10 * DAY, START + due_after)


def test_graces_are_settings() -> None:
    assert ladder({"task_grace": HOUR, "cooling_off": DAY}) == Ladder(grace=HOUR)
    assert ladder({"task_last_grace": HOUR}).last_grace == HOUR


@pytest.mark.parametrize(
    ("life", "now", "then"),
    [
        (48 * HOUR, 0 * HOUR, 24 * HOUR),
        (48 * HOUR, 24 * HOUR, 42 * HOUR),
        (48 * HOUR, 42 * HOUR, None),
        (12 * HOUR, 0 * HOUR, 6 * HOUR),  # both at once
        (12 * HOUR, 6 * HOUR, None),
        (4 * HOUR, 0 * HOUR, 2 * HOUR),  # six hours before is before it was sent
        (4 * HOUR, 2 * HOUR, None),
    ],
)
def test_an_invitation_is_reminded_of_halfway_and_six_hours_before(
    life: timedelta, now: timedelta, then: timedelta | None
) -> None:
    found = invitation_reminder(START, START + life, START + now)
    assert found == (START + then if then is not None else None)


@pytest.mark.parametrize(
    ("state", "life", "then"),
    [
        (State.SETTLING, 72 * HOUR, 48 * HOUR),
        (State.SETTLING, 24 * HOUR, 12 * HOUR),
        (State.SUSPENDED, 7 * DAY, 6 * DAY),
        (State.OPERATING, 90 * DAY, None),
    ],
)
def test_the_end_of_a_state_is_told_before(state: State, life: timedelta, then: timedelta | None) -> None:
    assert state_reminder(state, START, START + life) == (START + then if then is not None else None)


def test_every_state_that_is_told_of_exists_and_has_its_text() -> None:
    assert set(STATE_LEADS) <= {state.value for state in State}
    told_to_operators = set(STATE_LEADS) - {State.SETTLING.value}
    assert {f"near_{state}" for state in told_to_operators} <= set(KINDS)


def test_every_text_fills_in() -> None:
    words = dict.fromkeys(("alliance", "firm", "slot", "tasks", "reason", "until", "then"), "x")
    for name, kind in KINDS.items():
        for text in (kind.subject, kind.text, kind.otherwise):
            assert "%(" not in text % words, name
            assert not text or "  " not in text
