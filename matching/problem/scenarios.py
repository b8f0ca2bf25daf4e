"""Demand as it may turn out, from the quantiles that the spikes' room gives. Pure."""

from collections.abc import Sequence
from typing import Any

from matching.problem.case import CLEARANCE_BP, Case, Demand, Market

MANY = 8
LEVELS = tuple((n + 0.5) / MANY for n in range(MANY))  # shares of all cases that want no more


def wanted(demand: Demand) -> list[int]:
    """Units that a market wants in each scenario, straight between and beyond its quantiles."""
    return [max(0, round(_at(((0.1, demand.p10), (0.5, demand.p50), (0.9, demand.p90)), u))) for u in LEVELS]


def _at(points: Sequence[tuple[float, int]], level: float) -> float:
    (p0, v0), (p1, v1) = points[:2] if level < points[1][0] else points[1:]
    return v0 + (v1 - v0) * (level - p0) / (p1 - p0)


def most(demand: Demand) -> int:
    """Units beyond which nothing is sent, whatever the scenario."""
    return max(1, *wanted(demand))


def scenarios(case: Case) -> list[dict[str, Any]]:
    """Equally likely scenarios; all markets want much at once, or little: it is one trend.

    A unit beyond what is wanted is cleared. How long the trend lives is in the value of each bucket already.
    """
    by_market = {market.code: wanted(market.demand) for market in case.markets}
    return [
        {
            "weight": 1,
            "markets": {
                market.code: {"demand": by_market[market.code][n], "left_value": left(case, market)}
                for market in case.markets
            },
        }
        for n in range(MANY)
    ]


def left(case: Case, market: Market) -> int:
    """What a unit that finds no buyer brings: it is cleared, and never for more than the cheapest maker takes."""
    cheapest = min((making.unit_cost(most(market.demand)) for making in case.registry.makings), default=0)
    return max(0, min(market.left_for_goods * CLEARANCE_BP // 10_000, cheapest))
