"""What goes into a risk simulation and what comes out, both with one canonical form."""

import hashlib
import json
from dataclasses import asdict, dataclass

from matching.blueprint import TaskSpec

METHOD = "risk/1"  # part of the hash: another method gives another report of the same inputs


@dataclass(frozen=True)
class Wanted:
    """Units that the market wants while the trend lives."""

    p10: int  # at least so many in 9 of 10 cases
    p50: int  # the median
    p90: int  # at most so many in 9 of 10 cases


@dataclass(frozen=True)
class Inputs:
    """Everything that a report depends on."""

    tasks: tuple[TaskSpec, ...]  # the plan's graph with its days
    survival: tuple[float, ...]  # share of such trends still alive, by day from the start; beyond it: none
    wanted: Wanted  # demand
    units_planned: int  # units that the plan makes or takes from stock
    unit_margin_minor: int  # of a unit sold, all costs of the unit taken off
    leftover_loss_minor: int  # of a unit not sold: what was paid for it less what it still brings
    fixed_cost_minor: int  # fees and fixed costs of the plan
    currency: str  # ISO 4217
    seed: int  # same seed, same report
    runs: int = 10_000  # simulated lives
    promised_day: float | None = None  # day promised for the first unit; None: that of the likely days
    sellable: str = "S1"  # task that makes the product sellable
    dispatchable: str = "S2"  # task that makes the first unit dispatchable


@dataclass(frozen=True)
class Spread:
    """Days that 50, 80 and 95 % of the runs do not exceed."""

    p50: float  # days
    p80: float  # days
    p95: float  # days


@dataclass(frozen=True)
class MarginSpread:
    """The margin of the whole plan over the runs, in minor units."""

    p10: int  # one run in ten is worse
    p50: int  # the median
    p90: int  # one run in ten is better
    mean: int  # expected
    cvar: int  # mean of the worst 5 % of the runs
    p_loss: float  # share of the runs that lose money


@dataclass(frozen=True)
class WhatIf:
    """What shortening one task to its low value gains."""

    code: str  # the task
    days: float  # its low value
    gain: float  # days that P80 of the first dispatchable unit comes earlier


@dataclass(frozen=True)
class Report:
    """The risk of one plan."""

    method: str  # version of the calculation
    inputs_hash: str  # of exactly these inputs
    seed: int  # seed of the runs
    runs: int  # number of runs
    sellable: Spread  # product sellable
    dispatchable: Spread  # first unit dispatchable
    finish: Spread  # everything done
    promised_day: float  # day that P(on time) refers to
    p_on_time: float  # first unit dispatchable by the promised day
    p_trend_alive: float  # first unit dispatchable before the trend is gone
    currency: str  # of the margin
    margin: MarginSpread  # of the whole plan
    criticality: tuple[tuple[str, float], ...]  # (task, share of runs in which the first unit hangs on it)
    criticality_finish: tuple[tuple[str, float], ...]  # the same for the finish
    what_ifs: tuple[WhatIf, ...]  # the three best, best first

    def canonical(self) -> bytes:
        """The report as bytes: the same inputs give the same bytes."""
        return _canonical(asdict(self))


def inputs_hash(inputs: Inputs) -> str:
    """SHA-256 over every input and the method, in hexadecimal."""
    return hashlib.sha256(_canonical({"method": METHOD} | asdict(inputs))).hexdigest()


def _canonical(value: object) -> bytes:
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False
    ).encode()
