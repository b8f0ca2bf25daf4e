"""From the fractions of a linear flow to whole units: floored at once, or the best ones near the fractions."""

import time
from typing import Any

import numpy as np

from matching.solver.flows import Flow
from matching.solver.program import INF, Program, answer, engine
from matching.solver.tables import Array

NEAR = 1e-6
BOX = 13  # units about the best fractions within which whole ones are looked for first
SEARCH = {"mip_rel_gap": 1e-6, "mip_max_nodes": 200}
HEURISTICS = tuple(
    f"mip_heuristic_run_{name}" for name in ("rins", "rens", "root_reduced_cost", "feasibility_jump")
)
"""Of the engine: in so small a box they cost more than the search."""


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


def best_near(program: Program, moved: Flow, seconds: float | None = None) -> Array | None:
    """The best whole units of a whole program near its best fractions; anywhere, where none are found near.

    None when none were found in the nodes of SEARCH, or in so many seconds on the wall clock.
    """
    until = INF if seconds is None else time.perf_counter() + seconds
    highs, model = engine(**SEARCH), program.model()
    highs.passModel(model)
    columns = np.concatenate([moved.piece_column, moved.load_column, moved.sale_column]).astype(np.int32)
    low, high = np.array(model.col_lower_)[columns], np.array(model.col_upper_)[columns]
    best = _within(highs, until, solve_relaxation=True)
    if best is None:
        return None
    lower, upper = np.floor(best[columns]) - BOX, np.ceil(best[columns]) + BOX
    highs.changeColsBounds(len(columns), columns, np.maximum(low, lower), np.minimum(high, upper))
    found = _within(highs, until, **dict.fromkeys(HEURISTICS, False))
    if found is None:
        highs.changeColsBounds(len(columns), columns, low, high)
        found = _within(highs, until, **dict.fromkeys(HEURISTICS, True))
    return None if found is None else np.rint(found)


def _within(highs: Any, until: float, *, solve_relaxation: bool = False, **options: bool) -> Array | None:
    """One run of the engine, which counts its seconds anew each time, until a moment on the wall clock."""
    left = until - time.perf_counter()
    if left <= 0:
        return None
    for name, value in {"solve_relaxation": solve_relaxation, "time_limit": left, **options}.items():
        highs.setOptionValue(name, value)
    return answer(highs).x
