"""From offers to the matching problem: what a unit is worth, what is free in time, who fills the fixed roles."""

from datetime import timedelta

import pytest

from matching.blueprint import Route
from matching.economics import Kind, Sheet
from matching.problem import Demand, Variant, build, prepare, values
from matching.problem.offers import free_units
from matching.problem.timing import overheads
from matching.solver.problem import parse
from tests.rules.matching.offers import (
    MARKET,
    MONDAY,
    carriage,
    case,
    firm,
    making,
    registry,
    sheet,
    support,
    weeks,
)


@pytest.mark.parametrize("variant", list(Variant))
def test_every_variant_is_a_problem_that_the_solver_reads(variant: Variant):
    assert parse(build(case(), variant).raw).horizon == 30


def test_a_unit_is_worth_less_with_every_bucket_but_never_less_than_its_clearance():
    known = case()
    told = values(known.markets[0], known)
    assert told == sorted(told, reverse=True)
    assert told[0] < known.markets[0].left_for_goods
    assert told[-1] >= round(0.3 * known.markets[0].left_for_goods)


def test_what_helpers_take_for_a_unit_is_taken_off_its_worth():
    market = case().markets[0]
    assert market.left_for_goods == market.contribution - 3 * 10


@pytest.mark.parametrize(
    ("from_day", "until_day", "units"), [(0, 6, 10), (0, 7, 20), (3, 3, 10), (6, 7, 20), (140, 150, 0)]
)
def test_weeks_that_overlap_a_span_count(from_day: int, until_day: int, units: int):
    span = (MONDAY + timedelta(days=from_day), MONDAY + timedelta(days=until_day))
    assert free_units(weeks(10), *span) == units


def test_stock_leaves_earlier_than_what_is_made_and_bulk_last():
    stock, made, bulk = (overheads(route).before_departure for route in (Route.A, Route.B, Route.C))
    assert 0 < stock < made < bulk
    assert overheads(Route.B, has_warehouse=True).after_arrival > overheads(Route.B).after_arrival


def test_stock_alone_needs_no_capacity():
    raw = build(case(), Variant.STOCK).raw
    assert {row["capacity"] for row in raw["manufacturing"]} == {0}
    assert {row["id"] for row in raw["manufacturing"]} == {"competency:1", "competency:2"}


def test_routes_take_their_own_modes():
    lanes = {variant: {row["mode"] for row in build(case(), variant).raw["logistics"]} for variant in Variant}
    assert lanes == {
        Variant.ANY: {"air", "sea"},
        Variant.STOCK: {"air"},
        Variant.AIR: {"air"},
        Variant.SURFACE: {"sea"},
    }


def test_the_best_price_that_a_maker_could_reach_is_offered():
    offers = registry(makings=(making(1, tiers=((500, 350), (50_000, 100))),))
    (row,) = build(case(offers), Variant.AIR).raw["manufacturing"]
    assert row["unit_cost"] == 350 + 10 + 10


def test_goods_sent_ahead_do_not_go_as_parcels():
    (market,) = build(case(), Variant.ANY).raw["markets"]
    assert "9610" not in market["supervision_modes"]


def test_a_lane_into_a_warehouse_needs_one_and_pays_for_it():
    lane = carriage(11, supervision="9810")
    assert not build(case(registry(carriages=(lane,))), Variant.ANY).raw["logistics"]
    warehouse = support(60, "warehouse", fee_minor=7_000, per_unit_minor=25)
    offers = registry(carriages=(lane,), supports=(*registry().supports, warehouse))
    (row,) = build(case(offers), Variant.ANY).raw["logistics"]
    assert row["fixed_cost"] == 5_000 + 7_000
    assert row["unit_cost"] == 150 + 10 + 25


def prepared(**changes: object):
    told = {
        "title": "Hats",
        "hs6": "650500",
        "currency": "USD",
        "start_on": MONDAY,
        "survival": (1.0, 0.5),
        "demands": [Demand(MARKET, 1, 2, 3)],
        "sheets": {MARKET: sheet(), "DE": sheet()},
        "registry": registry(),
    }
    known, reasons = prepare(**{**told, **changes})  # type: ignore[arg-type]
    return [market.code for market in known.markets], [reason["code"] for reason in reasons]


def without(role: str):
    return registry(supports=tuple(row for row in registry().supports if row.role != role))


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({}, []),
        ({"sheets": {MARKET: Sheet("USD", sheet().lines[1:])}}, ["sheet"]),
        ({"demands": [Demand(MARKET, 0, 0, 9)]}, ["nothing_wanted"]),
        ({"registry": without("seller")}, ["no_service"]),
        ({"registry": registry(marketing=())}, ["no_reach"]),
        ({"registry": registry(dropped=(("lane:1", "EUR"),))}, ["no_rate"]),
    ],
)
def test_why_a_market_is_left_out_is_told(changes: dict[str, object], codes: list[str]):
    markets, told = prepared(**changes)
    assert told == codes
    assert bool(markets) == (codes in ([], ["no_rate"]))


def test_a_market_of_the_union_needs_a_responsible_person_there():
    european = [
        *(
            support(70 + at, role, "DE")
            for at, role in enumerate(("import_broker", "last_mile", "seller", "importer"))
        ),
        support(80, "eu_responsible", "DE"),
    ]
    reach = registry().marketing[0]
    german = reach.__class__("reach:9", firm(29, "DE"), "DE", "de", "search", 100_000, 30_000)
    offers = registry(supports=(*registry().supports, *european), marketing=(german,))
    asked = {"demands": [Demand("DE", 1, 2, 3)], "registry": offers}
    assert prepared(**asked) == ([], ["no_service"])
    inside = support(81, "eu_responsible", "DE", firm=firm(81, "FR"))
    settled = registry(supports=(*offers.supports, inside), marketing=(german,))
    assert prepared(**{**asked, "registry": settled}) == (["DE"], [])


def test_one_firm_sells_in_all_markets_or_a_market_is_left_out():
    reach = registry().marketing
    spoken = reach[0].__class__("reach:9", firm(29, "GB"), "GB", "en", "search", 100_000, 30_000)
    british = [support(70 + at, role, "GB") for at, role in enumerate(("last_mile", "seller", "importer"))]
    demands = [Demand(MARKET, 10, 200, 300), Demand("GB", 10, 20, 30)]
    asked = {"demands": demands, "sheets": {MARKET: sheet(), "GB": sheet()}}
    offers = registry(supports=(*registry().supports, *british), marketing=(*reach, spoken))
    assert prepared(**asked, registry=offers) == ([MARKET], ["other_seller"])
    shared = (*offers.supports, support(90, "seller", MARKET), support(90, "seller", "GB"))
    assert prepared(**asked, registry=registry(supports=shared, marketing=offers.marketing)) == (
        [MARKET, "GB"],
        [],
    )


def test_missing_lines_of_the_sheet_are_named():
    lines = tuple(line for line in sheet().lines if line.kind is not Kind.ADS)
    known, (reason,) = prepare(
        title="Hats", hs6="650500", currency="USD", start_on=MONDAY, survival=(1.0,),
        demands=[Demand(MARKET, 1, 2, 3)], sheets={MARKET: Sheet("USD", lines)}, registry=registry(),
    )  # fmt: skip
    assert not known.markets
    assert reason["problems"] == ["missing line: ads"]
