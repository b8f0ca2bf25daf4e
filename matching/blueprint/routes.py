"""Which route a plan is: a table of rules, the first that holds decides."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from matching.blueprint.slots import Route

SURFACE_MODES = frozenset({"sea", "rail", "road"})
PILOT_UNITS = 200  # largest first lot of one maker that counts as a pilot (source: sheingroup.com)


@dataclass(frozen=True)
class FlowFact:
    """What matters for the route in one flow of a plan."""

    maker: str  # firm or offer that gives the goods
    source: str  # "made" or "stock"
    mode: str  # "air", "express", "sea", "rail" or "road"
    units: int  # units that flow


@dataclass(frozen=True)
class RouteRule:
    """One row of the table."""

    holds: Callable[[Sequence[FlowFact]], bool]  # does the plan look like this?
    route: Route  # then it goes this way
    reason: str  # in words


def _uses_surface(flows: Sequence[FlowFact]) -> bool:
    return any(flow.mode in SURFACE_MODES for flow in flows)


def _all_from_stock(flows: Sequence[FlowFact]) -> bool:
    return all(flow.source == "stock" for flow in flows)


def _only_pilots(flows: Sequence[FlowFact]) -> bool:
    made: dict[str, int] = {}
    for flow in flows:
        if flow.source == "made":
            made[flow.maker] = made.get(flow.maker, 0) + flow.units
    return all(units <= PILOT_UNITS for units in made.values())


RULES: tuple[RouteRule, ...] = (
    RouteRule(_uses_surface, Route.C, "Goods travel by sea, rail or road."),
    RouteRule(_all_from_stock, Route.A, "All goods are finished stock and fly."),
    RouteRule(_only_pilots, Route.B, "Each maker makes a pilot lot that flies."),
    RouteRule(lambda flows: True, Route.B, "A larger lot is made and flies, in the steps of the pilot lot."),
)


def route_rule(flows: Sequence[FlowFact]) -> RouteRule:
    """The rule that decides the route of these flows. Raises ValueError for a plan without flows."""
    if not flows:
        raise ValueError("A plan without flows has no route.")
    return next(rule for rule in RULES if rule.holds(flows))


def route_of(flows: Sequence[FlowFact]) -> Route:
    """The route of a plan; its slowest flow decides. Raises ValueError for a plan without flows."""
    return route_rule(flows).route
