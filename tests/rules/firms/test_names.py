"""Names: one line that everybody can see, and whether one may be taken for another."""

import pytest

from firms.names import WrongName, outline, validate


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Wenzhou\u00a0Fine \n Print\u2028Ltd ", "Wenzhou Fine Print Ltd"),
        ("Cafe\u0301 Bar", "Café Bar"),
        ("杭州灯笼（集团）有限公司", "杭州灯笼（集团）有限公司"),
        ("𱁬 \U0002b820 \U00031355", "𱁬 \U0002b820 \U00031355"),  # rare characters of people's names
        ("Booking.com B.V.", "Booking.com B.V."),
        ("O’Neill & Sons, 3M-Partner", "O’Neill & Sons, 3M-Partner"),
        ("عطور الخليج", "عطور الخليج"),
    ],
)
def test_a_name_is_one_line(given: str, kept: str) -> None:
    assert validate(given) == kept


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ("Wenzhou Fine Print\u200b", "unseen"),
        ("\u202eelpmas", "unseen"),
        ("\u2060\u200b", "unseen"),
        ("a\0b", "unseen"),
        ("a\ue000b", "unseen"),
        ("\u3164", "unseen"),
        ("a\U000e0041", "unseen"),
        ("Confirm at https://pay.example/now", "address"),
        ("Confirm at ＷＷＷ．pay.example", "address"),
        ("Confirm at http：／／pay.example", "address"),
        ("", "empty"),
        (" – ★ ", "empty"),
    ],
)
def test_what_is_no_name_is_refused(given: str, fault: str) -> None:
    with pytest.raises(WrongName) as caught:
        validate(given)
    assert caught.value.fault == fault


@pytest.mark.parametrize(
    "other",
    [
        "W\u0435nzhou Fine Print",  # a Cyrillic е
        "WENZHOU FINE PRINT",
        "Wenzhou FinePrint.",
        "Ｗenzhou Fine Print",
        "Wenzhou F1ne Pr\u0131nt",
        "Wénzhou Fine Pr\u0399nt",
    ],
)
def test_names_that_look_alike_have_one_outline(other: str) -> None:
    assert outline(other) == outline("Wenzhou Fine Print")


def test_other_names_have_other_outlines() -> None:
    assert len({outline(name) for name in ("杭州灯笼有限公司", "杭州灯具有限公司", "Wenzhou Print", "")}) == 4
