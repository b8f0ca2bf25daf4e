"""What an ended alliance teaches: what decided the end first, and nothing that did not happen."""

from dataclasses import replace
from datetime import date
from typing import Any

from alliances.heritage import Life, Step, lessons, longest_chain

LIFE = Life(
    reason="",
    planned_units=100,
    sold_units=80,
    currency="EUR",
    planned_margin_minor=1_000,
    margin_minor=-500,
    planned_first_on=date(2026, 3, 20),
    first_on=date(2026, 3, 25),
    planned_end_on=date(2026, 6, 1),
    end_on=date(2026, 6, 1),
    steps=(),
    exceptions={},
    replaced=(),
    declined=0,
    unanswered=0,
    objections=0,
)


def codes(**changes: Any) -> list[str]:
    return [row["code"] for row in lessons(replace(LIFE, **changes))]


def test_a_life_without_trouble_says_only_its_figures() -> None:
    assert codes() == ["completed", "first_unit_late", "end_on_plan", "units", "margin"]
    assert lessons(LIFE)[1]["days"] == 5
    assert codes(margin_minor=None, first_on=None, reason="The trend is over.") == [
        "ended_early",
        "never_dispatchable",
        "end_on_plan",
        "units",
    ]


def test_what_decided_the_end_comes_first_and_small_slips_are_not_named() -> None:
    steps = [
        Step("K2", "Listing", 1, 9, decided=False),
        Step("M6", "Lot", 5, 8, decided=True),
        Step("L5", "Clearance", 1.5, 9, decided=True),
        Step("M1", "Freeze", 0.5, 1.2, decided=True),
        Step("K4", "Samples", 4, 6, decided=False),
    ]
    slips = [row for row in lessons(replace(LIFE, steps=steps)) if row["code"].startswith("slip")]
    assert [(row["task"], row["code"]) for row in slips] == [
        ("L5", "slip_decided"),
        ("M6", "slip_decided"),
        ("K2", "slip"),
    ]


def test_trouble_is_counted_by_kind() -> None:
    found = lessons(replace(LIFE, exceptions={"delay": 2, "damage": 1}, replaced=["maker"], unanswered=3))
    assert found[5:] == [
        {"code": "exceptions", "kind": "damage", "count": 1},
        {"code": "exceptions", "kind": "delay", "count": 2},
        {"code": "replaced", "slot": "maker"},
        {"code": "unanswered", "count": 3},
    ]


def test_the_chain_that_decided_the_end_is_walked_back_from_it() -> None:
    finished = {"A": (1, []), "B": (5, ["A"]), "C": (3, ["A"]), "D": (9, ["B", "C", "gone"]), "E": (2, [])}
    assert longest_chain(finished) == {"A", "B", "D"}
    assert longest_chain({}) == frozenset()
    at_once = {"A": (1, []), "X": (1, []), "B": (1, ["A"])}
    assert longest_chain(at_once) == {"A", "B"}  # all at one moment: what was planned last
