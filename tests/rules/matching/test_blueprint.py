"""The task table, its graphs by route, slots and routes of plans (domain.md)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.blueprint import (
    MODES,
    PILOT_UNITS,
    SEA_TO_EUROPE,
    TASKS,
    CycleError,
    Days,
    FlowFact,
    GraphError,
    Holder,
    Module,
    Route,
    Slot,
    SlotRule,
    TaskSpec,
    critical_path,
    graph,
    mode_refusal,
    packed,
    retimed,
    route_of,
    route_rule,
    rule_breaches,
    slot_of,
    slots_for,
    topological,
    unpacked,
)

ALL = set(Slot)


def task(code: str, *after: str, days: float = 1) -> TaskSpec:
    return TaskSpec(code, code, (Slot.MAKER,), after, Days(days, days, days))


def codes(route: Route, slots: set[Slot] = ALL) -> set[str]:
    return {spec.code for spec in graph(route, slots)}


def after(route: Route, code: str, slots: set[Slot] = ALL) -> tuple[str, ...]:
    return next(spec.after for spec in graph(route, slots) if spec.code == code)


COMMON = {"M8", "L1", "L2", "L3D", "L3", "L4", "L5", "L7"}
COMMON |= {"K1", "K2", "K3", "K4", "K5", "K6", "K7", "S1", "S2", "S3", "D1", "E1", "E2", "E3", "E4"}
MADE = {"M1", "M2", "M3", "M4", "M6", "M7", "L6"}


@pytest.mark.parametrize(
    ("route", "expected"),
    [(Route.A, COMMON | {"M1A"}), (Route.B, COMMON | MADE), (Route.C, COMMON | MADE | {"M5"})],
)
def test_a_route_has_the_tasks_of_the_table(route: Route, expected: set[str]) -> None:
    assert codes(route) == expected


@pytest.mark.parametrize(
    ("route", "code", "expected"),
    [
        (Route.A, "M8", ("M1A",)),
        (Route.A, "L1", ("M1A",)),
        (Route.A, "K1", ("M1A",)),
        (Route.A, "S2", ("L5", "K2", "L7")),  # no warehouse leg: L6 is not of this route
        (Route.B, "M6", ("M4",)),
        (Route.C, "M6", ("M5",)),
        (Route.B, "M8", ("M6", "M7")),
        (Route.B, "K4", ("K3", "M3")),
        (Route.C, "S2", ("L5", "L6", "K2", "L7")),
    ],
)
def test_predecessors_are_those_that_exist_in_the_route(
    route: Route, code: str, expected: tuple[str, ...]
) -> None:
    assert after(route, code) == expected


def test_a_dropped_predecessor_is_replaced_by_its_own() -> None:
    without = ALL - {Slot.WAREHOUSE, Slot.CREATORS}
    assert "L6" not in codes(Route.B, without)
    assert after(Route.B, "S2", without) == ("L5", "K2", "L7")
    assert after(Route.B, "D1", without) == ("S2", "M1", "M3", "K2", "K7")  # K5 ← K4 (← K3 ← M1, M3), K2


def test_a_missing_slot_with_a_stand_in_keeps_its_task() -> None:
    without = ALL - {Slot.PART_MAKER, Slot.CREATIVE, Slot.COORDINATOR, Slot.WAREHOUSE}
    slots = {spec.code: spec.slot for spec in graph(Route.B, without)}
    assert (slots["M7"], slots["K1"], slots["D1"], slots["E4"]) == (
        Slot.MAKER,
        Slot.LISTING,
        Slot.SELLER,
        Slot.SELLER,
    )


def test_a_task_of_two_slots_belongs_to_the_first_that_is_there() -> None:
    slots = {spec.code: spec.slots for spec in graph(Route.A, ALL - {Slot.LISTING})}
    assert slots["E1"] == (Slot.ADS,)
    assert slots["E2"] == (Slot.SELLER, Slot.WAREHOUSE)


@pytest.mark.parametrize(
    ("route", "m6", "l4"),
    [
        (Route.A, None, Days(1, 2, 4.5)),
        (Route.B, Days(3, 5, 7), Days(1, 2, 4.5)),
        (Route.C, Days(7, 15, 35), Days(14, 16, 18)),
    ],
)
def test_production_and_line_haul_take_the_days_of_the_route(route: Route, m6: Days | None, l4: Days) -> None:
    days = {spec.code: spec.days for spec in graph(route, ALL)}
    assert (days.get("M6"), days["L4"]) == (m6, l4)


@pytest.mark.parametrize(
    ("route", "market", "by_sea"),
    [(Route.C, "DE", True), (Route.C, "US", False), (Route.B, "DE", False)],
)
def test_the_sea_to_europe_takes_longer(route: Route, market: str, by_sea: bool) -> None:
    days = {spec.code: spec.days for spec in graph(route, ALL, market_country=market)}
    assert (days["L4"] == SEA_TO_EUROPE) is by_sea


def test_better_known_days_are_no_longer_assumed() -> None:
    specs = retimed(graph(Route.A, ALL), {"M8": Days(1, 1, 1)})
    m8 = next(spec for spec in specs if spec.code == "M8")
    assert (m8.days, m8.assumed) == (Days(1, 1, 1), False)
    assert next(spec for spec in specs if spec.code == "L1").assumed


def test_milestones_take_no_time_and_only_the_live_stream_is_optional() -> None:
    specs = graph(Route.C, ALL)
    assert {spec.code for spec in specs if spec.is_milestone} == {"S1", "S2"}
    assert {spec.code for spec in specs if not spec.mandatory} == {"K6"}


def test_a_graph_comes_back_from_its_packed_form() -> None:
    for route in Route:
        assert unpacked(packed(graph(route, ALL))) == graph(route, ALL)


def test_days_must_rise() -> None:
    with pytest.raises(ValueError, match="rise"):
        Days(2, 1, 3)


@given(route=st.sampled_from(Route), slots=st.sets(st.sampled_from(Slot)))
@settings(deadline=None, max_examples=100)
def test_any_set_of_slots_gives_a_closed_graph_that_can_be_worked_off(route: Route, slots: set[Slot]) -> None:
    specs = graph(route, slots)
    order = [spec.code for spec in topological(specs)]
    assert len(order) == len(set(order)) == len(specs)
    for spec in specs:
        assert set(spec.slots) <= slots
        assert all(order.index(before) < order.index(spec.code) for before in spec.after)


@given(route=st.sampled_from(Route), slots=st.sets(st.sampled_from(Slot), min_size=8))
@settings(deadline=None, max_examples=60)
def test_dropping_slots_keeps_the_order_of_the_rest(route: Route, slots: set[Slot]) -> None:
    """Whoever came before another in the full graph still does, whatever is dropped between them."""
    full, cut = _reachable(graph(route, ALL)), _reachable(graph(route, slots))
    assert all(cut[code] == full[code] & cut.keys() for code in cut)


def _reachable(specs: tuple[TaskSpec, ...]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for spec in topological(specs):
        found[spec.code] = set(spec.after).union(*(found[before] for before in spec.after))
    return found


def test_the_longest_path_and_its_slack() -> None:
    tasks = [task("D", "B", "C"), task("A", days=2), task("B", "A", days=3), task("C", "A", days=1)]
    plan = critical_path(tasks, {"A": 2, "B": 3, "C": 1, "D": 1})
    assert plan.days == 6
    assert plan.critical == ("A", "B", "D")
    assert (plan["C"].start, plan["C"].finish, plan["C"].slack) == (2, 3, 2)


@pytest.mark.parametrize(
    ("route", "days"),
    [(Route.A, 5.75), (Route.B, 19.05), (Route.C, 53.05)],
    # A: M1A .2 + L1 1 + L3D 1 + L3 .05 + L4 2 + L5 1.5
    # B: M1 .5 + M2 2 + M3 3 + M4 1 + M6 5 + M8 1 + L2 1 + L3 .05 + L4 2 + L5 1.5 + L6 2
    # C: as B, and M5 10 + M6 10 more + L4 14 more
)
def test_likely_days_to_the_first_dispatchable_unit(route: Route, days: float) -> None:
    specs = graph(route, ALL)
    plan = critical_path(specs, {spec.code: spec.days.likely for spec in specs})
    assert plan["S2"].finish == pytest.approx(days)


def test_a_circle_is_named() -> None:
    with pytest.raises(CycleError) as caught:
        topological([task("A", "C"), task("B", "A"), task("C", "B"), task("D", "C"), task("E")])
    assert set(caught.value.cycle) == {"A", "B", "C"}
    assert caught.value.cycle[0] == caught.value.cycle[-1]
    assert "→" in str(caught.value)


@pytest.mark.parametrize(
    ("tasks", "reason"),
    [([task("A"), task("A")], "used twice: A"), ([task("A", "Z")], "Unknown predecessors: Z")],
)
def test_what_is_no_graph_is_refused(tasks: list[TaskSpec], reason: str) -> None:
    with pytest.raises(GraphError, match=reason):
        topological(tasks)


def test_nothing_takes_no_time() -> None:
    assert critical_path([], {}).days == 0


def flow(source: str, mode: str, units: int = 100, maker: str = "m1") -> FlowFact:
    return FlowFact(maker, source, mode, units)


@pytest.mark.parametrize(
    ("flows", "route"),
    [
        ([flow("stock", "air")], Route.A),
        ([flow("stock", "express"), flow("stock", "air", 9000)], Route.A),
        ([flow("made", "air", PILOT_UNITS)], Route.B),
        ([flow("made", "express"), flow("stock", "air", 900)], Route.B),
        ([flow("made", "air", 5000)], Route.B),
        ([flow("made", "sea", 50)], Route.C),
        ([flow("stock", "air"), flow("made", "rail")], Route.C),
        ([flow("stock", "road")], Route.C),
    ],
)
def test_the_slowest_flow_decides_the_route(flows: list[FlowFact], route: Route) -> None:
    assert route_of(flows) is route


def test_the_pilot_counts_by_maker() -> None:
    two_makers = [flow("made", "air", 150, "m1"), flow("made", "air", 150, "m2")]
    one_maker = [flow("made", "air", 150), flow("made", "air", 150)]
    assert "pilot lot that flies" in route_rule(two_makers).reason
    assert "larger lot" in route_rule(one_maker).reason


def test_a_plan_without_flows_has_no_route() -> None:
    with pytest.raises(ValueError, match="no route"):
        route_of([])


def slots(
    route: Route = Route.B, market: str = "US", mode: str = "9710", languages: tuple[str, ...] = ("en",)
) -> dict[str, tuple[int, int]]:
    return {spec.key: (spec.low, spec.high) for spec in slots_for(route, market, mode, languages)}


def test_every_plan_names_seller_and_importer_of_record() -> None:
    for route in Route:
        for mode in MODES:
            found = slots(route, "BR", mode)
            assert found["seller"] == found["importer"] == (1, 1)


@pytest.mark.parametrize(("market", "needed"), [("DE", True), ("FR", True), ("US", False), ("GB", False)])
def test_an_eu_market_needs_a_responsible_person(market: str, needed: bool) -> None:
    assert ("eu_responsible" in slots(market=market)) is needed


@pytest.mark.parametrize(
    ("route", "mode", "expected"),
    [
        (Route.A, "9810", (1, 1)),
        (Route.B, "9810", (1, 1)),
        (Route.B, "9710", (0, 1)),
        (Route.C, "0110", (0, 1)),
        (Route.A, "9610", (0, 0)),  # direct mail keeps no stock in the market
        (Route.A, "9710", (0, 0)),
    ],
)
def test_the_warehouse_slot(route: Route, mode: str, expected: tuple[int, int]) -> None:
    assert slots(route, mode=mode)["warehouse"] == expected


def test_one_listing_for_each_language() -> None:
    found = slots(languages=("fr", "de", "fr"))
    assert [key for key in found if key.startswith("listing")] == ["listing:de", "listing:fr"]


def test_optional_slots_are_flagged() -> None:
    optional = {spec.slot for spec in slots_for(Route.B, "DE", "9810", ["de"]) if not spec.is_mandatory}
    assert optional == {Slot.PART_MAKER, Slot.LIVE, Slot.COORDINATOR}


def test_every_task_of_the_table_has_a_slot_that_a_plan_can_have() -> None:
    offered = {spec.slot for spec in slots_for(Route.B, "DE", "9810", ["de"])}
    assert all(set(row.slots) <= offered for row in TASKS)
    assert {spec.module for spec in slots_for(Route.B, "DE", "9810", ["de"])} == set(Module)


def test_an_unknown_supervision_mode_is_refused() -> None:
    with pytest.raises(KeyError):
        slots_for(Route.A, "US", "9999", ["en"])
    assert mode_refusal("9999", sends_ahead=False) == "Unknown supervision mode 9999."


@pytest.mark.parametrize(
    ("mode", "sends_ahead", "refused"),
    [("9610", True, True), ("9610", False, False), ("9810", True, False), ("0110", True, False)],
)
def test_direct_mail_needs_orders_first(mode: str, sends_ahead: bool, refused: bool) -> None:
    assert (mode_refusal(mode, sends_ahead=sends_ahead) is not None) is refused


@pytest.mark.parametrize(
    ("quality", "responsible", "breaches"),
    [
        ("lab", "DE", ()),
        ("factory", "DE", (("quality", SlotRule.INDEPENDENT),)),
        ("lab", "CN", (("eu_responsible", SlotRule.IN_EU),)),
        ("factory", "CN", (("quality", SlotRule.INDEPENDENT), ("eu_responsible", SlotRule.IN_EU))),
    ],
)
def test_who_may_hold_a_slot(
    quality: str, responsible: str, breaches: tuple[tuple[str, SlotRule], ...]
) -> None:
    specs = slots_for(Route.B, "DE", "9810", ["de"])
    holders = [
        Holder("maker", "factory", "CN"),
        Holder("quality", quality, "CN"),
        Holder("eu_responsible", "person", responsible),
    ]
    assert rule_breaches(specs, holders) == breaches


def test_a_slot_key_names_its_slot() -> None:
    assert (slot_of("listing:de"), slot_of("maker")) == (Slot.LISTING, Slot.MAKER)
