"""What a firm that leaves keeps of its terms, and what is offered to who takes over: never more than the whole."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliances.terms import for_the_rest, of_leaver, units_in

TODAY = date(2026, 3, 20)
TERMS = {
    "items": [
        {"kind": "per_unit", "label": "Units made", "units": 100, "unit_minor": 600, "total_minor": 60_000},
        {"kind": "fixed", "label": "Engagement", "amount_minor": 5_000},
        {"kind": "revenue_share", "rate_bp": 300},
    ],
    "capacity": [{"line": 1, "from_on": "2026-03-04", "until_on": "2026-03-07", "units": 100}],
    "from_on": "2026-03-04",
    "until_on": "2026-06-02",
}


def test_units_are_paid_as_delivered_and_fees_by_finished_tasks() -> None:
    kept = of_leaver(TERMS, done_units=40, planned_units=100, finished=4, tasks=5)
    assert [item.get("total_minor", item.get("amount_minor")) for item in kept["items"]] == [
        24_000,
        4_000,
        None,
    ]
    assert (kept["items"][2]["rate_bp"], kept["capacity"]) == (240, [])


@pytest.mark.parametrize(
    ("case", "agreed", "kept_before", "done", "kept"),
    [
        ("one of two makers", 60, 0, 50, 30),
        ("the other, after the first has left", 40, 0, 100, 40),
        ("who took over the rest", 60, 40, 70, 30),
        ("who took over and made nothing", 60, 40, 40, 0),
        ("fewer are counted now than were kept", 60, 40, 30, 0),
        ("more than was planned", 60, 40, 140, 60),
    ],
)
def test_what_a_seat_delivered_is_less_what_was_kept_of_it_before(
    case: str, agreed: int, kept_before: int, done: int, kept: int
) -> None:
    of_seat = {"items": [{"kind": "per_unit", "units": agreed, "unit_minor": 600}]}
    found = of_leaver(
        of_seat, done_units=done, planned_units=100, finished=0, tasks=1, kept_before=kept_before
    )
    assert units_in(found) == kept, case


def test_who_takes_over_is_offered_the_rest_from_today_on() -> None:
    rest = for_the_rest(TERMS, 60, 100, TODAY)
    assert (rest["items"][0]["units"], rest["items"][0]["total_minor"]) == (60, 36_000)
    assert rest["items"][1]["amount_minor"] == 5_000
    assert rest["capacity"] == [{"line": 1, "from_on": "2026-03-20", "until_on": "2026-03-23", "units": 60}]
    assert (rest["from_on"], rest["until_on"]) == ("2026-03-20", "2026-06-02")


def test_capacity_that_is_still_to_come_keeps_its_days() -> None:
    rest = for_the_rest(TERMS, 60, 100, date(2026, 3, 1))
    assert rest["capacity"][0]["from_on"] == "2026-03-04"


@given(st.integers(0, 200), st.integers(0, 9), st.integers(0, 9), st.integers(0, 100))
def test_the_leaver_gets_no_more_than_was_agreed_and_the_rest_is_covered(
    done: int, finished: int, more: int, left: int
) -> None:
    kept = of_leaver(TERMS, done_units=done, planned_units=100, finished=finished, tasks=finished + more)
    assert 0 <= units_in(kept) <= 100
    assert kept["items"][0]["total_minor"] == 600 * units_in(kept)
    assert 0 <= kept["items"][1]["amount_minor"] <= 5_000
    assert units_in(for_the_rest(TERMS, left, 100, TODAY)) >= left
