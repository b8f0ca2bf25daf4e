"""What firms sign: the same content always gives the same bytes, and any change another hash."""

import hashlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alliances import terms

PLAN = {"route": "B", "currency": "EUR", "units": 100, "markets": ["DE"], "seats": ["maker-1", "seller-1"]}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.text(max_size=5), JSON, max_size=4))
def test_the_order_of_the_keys_does_not_matter(content: dict[str, object]) -> None:
    backwards = dict(reversed(content.items()))
    assert terms.canonical(content) == terms.canonical(backwards)
    assert json.loads(terms.canonical(content)) == content


def test_canonical_is_compact_and_readable() -> None:
    assert terms.canonical({"b": 1, "a": "裤子 ü"}) == '{"a":"裤子 ü","b":1}'


def test_the_digest_is_sha256_of_the_text() -> None:
    assert terms.digest("裤") == hashlib.sha256("裤".encode()).hexdigest()


def test_the_common_terms_name_conditions_and_roles_but_no_firm() -> None:
    text = json.loads(terms.common("Trousers: DE", "k-1", PLAN))
    assert text["conditions"] == list(terms.CONDITIONS)
    assert set(text) == {"format", "title", "alliance", "conditions", *PLAN}


OFFER = {
    "title": "Trousers: DE",
    "key": "k-1",
    "agreement_hash": "a" * 64,
    "seat": "maker-1",
    "terms": {"items": []},
}


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Trousers: FR"},
        {"key": "k-2"},
        {"agreement_hash": "b" * 64},
        {"seat": "maker-2"},
        {"terms": {"items": [{"kind": "fixed", "amount_minor": 1}]}},
    ],
)
def test_whatever_changes_in_an_offer_changes_its_hash(change: dict[str, object]) -> None:
    assert terms.digest(terms.offer(**OFFER)) != terms.digest(terms.offer(**(OFFER | change)))
