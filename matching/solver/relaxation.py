"""The linear relaxation over all eligible offers, by column generation; its duals are the certificate's prices."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from matching.certificate import SCALE, Bound, Prices, market_fees, prove
from matching.solver.choice import Choice, choose, engage, quotas, synergies
from matching.solver.flows import Flow, flow
from matching.solver.program import INF, Answer, Program, answer, engine
from matching.solver.tables import Array, Tables


@dataclass(frozen=True, slots=True, eq=False)
class Relaxed:
    """One solved relaxation: chosen fractions of the pooled makers and lanes, the prices and what they prove."""

    makers: Array
    lanes: Array
    maker_part: Array
    lane_part: Array
    prices: Prices
    bound: Bound
    value: float


def relax(tables: Tables, makers: Array, lanes: Array) -> Relaxed | None:
    """Solves the relaxation of a pool; None when it has no point (min_units) or the engine gave up."""
    program = Program()
    moved = flow(program, tables, makers, lanes)
    choice = choose(program, tables, moved, whole=False)
    _fees(program, tables, choice)
    quotas(program, tables, choice.member)
    engaged = engage(program, tables, choice.member)
    near, first = synergies(program, tables, engaged)
    budget = budget_row(program, tables, np.concatenate([moved.sale_column, first * 0 + program.width - 1]))
    highs = engine(presolve="off")
    highs.passModel(program.model())
    found = answer(highs)
    if found.x is None or not found.is_optimal:
        return None
    prices = _prices(tables, moved, choice, found, near, first, budget)
    return Relaxed(makers, lanes, found.x[choice.maker], found.x[choice.lane], prices, prove(tables, prices),
                   found.value)


def _fees(program: Program, tables: Tables, choice: Choice) -> None:
    for n, row in enumerate(tables.market_rows):
        fees = market_fees(tables, row, 1)
        if fees is None:
            program.put(program.rows(1, -INF, 0.0), choice.market[n], 1.0)
        program.charge(int(choice.market[n]), float(fees or 0))
    for n, column in enumerate(choice.inspect):
        fees = [tables.fee(q, 1) for q in tables.problem.eligible("quality") if q["origin"] == tables.origins[n]]
        if not fees:
            program.put(program.rows(1, -INF, 0.0), column, 1.0)
        program.charge(int(column), float(min(fees, default=0)))
