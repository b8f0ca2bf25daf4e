"""Codes of places."""

import pytest

from firms.unlocode import WrongPlace, country_of, validate, validate_market


@pytest.mark.parametrize(
    ("code", "normal"),
    [("CNNGB", "CNNGB"), (" cn ngb", "CNNGB"), ("ＵＳＬＡＸ", "USLAX"), ("DE2AB", "DE2AB")],
)
def test_a_code_is_normalised(code: str, normal: str) -> None:
    assert validate(code) == normal


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("", "shape"),
        ("CN", "shape"),
        ("NINGBO", "shape"),
        ("CN1AB", "shape"),
        ("XQNGB", "country"),
        ("EUBRU", "country"),
    ],
)
def test_what_is_no_place_is_refused(code: str, fault: str) -> None:
    with pytest.raises(WrongPlace) as caught:
        validate(code)
    assert caught.value.fault == fault


def test_a_market_is_a_country_or_a_place() -> None:
    assert validate_market("de") == "DE"
    assert validate_market("de ham") == "DEHAM"
    with pytest.raises(WrongPlace):
        validate_market("XX")
    assert country_of("DEHAM") == "DE"
