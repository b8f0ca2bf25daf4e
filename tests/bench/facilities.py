"""Published facility location problems, solved by the matcher's own program and engine: relative errors in one table.

    python -m tests.bench.facilities [--only orlib,sscflp,tscflp] [--seconds 300] [--names cap71,capa_8000]

Data and published values: ../shared/data/cflp (a folder beside this repository; its README says where each file is
from). Warehouses are opened like offers with a fixed charge, goods move like flows; a customer's link to a closed
warehouse is ruled out only where the relaxation uses it (`CUTS` rounds), which keeps large problems small.
"""

import argparse
import math
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import highspy
import numpy as np

from matching.solver.program import INF, Program, answer, engine

DATA = Path(__file__).parents[2] / ".." / "shared" / "data" / "cflp"
CUTS, VIOLATED, CUT_SECONDS = 30, 1e-4, 60.0
FEW, TENTH = 800, 10  # flows that are tried first: a tenth, but no fewer than these
SINGLE = ("sscflp/Lib_1", "sscflp/Lib_3_1")
Array = Any


@dataclass(frozen=True)
class Instance:
    """One problem with what is published about it: the optimum, or the best value that anybody found."""

    family: str
    name: str
    known: float
    program: Program
    links: tuple[
        Array, Array, Array
    ]  # flow column, opening column, and the most that may flow when it is open


def numbers(path: Path, **words: float) -> Iterator[float]:
    """All numbers of a file; words stand for the numbers given."""
    return (words[word] if word in words else float(word) for word in path.read_text().split())


def one_stage(
    capacity: Array, fixed: Array, demand: Array, cost: Array, *, is_single: bool
) -> tuple[Program, Any]:
    """Shares of each customer's demand by warehouse; `cost` is for the whole demand, warehouse by customer."""
    program, (many, wide) = Program(), cost.shape
    opened = program.columns(-fixed, 1.0, whole=True)
    share = program.columns(-cost.ravel(), 1.0, whole=is_single).reshape(many, wide)
    program.put(np.broadcast_to(program.rows(wide, 1.0, 1.0), (many, wide)), share, 1.0)
    room = program.rows(many, -INF, 0.0)
    program.put(np.broadcast_to(room[:, None], (many, wide)), share, np.broadcast_to(demand, (many, wide)))
    program.put(room, opened, -capacity)
    program.put(program.rows(1, float(demand.sum()), INF), opened, capacity)
    return program, (share.ravel(), np.repeat(opened, wide), np.ones(many * wide))


def two_stages(
    plants: Array, first: Array, satellites: Array, second: Array, demand: Array
) -> tuple[Program, Any]:
    """Units from plants over satellites to customers; plants and satellites are rows of capacity and fixed cost."""
    program, (many, middle), wide = Program(), first.shape, len(demand)
    plant, satellite = (program.columns(-rows[:, 1], 1.0, whole=True) for rows in (plants, satellites))
    to = program.columns(-first.ravel(), INF).reshape(many, middle)
    out = program.columns(-second.ravel(), INF).reshape(middle, wide)
    program.put(np.broadcast_to(program.rows(wide, demand, demand), (middle, wide)), out, 1.0)
    balance = program.rows(middle, 0.0, 0.0)
    program.put(np.broadcast_to(balance, (many, middle)), to, 1.0)
    program.put(np.broadcast_to(balance[:, None], (middle, wide)), out, -1.0)
    for opened, moved, rows in ((plant, to, plants), (satellite, out, satellites)):
        room = program.rows(len(rows), -INF, 0.0)
        program.put(np.broadcast_to(room[:, None], moved.shape), moved, 1.0)
        program.put(room, opened, -rows[:, 0])
        program.put(program.rows(1, float(demand.sum()), INF), opened, rows[:, 0])
    out_most = np.minimum(demand[None, :], satellites[:, :1])
    to_most = np.minimum(plants[:, :1], satellites[None, :, 0])
    return program, (
        np.concatenate([to.ravel(), out.ravel()]),
        np.concatenate([np.repeat(plant, middle), np.repeat(satellite, wide)]),
        np.concatenate([to_most.ravel(), out_most.ravel()]),
    )


def orlib() -> Iterator[Instance]:
    """OR-Library: customers may be split."""
    for line in (DATA / "orlib" / "optima.txt").read_text().splitlines():
        name, optimum = line.split()
        base, _, room = name.partition("_")
        stream = numbers(DATA / "orlib" / f"{base}.txt", capacity=float(room or 0))
        many, wide = int(next(stream)), int(next(stream))
        houses = np.array([[next(stream), next(stream)] for _ in range(many)])
        rows = np.array([[next(stream) for _ in range(many + 1)] for _ in range(wide)])
        parts = houses[:, 0], houses[:, 1], rows[:, 0], rows[:, 1:].T
        yield Instance("orlib", name, float(optimum), *one_stage(*parts, is_single=False))


def sscflp() -> Iterator[Instance]:
    """Single source: each customer is supplied by one facility."""
    for folder in SINGLE:
        optima = (DATA / folder / "os").read_text().split()
        for k, optimum in enumerate(optima, 1):
            values = np.array(list(numbers(DATA / folder / f"p{k}")))
            many, wide = int(values[0]), int(values[1])
            at = np.cumsum([2, many, many, wide])
            cost = values[at[3] :].reshape(wide, many).T
            parts = values[at[0] : at[1]], values[at[1] : at[2]], values[at[2] : at[3]], cost
            name = f"{folder.partition('/')[2]}/p{k}"
            yield Instance("sscflp", name, float(optimum), *one_stage(*parts, is_single=True))


def tscflp() -> Iterator[Instance]:
    """Two stages."""
    for line in (DATA / "tscflp" / "bounds.txt").read_text().splitlines():
        name, _low, best = line.split()
        stream = numbers(DATA / "tscflp" / name)
        many, middle, wide = (int(next(stream)) for _ in range(3))
        demand = np.array([next(stream) for _ in range(wide)])
        plants = np.array([[next(stream), next(stream)] for _ in range(many)])
        first = np.array([next(stream) for _ in range(many * middle)]).reshape(many, middle)
        satellites = np.array([[next(stream), next(stream)] for _ in range(middle)])
        second = np.array([next(stream) for _ in range(middle * wide)]).reshape(middle, wide)
        yield Instance("tscflp", name, float(best), *two_stages(plants, first, satellites, second, demand))


FAMILIES = {"orlib": orlib, "sscflp": sscflp, "tscflp": tscflp}


@dataclass(frozen=True)
class Relaxed:
    """The relaxation's value (a cost), and what each flow would add to it at least."""

    value: float
    beyond: Array


def tighten(instance: Instance) -> Relaxed:
    """Adds the links that the relaxation breaks, until it breaks none; returns the last one."""
    program, (flow, opened, most) = instance.program, instance.links
    linked, started = np.zeros(len(flow), dtype=bool), time.thread_time()
    for _ in range(CUTS):
        highs = engine(solver="simplex")
        model = program.model()
        model.integrality_ = []
        highs.passModel(model)
        found = answer(highs)
        x = found.x
        assert x is not None, instance.name
        relaxed = Relaxed(-found.value, np.maximum(0.0, -np.array(highs.getSolution().col_dual)[flow]))
        broken = np.flatnonzero(~linked & (x[flow] > most * x[opened] + VIOLATED * most))
        if not len(broken) or time.thread_time() - started > CUT_SECONDS:
            break
        linked[broken] = True
        rows = program.rows(len(broken), -INF, 0.0)
        program.put(rows, flow[broken], 1.0)
        program.put(rows, opened[broken], -most[broken])
    return relaxed


def solved(instance: Instance, seconds: float) -> tuple[float, bool]:
    """The cost found and whether the engine proved it: among the most promising flows, then among all that matter."""
    relaxed = tighten(instance)
    few = np.argsort(relaxed.beyond, kind="stable")[max(FEW, len(relaxed.beyond) // TENTH) :]
    quick = run(instance, few, seconds / 3, None)
    rest = np.flatnonzero(relaxed.value + relaxed.beyond > quick.cost * (1 + 1e-9))
    whole = run(instance, rest, seconds, quick.x)
    return min(quick.cost, whole.cost), whole.is_proven


@dataclass(frozen=True)
class Ran:
    """One run of the engine; endless cost when it found no point."""

    cost: float
    x: Array | None
    is_proven: bool


def run(instance: Instance, shut: Array, seconds: float, start: Array | None) -> Ran:
    """The program without some of its flows, from a known point."""
    highs = engine(mip_rel_gap=1e-9, time_limit=seconds, mip_detect_symmetry=False)
    highs.passModel(instance.program.model())
    columns = instance.links[0][shut].astype(np.int32)
    highs.changeColsBounds(len(columns), columns, np.zeros(len(columns)), np.zeros(len(columns)))
    if start is not None:
        highs.setSolution(len(start), np.arange(len(start), dtype=np.int32), start)
    found = answer(highs)
    is_proven = highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return Ran(math.inf if found.x is None else -found.value, found.x, is_proven)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", default=",".join(FAMILIES))
    parser.add_argument("--names", default="")
    parser.add_argument("--seconds", type=float, default=300.0)
    options = parser.parse_args()
    wanted = set(filter(None, options.names.split(",")))
    print("| problem | published | found | relative error | proven | CPU s |\n" + "|---" * 6 + "|")
    for family in options.only.split(","):
        errors = []
        for instance in FAMILIES[family]():
            if wanted and instance.name not in wanted:
                continue
            started = time.thread_time()
            value, proven = solved(instance, options.seconds)
            errors.append(value / instance.known - 1)
            row = f"{instance.name} | {instance.known:.3f} | {value:.3f} | {errors[-1]:.2e}"
            print(f"| {row} | {'yes' if proven else 'no'} | {time.thread_time() - started:.1f} |", flush=True)
        if errors:
            print(
                f"| {family}: {len(errors)}, median {statistics.median(errors):.2e}, worst {max(errors):.2e} ||||||"
            )


if __name__ == "__main__":
    main()
