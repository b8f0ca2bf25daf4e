"""The linear relaxation of a pool of offers; its duals are the certificate's prices."""

from dataclasses import dataclass

import numpy as np

from matching.certificate import SCALE, Bound, Prices, market_fees, prove
from matching.solver.chances import sales_of
from matching.solver.choice import Choice, budget_row, choose, engage, quotas, synergies
from matching.solver.duals import Rows, read
from matching.solver.flows import flow
from matching.solver.hedged import mean_bound
from matching.solver.program import INF, Program, answer, engine
from matching.solver.tables import Array, Tables

USED = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Relaxed:
    """One solved relaxation: the prices, what they prove over all offers, and its value over the pool.

    `total` is what no plan earns more than: the bound, or with scenarios the bound on the mean.
    `floors` says by module what a firm must gain to displace another; `pressed` names firms that the pool lacks.
    """

    prices: Prices
    bound: Bound
    total: int
    value: float
    floors: dict[str, float]
    pressed: set[int]
    used: tuple[Array, Array]  # makers and lanes of the relaxation's own plan, by number


def relax(tables: Tables, makers: Array, lanes: Array, seconds: float | None = None) -> Relaxed | None:
    """Solves the relaxation of a pool of offers, by number; None when time ran out."""
    program, sales = Program(), sales_of(tables)
    moved = flow(program, tables, makers, lanes, sales=sales)
    choice = choose(program, tables, moved, whole=False)
    _fees(program, tables, choice)
    quota_rows = quotas(program, tables, choice.member)
    near, first = synergies(program, tables, engage(program, tables, choice.member))
    rows = Rows(near, first, budget_row(program, tables, moved))
    highs = engine(presolve="off", time_limit=INF if seconds is None else max(0.0, seconds))
    highs.passModel(program.model())
    found = answer(highs)
    if found.x is None or not found.is_optimal:
        return None
    floors = {module: max(0.0, float(found.duals[row]) * SCALE) for module, row in quota_rows.items()}
    prices, pressed = read(tables, (moved, choice, rows), found.duals, floors)
    bound = prove(tables, prices)
    total = bound.total
    if sales is not None:
        total = mean_bound(tables, sales, prices, -found.duals[moved.chance_row] * SCALE)
    used = moved.makers[found.x[choice.maker] > USED], moved.lanes[found.x[choice.lane] > USED]
    return Relaxed(prices, bound, total, found.value, floors, pressed, used)


def _fees(program: Program, tables: Tables, choice: Choice) -> None:
    """Services at the prices of the bound; what cannot be had closes its market or origin."""
    for n, row in enumerate(tables.market_rows):
        _charge(program, int(choice.market[n]), market_fees(tables, row, 1))
    cheapest: dict[str, int] = {}
    for row in tables.problem.eligible("quality"):
        fee = tables.fee(row, 1)
        cheapest[row["origin"]] = min(fee, cheapest.get(row["origin"], fee))
    for n, column in enumerate(choice.inspect):
        _charge(program, int(column), cheapest.get(tables.origins[n]))


def _charge(program: Program, column: int, fee: int | None) -> None:
    if fee is None:
        program.put(program.rows(1, -INF, 0.0), column, 1.0)
    else:
        program.charge(column, float(fee))


def nothing(tables: Tables) -> tuple[Prices, Bound]:
    """Prices of 0 for everything, which prove a bound without solving anything."""
    size = (len(tables.goods), tables.problem.horizon), (len(tables.market_rows), tables.problem.horizon)
    prices = Prices(
        np.zeros(size[0], dtype=np.int64),
        np.zeros(size[1], dtype=np.int64),
        0,
        {},
        np.zeros(len(tables.makers.rows), dtype=np.int64),
        [0] * len(tables.synergies),
    )
    return prices, prove(tables, prices)
