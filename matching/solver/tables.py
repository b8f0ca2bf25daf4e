"""The eligible offers of a problem as columns of numbers, made once and read by every later step."""

from dataclasses import dataclass
from typing import Any

import numpy.typing as npt

from matching.solver.problem import Problem, Row

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Makers:
    """Maker offers that could be chosen: `stock` units are ready in bucket 0, `made` units in bucket `lead`."""

    rows: list[Row]
    firm: Array
    goods: Array
    origin: Array
    unit: Array
    fixed: Array
    least: Array
    stock: Array
    made: Array
    lead: Array
    most: int


@dataclass(frozen=True, slots=True, eq=False)
class Lanes:
    """Lane offers that could be chosen; pair p says that lane `pair_lane[p]` may carry `pair_goods[p]`.

    `open_at[p, r]` is true when goods ready in bucket r arrive in time; `starts` bounds the pairs of each lane.
    """

    rows: list[Row]
    firm: Array
    origin: Array
    market: Array
    unit: Array
    fixed: Array
    least: Array
    most: Array
    transit: Array
    pair_lane: Array
    pair_goods: Array
    open_at: Array
    starts: Array


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """All columns of a problem; firms, goods, markets and origins are numbered by the four lists."""

    problem: Problem
    firm_ids: list[str]
    firm_number: dict[str, int]
    engagement: Array
    goods: list[str]
    origins: list[str]
    market_rows: list[Row]
    value: Array
    bucket_cap: Array
    cut: Array
    holding: Array
    demand: Array
    makers: Makers
    lanes: Lanes
    modules_of: dict[str, list[str]]
    synergies: list[tuple[int, int, int]]

    def quota(self, module: str) -> int:
        """The most firms that the module may have."""
        return int(self.problem.limits["max_firms"].get(module, 10**9))

    def fee(self, offer: Row, weight: int = 1) -> int:
        """Fee of a service offer with its part of the engagement, as the bound counts it."""
        mods = self.modules_of[offer["firm"]]
        if "manufacturing" in mods or "logistics" in mods:
            return weight * int(offer["fee"])
        engagement = self.problem.firms[offer["firm"]]["engagement_cost"]
        return weight * int(offer["fee"]) + int(weight * engagement // len(mods))
