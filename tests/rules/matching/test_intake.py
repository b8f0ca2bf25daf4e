"""Rows of observations are read alone; each mistake is told with its field and in words."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.intake import read_rows

TODAY = date(2026, 3, 4)
GOOD = {
    "source": "orders",
    "product": "felt-hats",
    "title": "Felt hats",
    "hs6": "650500",
    "market": "US",
    "date": "2026-03-01",
    "units": 5,
    "buyers": 4,
    "new_buyers": 2,
}


def read(*rows: object):
    return read_rows(rows, today=TODAY, is_market={"US", "DE"}.__contains__)


def test_a_good_row_is_read_whole():
    (row,), errors = read(GOOD)
    assert not errors
    assert (row.on, row.units, row.buyers, row.new_buyers) == (date(2026, 3, 1), 5, 4, 2)


def test_without_an_external_id_product_market_and_day_are_it():
    (row,), _ = read(GOOD)
    assert row.external_id == "felt-hats/US/2026-03-01"
    (row,), _ = read({**GOOD, "external_id": "shop-7"})
    assert row.external_id == "shop-7"


@pytest.mark.parametrize("name", ["buyers", "new_buyers", "title", "hs6"])
def test_what_is_optional_may_be_missing_or_null(name: str):
    for row in ({k: v for k, v in GOOD.items() if k != name}, {**GOOD, name: None}):
        assert not read(row)[1]


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        ({"source": "rumour"}, "source", "one of"),
        ({"source": None}, "source", "missing"),
        ({"product": "Felt hats"}, "product", "small letters"),
        ({"product": ""}, "product", "missing"),
        ({"product": "x" * 81}, "product", "at most 80"),
        ({"title": 7}, "title", "must be a text"),
        ({"title": "a\0b"}, "title", "null character"),
        ({"hs6": "6505"}, "hs6", "six digits"),
        ({"market": "us"}, "market", "ISO 3166"),
        ({"market": "FR"}, "market", "ISO 3166"),
        ({"date": "03/01/2026"}, "date", "2026-01-31"),
        ({"date": "1789-07-14"}, "date", "before"),
        ({"date": (TODAY + timedelta(days=2)).isoformat()}, "date", "future"),
        ({"units": None}, "units", "missing"),
        ({"units": 1.5}, "units", "whole number"),
        ({"units": True}, "units", "whole number"),
        ({"units": "5"}, "units", "whole number"),
        ({"units": -1}, "units", "between 0"),
        ({"units": 10**12}, "units", "between 0"),
        ({"new_buyers": 9}, "new_buyers", "more than"),
    ],
)
def test_a_mistake_is_told_with_its_field(change: dict[str, object], field: str, reason: str):
    rows, (error,) = read({**GOOD, **change})
    assert not rows
    assert (error.row, error.field) == (0, field)
    assert reason in error.reason


def test_tomorrow_is_today_somewhere():
    assert not read({**GOOD, "date": (TODAY + timedelta(days=1)).isoformat()})[1]


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)


@settings(max_examples=100, deadline=None)
@given(st.lists(anything | st.fixed_dictionaries(dict.fromkeys(GOOD, anything)), max_size=6))
def test_every_row_is_either_read_or_told(rows: list[object]):
    good, errors = read(*rows, GOOD)
    assert len(good) + len(errors) == len(rows) + 1
    assert good[-1].units == 5
    assert len({error.row for error in errors}) == len(errors)
