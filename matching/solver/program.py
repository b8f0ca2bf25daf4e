"""A linear program grown in blocks of columns and rows, solved by HiGHS on one thread."""

import math
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np

from matching.solver.tables import Array

INF = math.inf


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What the solver found: `x` is None when it has no point; `duals` are row prices of a relaxation."""

    x: Array | None
    value: float
    duals: Array
    is_optimal: bool


class Program:
    """Maximise cost·x under row bounds. Blocks are appended; nothing is ever removed."""

    def __init__(self, *, whole: bool = False) -> None:
        self._all_whole = whole
        self._cost: list[Array] = []
        self._lower: list[Array] = []
        self._upper: list[Array] = []
        self._whole: list[Array] = []
        self._rows: list[tuple[Array, Array]] = []
        self._parts: list[tuple[Array, Array, Array]] = []
        self._charges: list[tuple[int, float]] = []
        self.tops: list[tuple[int, list[int]]] = []
        self.width = self.height = 0

    def columns(self, cost: Any, upper: Any, *, lower: Any = 0.0, whole: bool = False) -> Array:
        """Adds one column for each entry of `cost`; returns their numbers."""
        price = np.atleast_1d(np.asarray(cost, dtype=float))
        first, self.width = self.width, self.width + len(price)
        self._cost.append(price)
        self._lower.append(np.broadcast_to(np.asarray(lower, dtype=float), price.shape))
        self._upper.append(np.broadcast_to(np.asarray(upper, dtype=float), price.shape))
        self._whole.append(np.full(price.shape, whole or self._all_whole))
        return np.arange(first, self.width)

    def top(self, parts: list[int]) -> int:
        """A column between 0 and 1 that is no less than any of the given ones."""
        column = int(self.columns([0.0], 1.0)[0])
        rows = self.rows(len(parts), -INF, 0.0)
        self.put(rows, np.array(parts), 1.0)
        self.put(rows, column, -1.0)
        self.tops.append((column, parts))
        return column

    def charge(self, column: int, amount: float) -> None:
        """Takes `amount` off the cost of one column, besides what it already bears."""
        self._charges.append((column, amount))

    def rows(self, count: int, lower: Any, upper: Any) -> Array:
        """Adds `count` rows with the given bounds; returns their numbers."""
        first, self.height = self.height, self.height + count
        self._rows.append(
            (
                np.broadcast_to(np.asarray(lower, dtype=float), (count,)),
                np.broadcast_to(np.asarray(upper, dtype=float), (count,)),
            )
        )
        return np.arange(first, self.height)

    def put(self, rows: Any, columns: Any, values: Any) -> None:
        """Adds coefficients; scalars are spread over the longest argument."""
        parts = np.broadcast_arrays(np.asarray(rows), np.asarray(columns), np.asarray(values, dtype=float))
        self._parts.append((parts[0].ravel(), parts[1].ravel(), parts[2].ravel()))

    @property
    def cost(self) -> Array:
        """Objective by column, charges taken off."""
        cost = np.concatenate(self._cost)
        for column, amount in self._charges:
            cost[column] -= amount
        return cost

    def model(self) -> Any:
        """The program as HiGHS takes it."""
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = self.width, self.height
        lp.sense_ = highspy.ObjSense.kMaximize
        lp.col_cost_ = self.cost
        lp.col_lower_, lp.col_upper_ = np.concatenate(self._lower), np.concatenate(self._upper)
        lp.row_lower_ = np.concatenate([low for low, _ in self._rows])
        lp.row_upper_ = np.concatenate([high for _, high in self._rows])
        row, column, value = (np.concatenate([part[k] for part in self._parts]) for k in range(3))
        order = np.lexsort((row, column))
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        lp.a_matrix_.start_ = np.searchsorted(column[order], np.arange(self.width + 1)).astype(np.int32)
        lp.a_matrix_.index_, lp.a_matrix_.value_ = row[order].astype(np.int32), value[order]
        whole = np.concatenate(self._whole)
        if whole.any():
            kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
            lp.integrality_ = [kinds[int(flag)] for flag in whole]
        return lp


def engine(**options: Any) -> Any:
    """A silent single-threaded HiGHS with the given options."""
    highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.silent()
    for name, value in {"threads": 1, "random_seed": 0, **options}.items():
        highs.setOptionValue(name, value)
    return highs


def answer(highs: Any) -> Answer:
    """Runs and reads one engine."""
    highs.run()
    status, info = highs.getModelStatus(), highs.getInfo()
    solution = highs.getSolution()
    found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    return Answer(
        np.array(solution.col_value) if found else None,
        float(info.objective_function_value),
        np.array(solution.row_dual),
        status == highspy.HighsModelStatus.kOptimal,
    )
