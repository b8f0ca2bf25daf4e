"""Other terms: what may change and what follows from it, in whole units and minor units; whose turn it is."""

import copy
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alliances.negotiation import (
    Fault,
    Turn,
    Wish,
    WrongTerms,
    changed,
    differences,
    effect,
    rounds_left,
    total_of,
    turn,
    units_of,
)

FROM, UNTIL = date(2026, 3, 4), date(2026, 6, 2)


def terms(units: int = 100) -> dict[str, Any]:
    return {
        "slot": "maker",
        "currency": "EUR",
        "items": [
            {
                "kind": "per_unit",
                "label": "Units made",
                "units": units,
                "unit_minor": 600,
                "total_minor": units * 600,
            },
            {"kind": "fixed", "label": "Engagement", "amount_minor": 5_000},
            {"kind": "revenue_share", "label": "Share", "rate_bp": 250},
        ],
        "capacity": [{"line": 7, "from_on": "2026-03-04", "until_on": "2026-03-07", "units": units}],
        "from_on": FROM.isoformat(),
        "until_on": UNTIL.isoformat(),
        "markets": ["DE"],
    }


def fault(wish: Wish) -> Fault | None:
    try:
        changed(terms(), wish)
    except WrongTerms as wrong:
        return wrong.fault
    return None


def test_a_price_changes_its_item_and_the_sum() -> None:
    after = changed(terms(), Wish({0: 650, 1: 0}))
    assert after["items"][0] | {} == {**terms()["items"][0], "unit_minor": 650, "total_minor": 65_000}
    assert (total_of(terms()), total_of(after)) == (65_000, 65_000)
    assert after["items"][2] == terms()["items"][2]


def test_fewer_units_are_paid_and_held() -> None:
    after = changed(terms(), Wish({}, units=60))
    assert (units_of(after), after["items"][0]["total_minor"], after["capacity"][0]["units"]) == (
        60,
        36_000,
        60,
    )
    assert after["items"][1] == terms()["items"][1]


def test_the_days_of_the_capacity_move_with_the_beginning() -> None:
    after = changed(terms(), Wish({}, from_on=FROM + timedelta(days=5)))
    assert (after["from_on"], after["capacity"][0]["from_on"], after["capacity"][0]["until_on"]) == (
        "2026-03-09",
        "2026-03-09",
        "2026-03-12",
    )
    short = changed(terms(), Wish({}, until_on=FROM + timedelta(days=1)))
    assert short["capacity"][0]["until_on"] == "2026-03-05"


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        (Wish({}), Fault.NOTHING),
        (Wish({0: 600}, units=100, from_on=FROM, until_on=UNTIL), Fault.NOTHING),
        (Wish({0: -1}), Fault.PRICE),
        (Wish({2: 100}), Fault.PRICE),  # a share is no price
        (Wish({9: 100}), Fault.PRICE),
        (Wish({-1: 100}), Fault.PRICE),
        (Wish({0: 10**14}), Fault.PRICE),
        (Wish({}, units=0), Fault.UNITS),
        (Wish({}, units=-5), Fault.UNITS),
        (Wish({}, units=101), Fault.UNITS),
        (Wish({}, from_on=UNTIL + timedelta(days=1)), Fault.DATES),
        (Wish({}, until_on=FROM - timedelta(days=1)), Fault.DATES),
    ],
)
def test_what_cannot_be_proposed(wish: Wish, expected: Fault) -> None:
    assert fault(wish) is expected


def test_a_seat_without_units_has_none_to_change() -> None:
    fee = terms() | {"items": [{"kind": "fixed", "label": "Fee", "amount_minor": 100}], "capacity": []}
    with pytest.raises(WrongTerms, match="units"):
        changed(fee, Wish({}, units=5))


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.integers(1, 400), min_size=1, max_size=4),
    st.integers(1, 1_600),
    st.dictionaries(st.integers(0, 3), st.integers(0, 10**6), max_size=3),
)
def test_whatever_is_proposed_adds_up_and_leaves_the_rest_alone(
    sizes: list[int], units: int, prices: dict[int, int]
) -> None:
    rows = [
        {"kind": "per_unit", "label": f"part {n}", "units": size, "unit_minor": 10, "total_minor": size * 10}
        for n, size in enumerate(sizes)
    ]
    before = terms() | {
        "items": rows,
        "capacity": [
            {"line": n, "from_on": "2026-03-04", "until_on": "2026-03-07", "units": size}
            for n, size in enumerate(sizes)
        ],
    }
    kept = copy.deepcopy(before)
    try:
        after = changed(before, Wish(prices, units=units))
    except WrongTerms:
        return
    finally:
        assert before == kept  # what is offered is never touched
    assert units_of(after) == units <= units_of(before)
    for item in after["items"]:
        assert item["units"] >= 1
        assert item["total_minor"] == item["units"] * item["unit_minor"]
    assert sum(row["units"] for row in after["capacity"]) >= units
    assert all(
        new["units"] <= old["units"] for new, old in zip(after["capacity"], before["capacity"], strict=True)
    )
    assert {name: after[name] for name in ("slot", "currency", "markets")} == {
        name: before[name] for name in ("slot", "currency", "markets")
    }


def test_the_comparison_shows_before_after_and_difference() -> None:
    after = changed(terms(), Wish({0: 650}, units=60, until_on=UNTIL + timedelta(days=3)))
    rows = {row.what: (row.before, row.after, row.delta) for row in differences(terms(), after)}
    assert rows == {
        "price": (600, 650, 50),
        "units": (100, 60, -40),
        "until_on": ("2026-06-02", "2026-06-05", 3),
        "total": (65_000, 44_000, -21_000),
    }


def test_the_effect_counts_what_is_paid_more_and_what_is_not_sold() -> None:
    dearer = changed(terms(), Wish({0: 700}))
    plan = {"cost": 120_000, "margin": 130_000, "revenue": 250_000, "units": 100}
    shown = effect(terms(), dearer, **plan)
    assert (shown.cost_after_minor, shown.margin_after_minor) == (130_000, 120_000)
    fewer = changed(terms(), Wish({}, units=60))
    shown = effect(terms(), fewer, **plan)
    assert (shown.cost_after_minor, shown.margin_after_minor) == (96_000, 130_000 + 24_000 - 100_000)


@pytest.mark.parametrize(
    ("moves", "whose", "left"),
    [
        ([], Turn.FIRM, 3),
        (["proposed"], Turn.OPERATOR, 2),
        (["proposed", "refused"], Turn.FIRM, 2),
        (["proposed", "offered", "proposed"], Turn.OPERATOR, 1),
        (["proposed", "offered", "proposed", "accepted"], Turn.FIRM, 1),
        (["proposed", "refused"] * 4, Turn.FIRM, 0),
    ],
)
def test_turns_and_rounds(moves: list[str], whose: Turn, left: int) -> None:
    assert (turn(moves), rounds_left(moves, 3)) == (whose, left)
