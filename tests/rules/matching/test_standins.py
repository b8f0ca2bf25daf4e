"""Who could take over a seat in mid-life, with the rest of the team fixed."""

from datetime import timedelta
from typing import Any

import pytest

from matching.plan.standins import Vacancy, bids_for
from tests.rules.matching.offers import (
    MARKET,
    MONDAY,
    PLACE,
    carriage,
    firm,
    making,
    registry,
    support,
    weeks,
)

MAKE = {"code": "make", "made": 500, "stock": 0, "place": PLACE}
CARRY = {
    "code": "carry",
    "units": 500,
    "origin": PLACE,
    "market": MARKET,
    "mode": "air",
    "supervision": "9710",
}
SHOW = {"code": "show", "market": MARKET, "language": "en", "channel": "search"}


def vacancy(slot: str, *what: dict[str, Any], **changes: Any) -> Vacancy:
    told: dict[str, Any] = {
        "markets": (MARKET,),
        "units": 500,
        "until_on": MONDAY + timedelta(days=90),
        "without": frozenset({1, 11, 22}),
    }
    return Vacancy(slot, tuple(what), **{**told, **changes})


def firms(found: Vacancy, **offers: Any) -> list[int]:
    return [bid.firm.id for bid in bids_for(found, registry(**offers), "USD", MONDAY)]


@pytest.mark.parametrize(
    ("case", "found", "expected"),
    [
        ("a maker, the cheapest first", vacancy("maker", MAKE), [2, 3]),
        ("a carrier on the same lane by the same mode", vacancy("forwarder", CARRY), [12]),
        ("a marketer in the same language", vacancy("listing", SHOW), [21]),
        (
            "an inspector where the goods are",
            vacancy("quality", {"code": "support", "place": PLACE}),
            [31, 32],
        ),
        ("a seller for all markets", vacancy("seller", {"code": "support", "place": MARKET}), [42, 52]),
        ("nobody for a seat that says nothing of its work", vacancy("maker"), []),
        ("nobody for another language", vacancy("listing", {**SHOW, "language": "de"}), []),
        ("nobody for more than anyone has", vacancy("maker", MAKE, units=90_000), []),
    ],
)
def test_who_is_found(case: str, found: Vacancy, expected: list[int]) -> None:
    assert firms(found) == expected, case


def test_stock_is_used_first_and_the_rest_is_made_from_today_on() -> None:
    terms = bids_for(vacancy("maker", MAKE, units=800), registry(), "USD", MONDAY)[0].terms
    units = {item["label"]: item["units"] for item in terms["items"] if "units" in item}
    assert units == {"Units made": 200, "Units from stock": 600}
    assert (terms["from_on"], terms["capacity"][0]["units"]) == (MONDAY.isoformat(), 200)


@pytest.mark.parametrize(
    "other",
    [
        making(2, origin="CNSHA"),
        making(2, moq=600),
        making(2, stock=0, free=weeks(100, 1)),
    ],
    ids=["elsewhere", "a larger lot at least", "no room"],
)
def test_who_cannot_do_it_is_not_asked(other: Any) -> None:
    assert firms(vacancy("maker", MAKE), makings=(other,)) == []


def test_a_firm_that_held_two_lanes_is_followed_by_one_that_runs_both() -> None:
    second = {**CARRY, "market": "DE"}
    lanes = (carriage(12), carriage(13), carriage(13, id="lane:13de", market="DE"))
    assert firms(vacancy("forwarder", CARRY, second), carriages=lanes) == [13]


def test_a_firm_of_little_trust_is_left_out() -> None:
    shady = support(31, "quality", "CN", firm=firm(31, trust=100))
    assert firms(vacancy("quality", {"place": PLACE}), supports=(shady,)) == []
