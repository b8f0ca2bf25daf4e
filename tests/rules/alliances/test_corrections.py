"""Corrections, several currencies and agreed rates: whatever is decided, the shares are exact and nothing is hidden."""

import hashlib
import json
from dataclasses import replace
from io import StringIO
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from alliances import terms
from alliances.settlement import (
    Conversion,
    Correction,
    CorrectionError,
    Matter,
    Record,
    Sale,
    Term,
    TermKind,
    TermsError,
    corrected,
    inputs_of,
    packed,
    settle,
    unpacked,
    value_of,
)
from tests.rules.alliances.test_settlement import RECORD, RECORDS, amounts

FIX = Correction(Matter.DELIVERED, 2, "maker", units=170)


def fixed(*rows: Correction) -> Record:
    return replace(RECORD, corrections=rows)


@pytest.mark.parametrize(
    ("row", "firm", "currency", "change"),
    [
        (FIX, "ningbo", "USD", -10 * 500),
        # 100 units for 2,500.00 instead of 140 for 4,198.60: a tenth less for the creators
        (Correction(Matter.SALES, 2, "", "USD", 100, 250_000), "stars", "USD", -16_986),
        (Correction(Matter.FEES, 2, "", "USD", 0, 53_000), "stars", "USD", 1_000),
        (Correction(Matter.FEES, 2, "", "USD", 0, 0), "stars", "USD", 6_300),
        (Correction(Matter.WRITE_OFF, 2, "wing", "USD", 0, 0), "wing", "USD", 2_500),
        (Correction(Matter.PENALTY, 2, "lab", "CNY", 0, 99), "lab", "CNY", -99),
    ],
)
def test_a_correction_changes_one_input(row: Correction, firm: str, currency: str, change: int) -> None:
    before, after = amounts(settle(RECORD)), amounts(settle(fixed(row)))
    assert after[firm, currency] - before[firm, currency] == change
    assert set(settle(fixed(row)).sums().values()) == {0}


def test_of_two_corrections_of_one_input_the_later_version_holds() -> None:
    later = replace(FIX, version=3, units=175)
    assert corrected(fixed(later, FIX)).delivered["maker"] == 175
    assert fixed(later, FIX).delivered["maker"] == 180  # as it was recorded


@pytest.mark.parametrize(
    "rows", [(FIX, replace(FIX, units=1)), (Correction(Matter.DELIVERED, 2, "lab", units=1),)]
)
def test_corrections_that_do_not_fit(rows: tuple[Correction, ...]) -> None:
    with pytest.raises(CorrectionError):
        settle(fixed(*rows))


def test_below_zero_nothing_is_corrected() -> None:
    with pytest.raises(TermsError):
        settle(fixed(replace(FIX, units=-1)))


def test_inputs_are_named_with_what_they_say() -> None:
    found = {row.key: row.value for row in inputs_of(fixed(FIX), ["silent"])}
    assert found["delivered|maker|"] == (170, 0)
    assert found["sales||USD"] == (140, 140 * 2_999)
    assert found["fees||USD"] == (0, 63_000)
    assert found["write_off|wing|USD"] == (0, 2_500)
    assert found["penalty|silent|CNY"] == (0, 0)
    assert not [key for key in found if "|shop|" in key]  # it owes itself nothing


RATE = Conversion("quality", "CNY", "USD", 14, 100, "2026-03-01", "ECB")


@pytest.mark.parametrize(("amount", "paid"), [(30_000, 4_200), (25, 4), (32, 4), (0, 0)])
def test_an_agreed_rate_converts_a_term_once_for_both_sides(amount: int, paid: int) -> None:
    term = Term("quality", "lab", TermKind.FIXED, amount, "CNY")
    settlement = settle(Record("shop", (term,), {}, conversions=(RATE,)))
    assert amounts(settlement) == ({("lab", "USD"): paid, ("shop", "USD"): -paid} if paid else {})
    for line in settlement.explain("lab"):
        assert (line.of_minor, line.of_currency, line.text) == (amount, "CNY", "14/100, 2026-03-01, ECB")


@pytest.mark.parametrize(
    "rates", [(RATE, RATE), (replace(RATE, denominator=0),), (replace(RATE, numerator=0),)]
)
def test_rates_that_do_not_fit(rates: tuple[Conversion, ...]) -> None:
    with pytest.raises(TermsError, match="rate"):
        settle(replace(RECORD, conversions=rates))


def test_yen_have_no_hundredths_and_currencies_do_not_mix() -> None:
    rows = tuple(
        Term(f"s{n}", firm, TermKind.FIXED, 101, currency)
        for n, (firm, currency) in enumerate([("a", "EUR"), ("a", "CNY"), ("b", "USD"), ("b", "JPY")])
    )
    share = Term("s9", "c", TermKind.REVENUE_SHARE, rate_bp=5_000)
    sales = (Sale(1, 3, "JPY"), Sale(1, 1_001, "EUR"))
    found = settle(Record("shop", (*rows, share), {}, sales=sales))
    assert found.sums() == {"EUR": 0, "CNY": 0, "USD": 0, "JPY": 0}
    # half of 3 yen: the odd one goes to the seller first
    assert (amounts(found)["c", "JPY"], amounts(found)["c", "EUR"]) == (1, 500)


def _decided(record: Record, picks: list[tuple[int, int, int, int]]) -> Record:
    """The record with some of its own inputs corrected, each once in a version."""
    inputs = inputs_of(record)
    rows = {
        (version, index % len(inputs)): (units, minor) for index, version, units, minor in picks if inputs
    }
    return replace(
        record,
        corrections=tuple(
            Correction(
                inputs[index].matter, version, inputs[index].name, inputs[index].currency, units, minor
            )
            for (version, index), (units, minor) in rows.items()
        ),
    )


PICKS = st.lists(
    st.tuples(st.integers(0, 99), st.integers(1, 3), st.integers(0, 5_000), st.integers(0, 10**8)), max_size=6
)
DECIDED = st.builds(_decided, RECORDS, PICKS)


@given(DECIDED)
@settings(deadline=None, max_examples=150)
def test_whatever_is_decided_sums_to_zero_in_every_currency(record: Record) -> None:
    assert set(settle(record).sums().values()) <= {0}


@given(DECIDED, st.integers())
@settings(deadline=None, max_examples=80)
def test_the_order_of_corrections_does_not_matter(record: Record, seed: int) -> None:
    shuffled = tuple(Random(seed).sample(record.corrections, len(record.corrections)))
    assert settle(replace(record, corrections=shuffled)).canonical() == settle(record).canonical()


@given(DECIDED)
@settings(deadline=None, max_examples=80)
def test_corrections_hide_nothing_and_can_be_run_again(record: Record) -> None:
    published = json.loads(json.dumps(packed(record)))
    again = unpacked(published)
    assert replace(again, corrections=()) == replace(unpacked(published | {"corrections": []}))
    assert settle(again).canonical() == settle(record).canonical()
    latest = {row.about: row for row in sorted(record.corrections, key=lambda row: row.version)}
    decided = corrected(record)
    for row in latest.values():
        found = value_of(decided, row.matter, row.name, row.currency)
        assert found.amount_minor == (0 if row.matter is Matter.DELIVERED else row.amount_minor)
    assert corrected(replace(record, corrections=())) == replace(record, corrections=())


@given(DECIDED)
@settings(deadline=None, max_examples=80)
def test_no_revenue_share_is_off_by_a_minor_unit(record: Record) -> None:
    for line in settle(record).lines:
        if line.kind == "revenue_share" and line.partner and line.firm != "shop":
            assert line.base_minor is not None
            assert line.rate is not None
            assert abs(line.amount_minor * 10_000 - line.base_minor * line.rate) < 10_000


# -- the command --


def run_again(path: Path) -> list[str]:
    out = StringIO()
    call_command("settle_again", str(path), stdout=out)
    return out.getvalue().splitlines()


def test_anyone_settles_a_file_again_without_a_database(tmp_path: Path) -> None:
    inputs = packed(fixed(FIX))
    file = tmp_path / "inputs.json"
    file.write_text(terms.canonical(inputs))
    said = run_again(file)
    canonical = settle(fixed(FIX)).canonical()
    assert said == [
        f"inputs {hashlib.sha256(file.read_bytes()).hexdigest()}",
        canonical.decode(),
        f"settlement {hashlib.sha256(canonical).hexdigest()}",
    ]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "cannot be read"),
        ("{}", "no settlement's inputs"),
        ("[]", "no settlement's inputs"),
        (packed(fixed(FIX, FIX)), "corrected twice"),
        (packed(fixed(replace(FIX, units=-1))), "below zero"),
        (packed(RECORD) | {"corrections": [{"matter": "taste"}]}, "no settlement's inputs"),
    ],
)
def test_a_file_that_is_none(tmp_path: Path, content: Any, reason: str) -> None:
    file = tmp_path / "inputs.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    with pytest.raises(CommandError, match=reason):
        run_again(file)
