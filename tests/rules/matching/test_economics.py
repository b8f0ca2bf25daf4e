"""Unit economics: exact, explained line by line, refused when incomplete."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.economics import (
    MANDATORY,
    Kind,
    Line,
    Rate,
    Sheet,
    SheetError,
    contribution,
    converted,
    unit_margin,
    unit_value,
)

DAY = date(2026, 11, 1)


def amount(kind: Kind, minor: int, currency: str = "USD") -> Line:
    return Line(kind, currency, "price list", DAY, amount_minor=minor)


def rate(kind: Kind, bp: int) -> Line:
    return Line(kind, "USD", "tariff", DAY, rate_bp=bp)


LINES = (
    amount(Kind.PRICE, 2999),
    rate(Kind.COMMISSION, 1500),  # 449.85
    rate(Kind.PAYMENT_FEE, 290),  # 86.971
    amount(Kind.ADS, 300),
    rate(Kind.RETURNS, 800),  # 239.92
    amount(Kind.CUSTOMS_VALUE, 600),
    rate(Kind.DUTY, 1250),  # 75
    rate(Kind.IMPORT_VAT, 1900),  # of 675: 128.25
    rate(Kind.EXPORT_REBATE, 1300),  # 78
)
SHEET = Sheet("USD", LINES)


def with_lines(*lines: Line, sheet: Sheet = SHEET) -> Sheet:
    kinds = {line.kind for line in lines}
    return replace(sheet, lines=(*(line for line in sheet.lines if line.kind not in kinds), *lines))


def shares(sheet: Sheet = SHEET, unit_cost: int = 500, freight: int | None = 200) -> dict[Kind, int]:
    return {share.kind: share.amount_minor for share in unit_margin(sheet, unit_cost, freight).shares}


def test_each_line_is_rounded_once_and_all_add_up() -> None:
    margin = unit_margin(SHEET, 500, 200)
    assert shares() == {
        Kind.PRICE: 2999,
        Kind.COMMISSION: -450,
        Kind.PAYMENT_FEE: -87,
        Kind.ADS: -300,
        Kind.RETURNS: -240,
        Kind.DUTY: -75,
        Kind.IMPORT_VAT: -128,
        Kind.EXPORT_REBATE: 78,
        Kind.UNIT_COST: -500,
        Kind.FREIGHT: -200,
    }
    assert margin.amount_minor == 1097
    assert margin.share_bp == 3658  # 1097 / 2999
    assert margin.currency == "USD"


def test_a_share_opens_to_its_base_rate_source_and_date() -> None:
    share = next(row for row in unit_margin(SHEET, 500, 200).shares if row.kind is Kind.IMPORT_VAT)
    assert (share.base_minor, share.rate_bp, share.source, share.as_of_on) == (675, 1900, "tariff", DAY)
    assert share.share_bp == -428  # 128.25 of 2999


@pytest.mark.parametrize(("bp", "expected"), [(5000, -2), (1000, 0), (3000, -2), (7000, -4)])
def test_halves_go_to_the_even_side(bp: int, expected: int) -> None:
    # price 5: half of it is 2.5 → 2; a tenth .5 → 0; .3 is 1.5 → 2; .7 is 3.5 → 4
    sheet = with_lines(amount(Kind.PRICE, 5), rate(Kind.COMMISSION, bp))
    assert shares(sheet)[Kind.COMMISSION] == expected


def test_import_vat_is_recovered_where_sales_vat_is_owed() -> None:
    found = shares(with_lines(rate(Kind.SALES_VAT, 1900)))
    assert found[Kind.SALES_VAT] == -479  # 2999 * 19 / 119
    assert Kind.IMPORT_VAT not in found


def test_customs_value_is_a_base_and_no_cost() -> None:
    assert Kind.CUSTOMS_VALUE not in shares()


def test_duty_as_an_amount_counts_in_the_base_of_import_vat() -> None:
    assert shares(with_lines(amount(Kind.DUTY, 100)))[Kind.IMPORT_VAT] == -133  # 19 % of 700


def test_the_sheets_freight_counts_only_while_there_is_no_plan() -> None:
    sheet = with_lines(amount(Kind.FREIGHT, 350))
    assert shares(sheet, freight=None)[Kind.FREIGHT] == -350
    assert shares(sheet, freight=200)[Kind.FREIGHT] == -200
    with pytest.raises(SheetError, match="missing line: freight"):
        unit_margin(SHEET, 500)


def test_lines_in_other_currencies_are_converted_exactly() -> None:
    euro = Rate("EUR", "USD", Fraction("1.0850"), "ECB", DAY)
    sheet = replace(with_lines(amount(Kind.PRICE, 2599, "EUR")), rates=(euro,))
    assert shares(sheet)[Kind.PRICE] == 2820  # 2819.915
    assert shares(sheet)[Kind.COMMISSION] == -423  # 15 % of the exact price, 422.98725


@pytest.mark.parametrize(
    ("currency", "minor", "published", "expected"),
    [
        ("JPY", 1500, Rate("USD", "JPY", Fraction(150), "BoJ", DAY), Fraction(1000)),  # the inverse is used
        ("JPY", 1500, Rate("JPY", "USD", Fraction(1, 150), "BoJ", DAY), Fraction(1000)),
        ("KWD", 1000, Rate("KWD", "USD", Fraction("3.25"), "CBK", DAY), Fraction(325)),
        ("USD", 77, Rate("EUR", "USD", Fraction(1), "ECB", DAY), Fraction(77)),
    ],
)
def test_minor_units_differ_by_currency(
    currency: str, minor: int, published: Rate, expected: Fraction
) -> None:
    assert converted(replace(SHEET, rates=(published,)), minor, currency) == expected


def test_every_missing_line_is_named() -> None:
    with pytest.raises(SheetError) as caught:
        contribution(Sheet("USD", ()))
    assert caught.value.problems == tuple(f"missing line: {kind}" for kind in MANDATORY)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (amount(Kind.ADS, 300, "EUR"), "missing rate: EUR to USD"),
        (replace(amount(Kind.ADS, 300), rate_bp=100), "ads needs an amount or a rate, and not both"),
        (replace(amount(Kind.ADS, 300), amount_minor=None), "ads needs an amount or a rate, and not both"),
        (rate(Kind.PRICE, 100), "price needs an amount"),
        (amount(Kind.PRICE, 0), "price is too small"),
        (rate(Kind.COMMISSION, -1), "commission is too small"),
        (amount(Kind.UNIT_COST, 100), "unit_cost comes from the plan"),
    ],
)
def test_an_unusable_line_is_named(line: Line, problem: str) -> None:
    with pytest.raises(SheetError) as caught:
        unit_margin(with_lines(line), 500, 200)
    assert caught.value.problems == (problem,)


def test_a_line_given_twice_is_named() -> None:
    with pytest.raises(SheetError, match="line given twice: ads"):
        contribution(replace(SHEET, lines=(*LINES, amount(Kind.ADS, 1))))


def test_a_zero_rate_is_a_number_and_not_a_missing_line() -> None:
    assert shares(with_lines(rate(Kind.DUTY, 0)))[Kind.DUTY] == 0


def test_unit_value_weights_the_contribution_by_the_survival_of_each_bucket() -> None:
    assert contribution(SHEET) == 1797  # the margin of 1097 before cost and freight
    curve = [1.0, 1.0, 1.0, 0.5, 0.5, 0.2]  # buckets of 3 days: 1, .4; then one without days is dead
    assert unit_value(SHEET, curve, bucket_days=3, horizon=3) == [1797, 719, 0]


def test_a_bucket_that_the_curve_only_begins_counts_its_other_days_as_dead() -> None:
    assert unit_value(SHEET, [1.0], bucket_days=3, horizon=1) == [599]


def test_a_losing_product_is_worth_less_than_nothing() -> None:
    assert unit_value(with_lines(amount(Kind.ADS, 9999)), [1.0], 1, 1)[0] < 0


@pytest.mark.parametrize("wrong", [-0.1, 1.5])
def test_survival_is_a_share(wrong: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        unit_value(SHEET, [wrong], 1, 1)


@given(
    price=st.integers(1, 10**7),
    bps=st.tuples(*[st.integers(0, 6000)] * 6),
    cost=st.integers(0, 10**6),
    freight=st.integers(0, 10**6),
)
@settings(deadline=None, max_examples=80)
def test_the_margin_is_the_sum_of_what_is_shown_and_agrees_with_the_contribution(
    price: int, bps: tuple[int, ...], cost: int, freight: int
) -> None:
    kinds = (
        Kind.COMMISSION,
        Kind.PAYMENT_FEE,
        Kind.RETURNS,
        Kind.DUTY,
        Kind.IMPORT_VAT,
        Kind.EXPORT_REBATE,
    )
    sheet = with_lines(
        amount(Kind.PRICE, price), *(rate(kind, bp) for kind, bp in zip(kinds, bps, strict=True))
    )
    margin = unit_margin(sheet, cost, freight)
    assert margin.amount_minor == sum(share.amount_minor for share in margin.shares)
    assert margin.amount_minor == contribution(sheet) - cost - freight


@given(
    curve=st.lists(st.floats(0, 1), max_size=40).map(lambda shares: sorted(shares, reverse=True)),
    days=st.integers(1, 7),
)
@settings(deadline=None, max_examples=60)
def test_a_dying_trend_never_makes_a_later_unit_worth_more(curve: list[float], days: int) -> None:
    values = unit_value(SHEET, curve, days, 12)
    assert values == sorted(values, reverse=True)
    assert all(0 <= value <= contribution(SHEET) for value in values)
