"""What an alliance still needs when it ends before its work is done."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliances.lifecycle import TASK_OVER, TaskState
from alliances.playbook import Standing, wound_back
from matching.blueprint import Route, Slot, graph

CODES = [spec.code for spec in graph(Route.C, set(Slot)) if not spec.is_milestone]


def standing(**states: str) -> list[Standing]:
    """The tasks of a bulk plan; those that are not named wait."""
    return [Standing(code, states.get(code, "waiting")) for code in CODES]


@pytest.mark.parametrize(
    ("case", "tasks", "kept"),
    [
        ("nothing was begun", standing(M1="ready"), set()),
        ("somebody is at work", standing(M1="started"), {"M1"}),
        ("goods were made", standing(M6="finished"), {"E4"}),
        ("it was listed", standing(K2="finished"), {"E1"}),
        ("it sells", standing(M6="finished", K2="finished", S3="started"), {"S3", "E1", "E2", "E3", "E4"}),
        ("all is over", standing(**dict.fromkeys(CODES, "finished")), set()),
    ],
)
def test_what_is_kept(case: str, tasks: list[Standing], kept: set[str]) -> None:
    cancelled = set(wound_back(tasks))
    assert {row.code for row in tasks if row.state not in TASK_OVER} - cancelled == kept, case


def test_a_lot_that_was_handed_back_half_made_has_to_be_dealt_with() -> None:
    tasks = [Standing("M6", "ready", done_units=40), Standing("E4", "waiting")]
    assert wound_back(tasks) == ["M6"]


def test_a_reported_exception_is_still_answered() -> None:
    assert wound_back([Standing("X1", "ready", is_exception=True)]) == []


@given(st.lists(st.tuples(st.sampled_from(CODES), st.sampled_from(TaskState)), unique_by=lambda row: row[0]))
def test_nothing_that_is_over_or_in_hand_is_cancelled(rows: list[tuple[str, TaskState]]) -> None:
    states = {code: state.value for code, state in rows}
    cancelled = wound_back([Standing(code, state) for code, state in states.items()])
    assert all(states[code] in {TaskState.WAITING, TaskState.READY} for code in cancelled)
