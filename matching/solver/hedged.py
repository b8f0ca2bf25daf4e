"""What no plan can earn on average when demand comes in scenarios.

The Lagrangian of the certificate, with landed prices for each scenario: firms see their mean, each scenario's sales its
own, and a market pays its fees out of the mean of its sales. Any prices give a valid bound.
"""

from dataclasses import replace
from fractions import Fraction

import numpy as np

from matching.certificate import SCALE, Priced, Prices, best_sale, credit, market_fees, prove
from matching.solver.chances import Sales
from matching.solver.tables import Array, Tables


def mean_bound(tables: Tables, sales: Sales, prices: Prices, paid: Array) -> int:
    """No plan earns more on average, in minor units.

    `paid` are landed prices by scenario, market and arrival, in 1/10000 of a minor unit; at lower ones than a unit
    brings that is left over, leaving it would pay, so they are raised to that.
    """
    least = SCALE * sales.left[:, :, None] + credit(tables, prices)
    own = np.maximum(np.ceil(paid / sales.weight[:, None, None]), least).astype(np.int64)
    shares = [Fraction(float(weight)) for weight in sales.weight]
    firms = _firms_part(tables, replace(prices, landed=_mean(own, sales.weight)))
    markets = sum(_market(tables, sales, n, own, (prices, shares)) for n in range(len(tables.market_rows)))
    return firms + -(-markets // SCALE)


def _mean(own: Array, weight: Array) -> Array:
    """What firms are paid for a unit landed, never less than the mean of what the scenarios pay."""
    mean: Array = np.ceil(np.tensordot(weight, own.astype(float), axes=1) * (1 + 1e-12)).astype(np.int64)
    return mean


def _firms_part(tables: Tables, prices: Prices) -> int:
    """The bound without its markets: they want nothing."""
    nothing = [{**row, "demand": 0} for row in tables.market_rows]
    return prove(replace(tables, market_rows=nothing), prices).total


def _market(tables: Tables, sales: Sales, n: int, own: Array, at: tuple[Prices, list[Fraction]]) -> int:
    """The mean of a market's best sales in each scenario, less its fees; 0 when that does not pay."""
    prices, shares = at
    spend = market_fees(tables, tables.market_rows[n], SCALE + prices.budget_bp)
    if spend is None:
        return 0
    sold = sum(
        share * best_sale(Priced(_world(tables, sales, s), replace(prices, landed=own[s]), SCALE, object), n)
        for s, share in enumerate(shares)
    )
    return max(0, -(-sold // 1) - spend)


def _world(tables: Tables, sales: Sales, s: int) -> Tables:
    """The markets as one scenario has them."""
    rows = [
        {**row, "demand": int(sales.demand[s, n]), "unit_value": [int(v) for v in sales.value[s, n]]}
        for n, row in enumerate(tables.market_rows)
    ]
    return replace(tables, market_rows=rows, bucket_cap=sales.caps[s].astype(np.int64))
