"""Shares: exact, explained, and zero in sum whatever happened."""

import json
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alliances.settlement import (
    Claim,
    Fee,
    LineKind,
    Record,
    Sale,
    Settlement,
    Term,
    TermKind,
    TermsError,
    largest_remainder,
    packed,
    settle,
    unpacked,
)

TERMS = (
    Term("maker", "ningbo", TermKind.PER_UNIT, 500, "USD"),
    Term("forwarder", "wing", TermKind.PER_UNIT, 200, "USD"),
    Term("quality", "lab", TermKind.FIXED, 30_000, "CNY"),
    Term("creators", "stars", TermKind.REVENUE_SHARE, rate_bp=1_000),
)
RECORD = Record(
    seller="shop",
    terms=TERMS,
    delivered={"maker": 180, "forwarder": 180},
    sales=(Sale(150, 2_999, "USD"), Sale(-10, 2_999, "USD")),
    fees=(Fee(63_000, "USD", "marketplace"),),
    write_offs=(Claim("wing", 2_500, "USD", "5 units damaged"),),
)


def amounts(settlement: Settlement) -> dict[tuple[str, str], int]:
    return {(share.firm, share.currency): share.amount_minor for share in settlement.shares}


def test_every_term_is_paid_by_the_seller_of_record() -> None:
    # net revenue 140 * 29.99 - 630.00 = 3,568.60, a tenth of it to the creators
    assert amounts(settle(RECORD)) == {
        ("lab", "CNY"): 30_000,
        ("shop", "CNY"): -30_000,
        ("ningbo", "USD"): 90_000,
        ("wing", "USD"): 36_000 - 2_500,
        ("stars", "USD"): 35_686,
        ("shop", "USD"): -(90_000 + 33_500 + 35_686),
    }
    assert settle(RECORD).sums() == {"CNY": 0, "USD": 0}


def test_what_remains_belongs_to_the_seller_of_record() -> None:
    assert settle(RECORD).kept("shop") == {"USD": 356_860 - 159_186, "CNY": -30_000}


def test_every_amount_opens_to_its_numbers() -> None:
    maker = settle(RECORD).explain("ningbo")[0]
    assert (maker.kind, maker.units, maker.rate, maker.amount_minor) == (LineKind.PER_UNIT, 180, 500, 90_000)
    creators = settle(RECORD).explain("stars")[0]
    assert (creators.rate, creators.base_minor, creators.partner) == (1_000, 356_860, "shop")
    assert [line.text for line in settle(RECORD).explain("wing")] == ["", "5 units damaged"]


def test_the_lines_of_a_firm_add_up_to_its_share() -> None:
    settlement = settle(RECORD)
    for share in settlement.shares:
        inner = [line for line in settlement.explain(share.firm) if line.partner]
        assert share.amount_minor == sum(row.amount_minor for row in inner if row.currency == share.currency)


def test_a_loss_is_the_sellers() -> None:
    """Nothing was sold, yet goods were made and moved; a share of the revenue is a share of nothing."""
    found = amounts(settle(replace(RECORD, sales=(), write_offs=())))
    assert found[("ningbo", "USD")] == 90_000
    assert ("stars", "USD") not in found
    assert found[("shop", "USD")] == -126_000


def test_a_currency_in_the_red_takes_nothing_from_another() -> None:
    sales = (Sale(10, 1_000, "EUR"), Sale(1, 1_000, "USD"))
    found = amounts(settle(replace(RECORD, sales=sales, write_offs=())))
    assert found[("stars", "EUR")] == 1_000
    assert ("stars", "USD") not in found  # fees ate the dollars


def test_what_the_seller_owes_itself_moves_nothing() -> None:
    own = (Term("listing", "shop", TermKind.FIXED, 5_000, "USD"),)
    assert settle(Record("shop", own, {})).shares == ()


def test_an_alliance_without_work_settles_to_nothing() -> None:
    assert settle(Record("shop", TERMS[:2], {})).sums() == {}


def test_penalties_are_paid_to_the_seller() -> None:
    found = settle(replace(RECORD, penalties=(Claim("ningbo", 1_000, "USD", "late"),)))
    assert amounts(found)[("ningbo", "USD")] == 89_000
    assert found.sums()["USD"] == 0


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"fees": (Fee(-1, "USD"),)}, "below zero"),
        ({"delivered": {"maker": -1}}, "below zero"),
        ({"terms": (Term("maker", "a", TermKind.FIXED, -5, "USD"),)}, "below zero"),
        ({"terms": (Term("ads", "a", TermKind.REVENUE_SHARE, rate_bp=10_001),)}, "more than the whole"),
        ({"terms": (TERMS[0], TERMS[0])}, "twice"),
    ],
)
def test_what_cannot_be_settled(change: dict[str, object], reason: str) -> None:
    with pytest.raises(TermsError, match=reason):
        settle(replace(RECORD, **change))  # type: ignore[arg-type]


def test_the_whole_revenue_may_be_given_away() -> None:
    halves = tuple(Term(f"s{i}", f"f{i}", TermKind.REVENUE_SHARE, rate_bp=5_000) for i in range(2))
    settlement = settle(Record("shop", halves, {}, sales=(Sale(1, 101, "USD"),)))
    assert amounts(settlement) == {("f0", "USD"): 51, ("f1", "USD"): 50, ("shop", "USD"): -101}
    assert settlement.kept("shop") == {"USD": 0}


def test_the_same_record_gives_the_same_bytes() -> None:
    assert settle(RECORD).canonical() == settle(RECORD).canonical()
    assert json.loads(settle(RECORD).canonical())["shares"][0]["firm"] == "lab"


@pytest.mark.parametrize(
    ("amount", "weights", "parts"),
    [
        (100, {"a": 1, "b": 1, "c": 1}, {"a": 34, "b": 33, "c": 33}),  # equal remainders: the first key
        (100, {"c": 1, "b": 1, "a": 1}, {"a": 34, "b": 33, "c": 33}),
        (10, {"a": 5, "b": 3, "c": 2}, {"a": 5, "b": 3, "c": 2}),
        (7, {"a": 6, "b": 3, "c": 1}, {"a": 4, "b": 2, "c": 1}),  # 4.2, 2.1, .7: the largest remainder
        (5, {"a": 0, "b": 1}, {"a": 0, "b": 5}),
        (0, {"a": 1, "b": 2}, {"a": 0, "b": 0}),
    ],
)
def test_largest_remainder(amount: int, weights: dict[str, int], parts: dict[str, int]) -> None:
    assert largest_remainder(amount, weights) == parts


@pytest.mark.parametrize(
    ("amount", "weights"), [(-1, {"a": 1}), (1, {"a": 0}), (1, {"a": 2, "b": -1}), (1, {})]
)
def test_what_cannot_be_divided(amount: int, weights: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="divided"):
        largest_remainder(amount, weights)


@given(
    st.integers(0, 10**12),
    st.dictionaries(st.text(max_size=3), st.integers(1, 10**6), min_size=1, max_size=9),
)
@settings(deadline=None, max_examples=100)
def test_parts_add_up_and_are_off_by_less_than_one(amount: int, weights: dict[str, int]) -> None:
    parts = largest_remainder(amount, weights)
    total = sum(weights.values())
    assert sum(parts.values()) == amount
    assert all(abs(parts[key] * total - amount * weight) < total for key, weight in weights.items())


MONEY = st.integers(0, 10**8)
CURRENCY = st.sampled_from(["USD", "EUR", "CNY"])
FIRM = st.sampled_from(["shop", "a", "b", "c"])
SEAT = st.sampled_from(["s1", "s2", "s3", "s4", "s5"])
CLAIMS = st.lists(st.builds(Claim, FIRM, MONEY, CURRENCY), max_size=4).map(tuple)
RECORDS = st.builds(
    Record,
    seller=st.just("shop"),
    terms=st.lists(
        st.builds(
            Term, SEAT, FIRM, st.sampled_from(TermKind), MONEY, CURRENCY, rate_bp=st.integers(0, 2_000)
        ),
        max_size=5,
        unique_by=lambda term: term.seat,
    ).map(tuple),
    delivered=st.dictionaries(SEAT, st.integers(0, 5_000)),
    sales=st.lists(st.builds(Sale, st.integers(-50, 900), st.integers(1, 10**5), CURRENCY), max_size=6).map(
        tuple
    ),
    fees=st.lists(st.builds(Fee, MONEY, CURRENCY), max_size=3).map(tuple),
    write_offs=CLAIMS,
    penalties=CLAIMS,
)


@given(RECORDS)
@settings(deadline=None, max_examples=100)
def test_shares_always_sum_to_zero_in_every_currency(record: Record) -> None:
    settlement = settle(record)
    assert all(total == 0 for total in settlement.sums().values())
    for share in settlement.shares:
        inner = [line for line in settlement.explain(share.firm) if line.partner]
        assert share.amount_minor == sum(row.amount_minor for row in inner if row.currency == share.currency)


@given(RECORDS, st.integers())
@settings(deadline=None, max_examples=60)
def test_the_order_of_the_record_does_not_matter(record: Record, seed: int) -> None:
    shuffled = {
        name: tuple(Random(seed).sample(getattr(record, name), len(getattr(record, name))))
        for name in ("terms", "sales", "fees", "write_offs", "penalties")
    }
    assert settle(replace(record, **shuffled)).canonical() == settle(record).canonical()


@given(RECORDS)
@settings(deadline=None, max_examples=40)
def test_anyone_can_settle_a_kept_record_again(record: Record) -> None:
    kept = json.loads(json.dumps(packed(record)))
    assert settle(unpacked(kept)).canonical() == settle(record).canonical()


@given(RECORDS)
@settings(deadline=None, max_examples=60)
def test_no_revenue_share_takes_more_than_the_revenue(record: Record) -> None:
    settlement = settle(record)
    for currency in ("USD", "EUR", "CNY"):
        net = sum(
            line.amount_minor for line in settlement.lines if not line.partner and line.currency == currency
        )
        paid = [
            line.amount_minor
            for line in settlement.lines
            if line.kind is LineKind.REVENUE_SHARE and line.firm != "shop" and line.currency == currency
        ]
        assert all(amount > 0 for amount in paid)
        assert sum(paid) <= max(net, 0)
