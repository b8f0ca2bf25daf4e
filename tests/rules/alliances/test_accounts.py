"""From what was agreed and done to the record of the settlement."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alliances.accounts import SeatAccount, TaskAccount, Work, left_over, record_of
from alliances.settlement import settle

PLANNED = 100
DONE = TaskAccount(is_finished=True)


def per_unit(unit_minor: int, units: int = PLANNED) -> dict[str, Any]:
    return {"kind": "per_unit", "units": units, "unit_minor": unit_minor, "total_minor": units * unit_minor}


def fixed(amount_minor: int) -> dict[str, Any]:
    return {"kind": "fixed", "amount_minor": amount_minor}


def seat(
    slot: str, *items: dict[str, Any], firm: str = "", has_worked: bool = True, number: int = 1
) -> SeatAccount:
    return SeatAccount(f"{slot}-{number}", firm or slot, slot, items, has_worked)


def counted(units: int, *, is_finished: bool = True, revenue: int = 0) -> TaskAccount:
    return TaskAccount(is_finished, units, revenue)


ALL_DONE = {
    "M6": counted(PLANNED),
    "M8": DONE,
    "L4": DONE,
    "S3": counted(PLANNED, revenue=250_000),
    "E3": TaskAccount(is_finished=True, revenue_minor=212_500),
}


def shares(seats: list[SeatAccount], **tasks: TaskAccount) -> dict[str, int]:
    work = Work(PLANNED, ALL_DONE | tasks, seats)
    return {row.firm: row.amount_minor for row in settle(record_of(work, "seller", "EUR")).shares}


@pytest.mark.parametrize(
    ("case", "paid", "tasks", "amount"),
    [
        ("all delivered", seat("maker", per_unit(600), fixed(5_000)), {}, 65_000),
        ("fewer made", seat("maker", per_unit(600)), {"M6": counted(40)}, 24_000),
        ("more made than agreed", seat("maker", per_unit(600)), {"M6": counted(140)}, 60_000),
        ("begun, not finished", seat("maker", per_unit(600)), {"M6": counted(40, is_finished=False)}, 24_000),
        ("carried what was made", seat("forwarder", per_unit(150)), {"M6": counted(40)}, 6_000),
        ("never carried", seat("forwarder", per_unit(150)), {"L4": TaskAccount(is_finished=False)}, 0),
        ("booked, never carried", seat("forwarder", fixed(900)), {"L4": TaskAccount(is_finished=False)}, 900),
        ("did nothing", seat("forwarder", per_unit(150), fixed(900), has_worked=False), {}, 0),
        (
            "the last mile is paid by what was sold",
            seat("last_mile", per_unit(80)),
            {"S3": counted(30)},
            2_400,
        ),
        ("a role without a task of its own", seat("importer", per_unit(20)), {"M6": counted(60)}, 1_200),
        ("a share of the net revenue", seat("ads", {"kind": "revenue_share", "rate_bp": 1_000}), {}, 21_250),
        ("the residue is nobody's claim", seat("ads", {"kind": "remainder"}), {}, 0),
    ],
)
def test_what_a_seat_is_owed(
    case: str, paid: SeatAccount, tasks: dict[str, TaskAccount], amount: int
) -> None:
    assert shares([paid], **tasks).get(paid.firm, 0) == amount, case


def test_stock_that_is_allocated_counts_as_made() -> None:
    tasks = {code: row for code, row in ALL_DONE.items() if code != "M6"} | {"M1A": DONE}
    work = Work(PLANNED, tasks, [])
    assert (work.made_units, replace(work, tasks={"M1A": TaskAccount(is_finished=False)}).made_units) == (
        PLANNED,
        0,
    )


def test_two_makers_share_a_shortfall_by_what_they_agreed() -> None:
    seats = [seat("maker", per_unit(600, 70), firm="a"), seat("maker", per_unit(500, 30), firm="b", number=2)]
    assert shares(seats, M6=counted(50)) == {"a": 35 * 600, "b": 15 * 500, "seller": -(35 * 600 + 15 * 500)}


LEAVER = SeatAccount("maker-1", "a", "maker", [per_unit(600, 40)], has_worked=True, has_left=True)
HEIR = SeatAccount("maker-2", "b", "maker", [per_unit(600, 60)], has_worked=True, kept_before=40)


@pytest.mark.parametrize(
    ("case", "seats", "made", "units"),
    [
        ("nobody took over", [LEAVER], 40, {"a": 40}),
        ("the rest was made", [LEAVER, HEIR], 100, {"a": 40, "b": 60}),
        ("the rest was made in part", [LEAVER, HEIR], 80, {"a": 40, "b": 40}),
        ("nothing more was made", [LEAVER, HEIR], 40, {"a": 40, "b": 0}),
        ("fewer are counted in the end", [LEAVER, HEIR], 30, {"a": 30, "b": 0}),
        ("none are found", [LEAVER], 0, {"a": 0}),
        (
            "another beside them",
            [
                LEAVER,
                replace(HEIR, items=[per_unit(600, 20)]),
                seat("maker", per_unit(600, 40), firm="c", number=3),
            ],
            80,
            {"a": 40, "b": 8, "c": 32},
        ),
    ],
)
def test_who_has_left_keeps_its_units_if_they_are_there_and_who_took_over_is_paid_for_the_rest(
    case: str, seats: list[SeatAccount], made: int, units: dict[str, int]
) -> None:
    found = shares(seats, M6=counted(made))
    assert {firm: found.get(firm, 0) for firm in units} == {firm: 600 * n for firm, n in units.items()}, case


def test_several_terms_of_one_seat_are_kept_apart() -> None:
    assert shares([seat("maker", fixed(100), fixed(200), per_unit(1), per_unit(2))])["maker"] == 600


def test_a_pay_out_that_was_not_reported_makes_no_fee() -> None:
    for payout in ({}, {"E3": TaskAccount(is_finished=True)}, {"E3": TaskAccount(False, None, 1)}):
        tasks = {code: row for code, row in ALL_DONE.items() if code != "E3"} | payout
        assert record_of(Work(PLANNED, tasks, []), "seller", "EUR").fees == ()


@pytest.mark.parametrize(("units", "revenue"), [(3, 10), (7, 7), (1, 99), (0, 0), (0, 5), (5, 0)])
def test_the_revenue_is_exact_to_the_minor_unit(units: int, revenue: int) -> None:
    record = record_of(Work(PLANNED, {"S3": counted(units, revenue=revenue)}, []), "seller", "EUR")
    assert sum(sale.units * sale.price_minor for sale in record.sales) == revenue


def test_a_firm_is_paid_in_its_own_currency() -> None:
    carried = per_unit(150) | {"currency": "CNY"}
    rate = {"quote": "USD", "numerator": 14, "denominator": 100, "as_of_on": "2026-03-01", "source": "ECB"}
    booked = fixed(1_000) | {"currency": "CNY", "paid_in": rate}
    work = Work(PLANNED, ALL_DONE, [seat("forwarder", carried, booked), seat("maker", fixed(70))])
    settlement = settle(record_of(work, "seller", "EUR"))
    assert {(row.firm, row.currency): row.amount_minor for row in settlement.shares} == {
        ("forwarder", "CNY"): 15_000,
        ("seller", "CNY"): -15_000,
        ("forwarder", "USD"): 140,
        ("seller", "USD"): -140,
        ("maker", "EUR"): 70,
        ("seller", "EUR"): -70,
    }


@pytest.mark.parametrize(("made", "sold", "left"), [(100, 70, 30), (100, 100, 0), (60, 70, 0)])
def test_what_is_left_over(made: int, sold: int, left: int) -> None:
    assert left_over(made, sold) == left


ITEMS = st.one_of(
    st.builds(per_unit, st.integers(0, 10**6), st.integers(0, 500)),
    st.builds(fixed, st.integers(0, 10**9)),
    st.builds(
        lambda amount, currency: fixed(amount) | {"currency": currency},
        st.integers(0, 10**9),
        st.sampled_from(["CNY", "JPY"]),
    ),
    st.just({"kind": "remainder"}),
)
SEATS = st.lists(
    st.builds(
        lambda slot, items, firm, worked, n: seat(slot, *items, firm=firm, has_worked=worked, number=n),
        st.sampled_from(["maker", "forwarder", "warehouse", "last_mile", "seller", "ads"]),
        st.lists(ITEMS, max_size=3),
        st.sampled_from(["a", "b", "seller"]),
        st.booleans(),
        st.integers(1, 99),
    ),
    max_size=6,
    unique_by=lambda row: row.seat,
)
TASKS = st.dictionaries(
    st.sampled_from(["M6", "M1A", "L4", "L6", "S3", "E3"]),
    st.builds(TaskAccount, st.booleans(), st.none() | st.integers(0, 500), st.integers(0, 10**9)),
)


@settings(max_examples=100, deadline=None)
@given(SEATS, TASKS, st.integers(0, 300))
def test_whatever_happened_it_sums_to_zero(
    seats: list[SeatAccount], tasks: dict[str, TaskAccount], planned: int
) -> None:
    settlement = settle(record_of(Work(planned, tasks, seats), "seller", "EUR"))
    assert set(settlement.sums().values()) <= {0}
    assert {"CNY", "JPY"} & settlement.sums().keys() <= {
        item.get("currency") for row in seats for item in row.items
    }
    agreed = {row.seat: sum(item.get("units", 0) for item in row.items) for row in seats}
    for line in settlement.lines:
        if line.kind == "per_unit" and line.units is not None:
            assert line.units <= agreed[line.seat.partition("#")[0]]
