"""The ways out of an alliance whose trend is over: settled by the settlement's own rule, the best first."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from alliances.accounts import SeatAccount, TaskAccount, Work
from alliances.exits import Exit, packed, ways

PLANNED, PRICE = 100, 2_000
MAKER = SeatAccount(
    "maker-1", "maker", "maker", [{"kind": "per_unit", "units": PLANNED, "unit_minor": 600}], True
)
CARRIER = SeatAccount(
    "forwarder-1", "carrier", "forwarder", [{"kind": "per_unit", "units": PLANNED, "unit_minor": 150}], False
)
SELLER = SeatAccount("seller-1", "seller", "seller", [{"kind": "remainder"}], False)


def work(made: int, sold: int = 0, *, is_flown: bool = False) -> Work:
    tasks = {
        "M6": TaskAccount(is_finished=made == PLANNED, done_units=made),
        "L4": TaskAccount(is_finished=is_flown),
        "S3": TaskAccount(is_finished=False, done_units=sold, revenue_minor=sold * PRICE),
    }
    return Work(PLANNED, tasks, [MAKER, replace(CARRIER, has_worked=is_flown), SELLER])


def found(of: Work, wanted: int) -> dict[Exit, int]:
    rows = ways(of, "seller", "EUR", wanted_units=wanted, price_minor=PRICE)
    assert [row.net_minor for row in rows] == sorted((row.net_minor for row in rows), reverse=True)
    return {row.exit: row.net_minor for row in rows}


def test_stopping_pays_for_what_was_made_and_nothing_else() -> None:
    assert found(work(40), 0)[Exit.STOP_NOW] == -40 * 600


def test_selling_what_is_made_pays_the_carrier_for_as_many() -> None:
    assert found(work(40), 40)[Exit.SELL_WHAT_IS_MADE] == 40 * (PRICE - 600 - 150)


def test_carrying_on_pays_for_all_and_sells_what_is_wanted() -> None:
    assert found(work(40), 50)[Exit.CARRY_ON] == 50 * PRICE - PLANNED * 750


def test_without_a_buyer_stopping_is_best_and_with_many_carrying_on() -> None:
    assert next(iter(found(work(40), 0))) is Exit.STOP_NOW
    assert next(iter(found(work(40), 1_000))) is Exit.CARRY_ON


def test_when_all_or_nothing_is_made_there_is_no_middle_way() -> None:
    assert Exit.SELL_WHAT_IS_MADE not in found(work(0), 10)
    assert Exit.SELL_WHAT_IS_MADE not in found(work(PLANNED), 10)


@given(st.integers(0, PLANNED), st.integers(0, PLANNED), st.integers(0, 300))
def test_no_way_sells_what_was_not_made(made: int, sold: int, wanted: int) -> None:
    rows = ways(work(made, min(sold, made)), "seller", "EUR", wanted_units=wanted, price_minor=PRICE)
    for row in rows:
        assert min(sold, made) <= row.sold_units <= max(row.made_units, sold)
        assert row.left_units == max(row.made_units - row.sold_units, 0)
    assert {"exit", "net_minor"} <= packed(rows)[0].keys()
