"""What the matcher is told: all usable offers, in a fixed number of queries."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from firms import actions
from firms.actions import Wanted
from firms.models import Competency, Line
from firms.queries import Offers, Tier, offers
from firms.weeks import mondays
from tests.builders.firms import HS6, NOW, Firms, add_lane, add_service, applicant_firm, carrier, maker

TODAY = NOW.date()


def asked(*markets: str) -> Offers:
    return offers(HS6, list(markets) or ["DE"], from_on=TODAY, weeks=4)


def test_all_that_can_answer_is_offered(world: Firms) -> None:
    found = asked()
    (made,) = found.makers
    assert (made.firm.id, made.firm.trust, made.origin) == (world.maker.id, 600, "CNNGB")
    assert (made.unit_cost_minor, made.tiers) == (600, (Tier(500, 550),))
    (lane,) = found.carriers
    assert (lane.market, lane.mode, lane.transit_p50_days, lane.unit_cost_minor) == ("DE", "air", 3, 150)
    (agency,) = found.agencies
    assert (agency.language, agency.reach_people, agency.fee_minor) == ("de", 500_000, 90_000)
    roles = {helper.role: helper.place for helper in found.helpers}
    assert roles["export_broker"] == "CNNGB"
    assert {role for role, place in roles.items() if place == "DE"} >= {"seller", "importer", "last_mile"}
    assert lane.firm.legal_person != made.firm.legal_person


def test_free_units_by_week_follow_the_ledger(world: Firms) -> None:
    line = Line.objects.get(firm=world.maker.firm)
    with transaction.atomic():
        actions.hold("a/maker-1", [Wanted(line.pk, TODAY, TODAY, 400)], now=NOW)
    found = asked()
    (made,) = found.makers
    assert found.free[made.line_id] == tuple(zip(mondays(TODAY, 4), [600, 1_000, 1_000, 1_000], strict=True))


def test_only_verified_firms_and_what_is_not_withdrawn(world: Firms) -> None:
    applicant = applicant_firm("Not Yet Ltd")
    fields = {"site": applicant.sites.get().pk, "line": "L", "hs6": HS6, "process": "p", "material": "m"}
    owner = applicant.members.get().user.actor
    actions.add_competency(
        owner, applicant.key, {**fields, "unit_cost_minor": 1, "lead_time_days": 1}, now=NOW
    )
    assert [made.firm.id for made in asked().makers] == [world.maker.id]
    actions.suspend(world.operator.actor, world.carrier.key, "Under review.", now=NOW)
    assert asked().carriers == ()
    row = Competency.objects.get(firm=world.maker.firm)
    actions.withdraw_competency(world.maker.owner.actor, row.pk, now=NOW)
    assert asked().makers == ()


def test_lanes_and_helpers_fit_origins_and_markets(world: Firms) -> None:
    add_lane(world.carrier, origin="CNSHA")
    add_lane(world.carrier, market="FR")
    add_service(world.carrier, "quality", "CNSHA")
    add_service(world.carrier, "export_broker", "CN")  # the whole country
    found = asked()
    assert [(lane.origin, lane.market) for lane in found.carriers] == [("CNNGB", "DE")]
    assert {helper.place for helper in found.helpers} == {"CNNGB", "CN", "DE"}
    assert {lane.market for lane in asked("DE", "FR").carriers} == {"DE", "FR"}
    assert offers("999999", ["DE"], from_on=TODAY, weeks=4).makers == ()


def test_the_number_of_queries_does_not_grow_with_the_firms(world: Firms) -> None:
    with CaptureQueriesContext(
        connection,
    ) as few:
        asked()
    for number in range(3):
        maker(world.operator, name=f"Maker {number}")
        carrier(world.operator, name=f"Carrier {number}")
    with CaptureQueriesContext(connection) as many:
        found = asked()
    assert (len(found.makers), len(found.carriers)) == (4, 4)
    assert len(many) == len(few) == 6


@pytest.mark.parametrize("weeks", [1, 12])
def test_free_weeks_are_as_many_as_asked(world: Firms, weeks: int) -> None:
    found = offers(HS6, ["DE"], from_on=TODAY, weeks=weeks)
    assert {len(free) for free in found.free.values()} == {weeks}
