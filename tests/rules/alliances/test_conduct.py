"""What counts for and against a firm: its own time, the goods in its hands, its answers."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from alliances.heritage import Asked, Done, conduct_of, conduct_of_leavers, looked_at, scope_of
from firms.reputation import Outcome

NOW = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
LOT = Done(
    code="M6",
    title="Produce the pilot lot",
    firm_id=1,
    slot="maker",
    scope="6203",
    due_at=NOW + 10 * DAY,
    could_begin_at=NOW + 2 * DAY,
    high_days=7,
    finished_at=None,
    is_given_up=False,
    target=100,
    units=100,
)
INVITED = Asked("k", 1, "maker", "6203", answered_at=None, expired_at=None)


def outcomes(*tasks: Done, now: datetime = NOW + 40 * DAY) -> list[str]:
    return [row.outcome.value for row in conduct_of(tasks, [], now)]


@pytest.mark.parametrize(
    ("begins", "ends", "outcome"),
    [
        (2, 9, "kept"),  # before its date
        (2, 11, "late"),  # after it, though nobody kept it waiting
        (8, 14, "kept"),  # it could begin only on day 8, and may take seven days
        (8, 16, "late"),
    ],
)
def test_a_firm_answers_for_its_own_time_only(begins: int, ends: int, outcome: str) -> None:
    task = replace(LOT, could_begin_at=NOW + begins * DAY, finished_at=NOW + ends * DAY)
    assert outcomes(task)[0] == outcome


def test_what_is_overdue_and_never_done_is_broken() -> None:
    assert outcomes(LOT) == ["broken"]
    assert outcomes(LOT, now=NOW + 9 * DAY) == []  # its time has not come
    assert outcomes(replace(LOT, could_begin_at=None)) == []  # it waited for others to the end
    assert outcomes(replace(LOT, is_given_up=True)) == []  # it was called off in time


def test_who_leaves_by_choice_breaks_what_was_in_its_hands_also_before_the_limit() -> None:
    before = NOW + 9 * DAY
    assert [row.outcome for row in conduct_of_leavers([LOT], before, by_choice=True)] == [Outcome.BROKEN]
    assert not conduct_of_leavers([LOT], before)  # an operator took the seat away, though nothing was due
    for waits in (None, before + DAY):
        assert not conduct_of_leavers([replace(LOT, could_begin_at=waits)], before, by_choice=True)
    assert not conduct_of_leavers([replace(LOT, is_given_up=True)], before, by_choice=True)


@pytest.mark.parametrize(
    ("changes", "quality"),
    [
        ({}, (Outcome.SOUND, 1.0)),
        ({"complaints": 1}, (Outcome.FAULTY, 1.0)),
        ({"units": 75}, (Outcome.FAULTY, 0.25)),
        ({"good": 90, "bad": 10}, (Outcome.FAULTY, 0.1)),
        ({"units": 75, "good": 90, "bad": 10}, (Outcome.FAULTY, 0.25)),
        ({"good": 100}, (Outcome.SOUND, 1.0)),
        ({"target": None, "units": 0}, (Outcome.SOUND, 1.0)),
        ({"target": 0, "units": 0}, (Outcome.SOUND, 1.0)),
    ],
)
def test_quality_is_judged_by_what_came_of_the_goods(changes: dict[str, int], quality: object) -> None:
    found = conduct_of([replace(LOT, finished_at=NOW + DAY, **changes)], [], NOW)  # type: ignore[arg-type]
    assert [(row.outcome, row.share) for row in found[1:]] == [quality]


def test_a_lot_that_was_not_inspected_is_not_called_sound() -> None:
    lot = replace(LOT, finished_at=NOW + DAY)
    inspection = replace(LOT, code="M8", firm_id=2, slot="quality", target=None, could_begin_at=None)
    assert outcomes(lot, inspection) == ["kept"]
    passed = replace(inspection, could_begin_at=NOW, finished_at=NOW + 2 * DAY)
    assert outcomes(lot, passed) == ["kept", "sound", "kept"]


def test_work_without_goods_has_no_quality() -> None:
    assert outcomes(replace(LOT, code="K2", finished_at=NOW, complaints=1)) == ["kept"]


def test_an_answer_is_an_answer_and_silence_is_not() -> None:
    answered, silent = (
        replace(INVITED, answered_at=NOW),
        replace(INVITED, expired_at=NOW),
    )
    found = conduct_of([], [answered, silent, INVITED], NOW)
    assert [row.outcome.value for row in found] == ["answered", "silent"]


def test_a_lot_is_looked_at_by_its_inspection() -> None:
    assert (looked_at("M6"), looked_at("M1A"), looked_at("L4")) == ("M8", "M8", "L4")


@pytest.mark.parametrize(
    ("slot", "scope"),
    [("maker", "6203"), ("quality", "6203"), ("forwarder", "DE FR"), ("listing:de", "DE FR")],
)
def test_what_a_role_is_about(slot: str, scope: str) -> None:
    assert scope_of(slot, "620342", ["FR", "DE"]) == scope
