"""What an alliance earns when demand is uncertain: each scenario's margin, their mean and quantiles."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from matching.solver.extensions import Scenario
from matching.solver.measure import Alliance, Measure, arrival
from matching.solver.problem import Problem, Row
from matching.solver.tables import Array, Tables

Arrivals = dict[str, list[int]]


@dataclass(frozen=True, slots=True, eq=False)
class Sales:
    """Scenario sales as arrays: by scenario, market and bucket; weights by scenario."""

    weight: Array
    demand: Array
    caps: Array
    value: Array
    left: Array


def sales_of(tables: Tables) -> Sales | None:
    """The scenarios of a problem as arrays; None without any."""
    rows, names = tables.problem.scenarios, list(tables.problem.markets)
    if not rows:
        return None

    def table(field: str) -> Array:
        return np.array([[getattr(row, field)[name] for name in names] for row in rows], dtype=float)

    weight = np.array([row.weight for row in rows])
    return Sales(weight, table("demand"), table("caps"), table("value"), table("left"))


def margins(problem: Problem, alliance: Alliance, measured: Measure) -> list[tuple[float, float]]:
    """Weight and margin of each scenario: goods are sold as soon as somebody wants them, the rest waits or is left."""
    arrivals = _arrivals(problem, alliance)
    paid = measured.objective - measured.breakdown["revenue"] + measured.breakdown["holding"]
    return [
        (one.weight, paid + sum(_sold(problem, one, name, units) for name, units in arrivals.items()))
        for one in problem.scenarios
    ]


def worth(problem: Problem, alliance: Alliance, measured: Measure) -> float:
    """What a plan is judged by: its objective, or its mean over the scenarios."""
    if not problem.scenarios:
        return measured.objective
    return sum(weight * margin for weight, margin in margins(problem, alliance, measured))


def outlook(rows: Iterable[tuple[float, float]]) -> Row:
    """Mean and quantiles of scenario margins, in minor units."""
    ranked = sorted(rows, key=lambda row: row[1])
    weights = np.cumsum([weight for weight, _ in ranked])

    def quantile(share: float) -> int:
        return round(ranked[min(int(np.searchsorted(weights, share - 1e-9)), len(ranked) - 1)][1])

    mean = sum(weight * margin for weight, margin in ranked)
    return {"mean": round(mean), "p10": quantile(0.1), "p50": quantile(0.5), "p90": quantile(0.9)}


def _arrivals(problem: Problem, alliance: Alliance) -> Arrivals:
    arrivals: Arrivals = {}
    for key, units in alliance.flows.items():
        market = problem.offers["logistics"][key[2]]["market"]
        arrivals.setdefault(market, [0] * problem.horizon)[arrival(problem, key)] += units
    return arrivals


def _sold(problem: Problem, one: Scenario, market: str, arrivals: list[int]) -> float:
    """What the goods that arrive in a market bring in one scenario, waiting paid."""
    earned, waiting, wanted = 0, 0, one.demand[market]
    left, holding = one.left[market], int(problem.markets[market]["holding_cost"])
    for bucket, units in enumerate(arrivals):
        earned -= waiting * holding
        waiting += units
        value = one.value[market][bucket]
        sold = min(waiting, wanted, one.caps[market][bucket]) if value >= left else 0
        earned, waiting, wanted = earned + sold * value, waiting - sold, wanted - sold
        if not wanted:  # the rest is cleared at once, and what comes later when it comes
            waiting += sum(arrivals[bucket + 1 :])
            break
    return earned + waiting * left
