"""A task graph walked through in all runs at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.blueprint import Node
from matching.risk.sampling import Runs


@dataclass(frozen=True)
class Walk:
    """Start and finish of each task in each run, in days."""

    starts: Mapping[str, Runs]  # by task code
    finishes: Mapping[str, Runs]  # by task code

    @property
    def end(self) -> Runs:
        """When everything is finished, in each run."""
        return _latest(list(self.finishes.values()))


def _latest(times: Sequence[Runs]) -> Runs:
    latest: Runs = np.maximum.reduce(times)
    return latest


def walk(order: Sequence[Node], days: Mapping[str, Runs]) -> Walk:
    """Earliest times of tasks that are given in topological order."""
    nothing = np.zeros_like(next(iter(days.values())))
    starts: dict[str, Runs] = {}
    finishes: dict[str, Runs] = {}
    for task in order:
        before = [finishes[code] for code in task.after]
        starts[task.code] = _latest(before) if before else nothing
        finishes[task.code] = starts[task.code] + days[task.code]
    return Walk(starts, finishes)


def criticality(order: Sequence[Node], walked: Walk, target: Runs, ends: Sequence[str]) -> dict[str, float]:
    """Share of the runs in which each task lies on a longest path to `target`, the latest of the `ends`."""
    on_path: dict[str, NDArray[np.bool_]] = {
        task.code: (walked.finishes[task.code] == target) & (task.code in ends) for task in order
    }
    for task in reversed(order):
        for code in task.after:
            on_path[code] |= on_path[task.code] & (walked.finishes[code] == walked.starts[task.code])
    return {code: float(np.mean(hits)) for code, hits in on_path.items()}


def ancestors(order: Sequence[Node], code: str) -> tuple[str, ...]:
    """The task and everything that it waits for, in topological order."""
    needed = {code}
    for task in reversed(order):
        if task.code in needed:
            needed.update(task.after)
    return tuple(task.code for task in order if task.code in needed)
