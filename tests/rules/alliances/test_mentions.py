"""Who is called in a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliances.playbook import mentioned

NAMES = {"Maker": [1], "Maker of parts": [2], "Shenzhen Trousers": [3], "制造商": [4], "ads": [5, 6]}


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("@Maker look", {1}),
        ("@maker of parts look", {2}),
        ("@makers look", set()),
        ("@SHENZHEN TROUSERS, @ads!", {3, 5, 6}),
        ("请看@制造商的照片", {4}),
        ("maker", set()),
        ("@", set()),
        ("@@maker", {1}),
        ("@ maker", set()),
    ],
)
def test_a_name_after_an_at_calls(text: str, keys: set[int]) -> None:
    assert mentioned(text, NAMES) == keys


@given(st.text())
def test_any_text_may_be_written(text: str) -> None:
    assert mentioned(text, NAMES) <= {1, 2, 3, 4, 5, 6}
