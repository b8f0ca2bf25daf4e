"""What a search knows about its problem so far."""

from dataclasses import dataclass, field

import numpy as np

from matching.solver.clock import Allowance
from matching.solver.edges import Edges, edges
from matching.solver.fees import market_charges, origin_charges
from matching.solver.relaxation import Relaxed
from matching.solver.requirements import Services
from matching.solver.tables import Array, Tables
from matching.solver.team import Plan

PARTS = (1.0, 0.7, 0.5, 0.3, 0.15)


@dataclass(slots=True)
class Search:
    """What is known about one problem: promising edges, prices, the best plan, and every plan met on the way."""

    tables: Tables
    allowance: Allowance
    services: Services = field(init=False)
    promising: Edges = field(init=False)
    fees: tuple[Array, Array] = field(init=False)
    relaxed: Relaxed | None = None
    best: Plan | None = None
    archive: list[Plan] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.services = Services(self.tables.problem)
        self.promising = edges(self.tables)
        self.fees = market_charges(self.tables, self.services), origin_charges(self.tables, self.services)

    def offer(self, plan: Plan | None) -> None:
        """Keeps a plan, and as the best one when it is."""
        if plan is not None:
            self.archive.append(plan)
            if self.best is None or plan.worth > self.best.worth:
                self.best = plan


def ranked(values: Array) -> Array:
    """Numbers of the offers, those worth most first."""
    return np.argsort(-values.astype(float), kind="stable")
