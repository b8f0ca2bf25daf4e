"""From the fractions of a linear flow to whole units: floor the loads, let a second program follow."""

import numpy as np

from matching.solver.flows import Flow
from matching.solver.program import Program, answer, engine
from matching.solver.tables import Array

NEAR = 1e-6


def rounded(program: Program, moved: Flow) -> Array | None:
    """Whole units near the best flow of the program; None when flooring breaks a rule."""
    highs = engine(presolve="off")
    highs.passModel(program.model())
    first = answer(highs)
    if first.x is None:
        return None
    loads = floored(first.x[moved.load_column], moved)
    columns = moved.load_column.astype(np.int32)
    highs.changeColsBounds(len(columns), columns, loads, loads)
    second = answer(highs)
    if second.x is None or not second.is_optimal:
        return None
    units = np.rint(second.x)
    return units if np.abs(units - second.x).max() < NEAR else None


def floored(loads: Array, moved: Flow) -> Array:
    """Loads rounded down, but no less in sum at each place and time than the whole units that left it."""
    whole = np.floor(loads + NEAR)
    node = moved.load_goods * moved.goods_row.shape[1] + moved.load_ready
    for place in np.unique(node[loads - whole > NEAR]):
        here = np.flatnonzero(node == place)
        spare = int(np.floor(loads[here].sum() + NEAR) - whole[here].sum())
        first = here[np.argsort(-(loads - whole)[here], kind="stable")[:spare]]
        whole[first] += 1
    return whole
