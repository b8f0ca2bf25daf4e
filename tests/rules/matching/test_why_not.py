"""Why a firm is not in a plan: its own gap in price, days or units, and nobody else's figures."""

import json

import pytest

from matching.plan.answers import answers
from matching.solver import solve
from tests.rules.matching.offers import carriage, case, making, registry, weeks

OWN = {
    "code", "each_minor", "units", "currency", "days", "place",
}  # fmt: skip


def told(*others):
    """What firms 71 and on are told when they stand beside the usual ones."""
    usual = registry()
    makers = tuple(row for row in others if row.id.startswith("competency"))
    lanes = tuple(row for row in others if row.id.startswith("lane"))
    known = registry(makings=(*usual.makings, *makers), carriages=(*usual.carriages, *lanes))
    return answers(case(known), solve, seconds=5).why_not


def codes(reasons):
    return [row["code"] for row in reasons]


def test_who_is_too_dear_learns_by_how_much_on_a_unit():
    dear = making(71, unit_minor=1_400)
    reasons = told(dear)[71]
    price = next(row for row in reasons if row["code"] == "why_price")
    assert 0 < price["each_minor"] < dear.unit_minor
    cheaper = told(making(71, unit_minor=1_400 - price["each_minor"] - 1)).get(71, [])
    still = [row["each_minor"] for row in cheaper if row["code"] == "why_price"]
    assert sum(still) < price["each_minor"] / 4


def test_who_is_too_slow_learns_how_many_days_sooner_would_have_done():
    reasons = told(making(72, unit_minor=300, lead_days=50, stock=0, fixed_minor=60_000))[72]
    sooner = [row["days"] for row in reasons if row["code"] == "why_sooner"]
    assert sooner and 0 < sooner[0] < 50


def test_who_has_no_lane_or_no_room_learns_that():
    found = told(
        making(73, origin="VNSGN"), making(74, moq=9_000_000), carriage(75, min_units=1, free=weeks(0))
    )
    assert found[73] == [{"code": "why_no_lane", "place": "VNSGN"}]
    assert codes(found[74]) == ["why_no_room"]
    assert codes(found[75])


@pytest.mark.parametrize("number", [81, 82])
def test_nobody_learns_anything_of_rivals(number):
    reasons = told(making(81, unit_minor=2_000), carriage(82, unit_minor=9_000))[number]
    assert reasons
    assert all(set(row) <= OWN for row in reasons)
    assert "Firm" not in json.dumps(reasons)


def test_who_is_in_the_plan_is_told_nothing():
    found = answers(case(), solve, seconds=5)
    assert not found.why_not.keys() & found.teams[0].firms
