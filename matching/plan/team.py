"""A plan of the solver, read back into who makes, carries, shows and clears what. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from matching.blueprint import FlowFact, Route, RouteRule, route_rule
from matching.blueprint.routes import SURFACE_MODES
from matching.problem import (
    Built,
    Carriage,
    Case,
    Making,
    Marketing,
    Registry,
    Support,
    needs_warehouse,
    warehouse_of,
)
from matching.problem.rows import handling


@dataclass(frozen=True, slots=True)
class Lot:
    """What one maker gives."""

    making: Making
    made: int
    stock: int

    @property
    def units(self) -> int:
        return self.made + self.stock

    @property
    def unit_minor(self) -> int:
        return self.making.unit_cost(self.units)


@dataclass(frozen=True, slots=True)
class Leg:
    """What travels on one lane."""

    carriage: Carriage
    units: int


@dataclass(frozen=True, slots=True)
class Team:
    """Who does what in a plan."""

    built: Built
    lots: tuple[Lot, ...]  # most units first
    legs: tuple[Leg, ...]  # most units first
    marketing: tuple[Marketing, ...]
    inspectors: Mapping[str, Support]  # by origin
    exporters: Mapping[str, Support]  # by origin
    brokers: Mapping[str, Support]  # by market
    warehouses: Mapping[str, Support]  # by market, where a lane needs one
    by_market: Mapping[str, int]  # units, most first
    by_origin: Mapping[str, int]
    taken: Mapping[str, int]  # units that need a line, by the problem's row
    rule: RouteRule
    objective: int  # the mean margin over the scenarios
    revenue: int  # likewise
    outlook: Mapping[str, int]  # that margin's mean, quantiles and bound

    @property
    def case(self) -> Case:
        return self.built.case

    @property
    def units(self) -> int:
        return sum(self.by_market.values())

    @property
    def worth(self) -> int:
        """The objective at the lots' own prices; the solver saw the best that each maker could give."""
        assumed = {row["id"]: row["unit_cost"] for row in self.built.raw["manufacturing"]}
        dearer = sum((_asked(self.case, lot) - assumed[lot.making.id]) * lot.units for lot in self.lots)
        return int(self.objective - dearer)

    @property
    def spent(self) -> int:
        """What is paid before anything is sold, likewise at the lots' own prices: what a budget limits."""
        return int(self.revenue - self.worth)

    @property
    def route(self) -> Route:
        return self.rule.route

    @property
    def is_mixed(self) -> bool:
        """Do some goods fly and others not? One task graph cannot show both."""
        return len({leg.carriage.mode in SURFACE_MODES for leg in self.legs}) > 1

    @property
    def makers(self) -> frozenset[str]:
        """Legal persons of the makers."""
        return frozenset(lot.making.firm.legal_person for lot in self.lots)

    @property
    def firms(self) -> frozenset[int]:
        """Firms that the solver chose."""
        rows: list[Making | Carriage | Marketing | Support] = [lot.making for lot in self.lots]
        rows += [leg.carriage for leg in self.legs]
        rows += [*self.marketing, *self.inspectors.values(), *self.brokers.values()]
        return frozenset(row.firm.id for row in rows)


def _asked(case: Case, lot: Lot) -> int:
    """What a unit of the lot costs where it leaves."""
    return lot.unit_minor + handling(case, lot.making.origin)


def read(built: Built, alliance: Mapping[str, Any]) -> Team | None:
    """The team behind a plan of the solver for a problem with scenarios; None for the empty one."""
    flows = alliance.get("flows")
    if not flows:
        return None
    lots, legs = _lots(built, flows), _legs(built, flows)
    by_origin = _summed((lot.making.origin, lot.units) for lot in lots)
    by_market = _summed((leg.carriage.market, leg.units) for leg in legs)
    registry = built.case.registry
    supports = {row.id: row for row in registry.supports}
    chosen = set(alliance["marketing"])
    return Team(
        built=built,
        lots=lots,
        legs=legs,
        marketing=tuple(row for row in registry.marketing if row.id in chosen),
        inspectors=_at_places(supports, alliance["quality"]),
        exporters=_exporters(registry, by_origin),
        brokers=_at_places(supports, alliance["customs"]),
        warehouses=_warehouses(built.case, legs),
        by_market=by_market,
        by_origin=by_origin,
        taken=_taken(flows),
        rule=route_rule([_fact(built, flow) for flow in flows]),
        objective=alliance["expected"]["mean"],
        revenue=alliance["breakdown"]["revenue"] - alliance["objective"] + alliance["expected"]["mean"],
        outlook=alliance["expected"],
    )


def _exporters(registry: Registry, by_origin: Mapping[str, int]) -> dict[str, Support]:
    """The cheapest export broker at each origin."""
    return {
        origin: registry.support("export_broker", origin, units)[0] for origin, units in by_origin.items()
    }


def base(offer: str) -> str:
    """The offer behind a price tier or a place."""
    return offer.partition("@")[0]


def _summed(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for key, units in pairs:
        found[key] += units
    return dict(sorted(found.items(), key=lambda row: (-row[1], row[0])))


def _taken(flows: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    made = [(flow["offer"], flow["units"]) for flow in flows if flow["source"] == "made"]
    return _summed([*made, *((flow["lane"], flow["units"]) for flow in flows)])


def _making(built: Built, flow: Mapping[str, Any]) -> Making:
    row = built.offers[base(flow["offer"])]
    assert isinstance(row, Making)  # noqa: S101 - the builder put it there
    return row


def _carriage(built: Built, flow: Mapping[str, Any]) -> Carriage:
    row = built.offers[flow["lane"]]
    assert isinstance(row, Carriage)  # noqa: S101 - the builder put it there
    return row


def _lots(built: Built, flows: Iterable[Mapping[str, Any]]) -> tuple[Lot, ...]:
    units: dict[str, dict[str, int]] = defaultdict(lambda: {"made": 0, "stock": 0})
    makings: dict[str, Making] = {}
    for flow in flows:
        making = _making(built, flow)
        makings[making.id] = making
        units[making.id][flow["source"]] += flow["units"]
    lots = [Lot(makings[name], **found) for name, found in units.items()]
    return tuple(sorted(lots, key=lambda lot: (-lot.units, lot.making.id)))


def _legs(built: Built, flows: Iterable[Mapping[str, Any]]) -> tuple[Leg, ...]:
    units: dict[str, int] = defaultdict(int)
    carriages: dict[str, Carriage] = {}
    for flow in flows:
        carriage = _carriage(built, flow)
        carriages[carriage.id] = carriage
        units[carriage.id] += flow["units"]
    legs = [Leg(carriages[name], found) for name, found in units.items()]
    return tuple(sorted(legs, key=lambda leg: (-leg.units, leg.carriage.id)))


def _at_places(supports: Mapping[str, Support], chosen: Iterable[str]) -> dict[str, Support]:
    return {name.partition("@")[2]: supports[base(name)] for name in sorted(chosen)}


def _warehouses(case: Case, legs: Iterable[Leg]) -> dict[str, Support]:
    found = {
        leg.carriage.market: warehouse_of(case, leg.carriage) for leg in legs if needs_warehouse(leg.carriage)
    }
    return {market: row for market, row in found.items() if row is not None}


def _fact(built: Built, flow: Mapping[str, Any]) -> FlowFact:
    making, carriage = _making(built, flow), _carriage(built, flow)
    return FlowFact(making.id, flow["source"], carriage.mode, flow["units"])
