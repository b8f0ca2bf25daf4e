"""How good, how tight and how fast the matcher is: one table for one command.

    python -m tests.bench.match [--sizes 50,200,1000,5000] [--seeds 20] [--first 101] [--long 60] [--keep FILE]

Problems come from the shared generator and every plan goes through the shared judge (../shared/tools, a folder beside
this repository). For each size the plan within the budget of CPU seconds is compared with the best that a `--long`
run finds (0: no long run), with the certified bound, and with the first greedy plan. `--keep FILE` keeps each result in
a file and takes from it what is there already, so that a long table can be made in parts.
"""

import argparse
import json
import statistics
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2] / ".." / "shared" / "tools"))

import match_bench
import match_make

from matching.solver import clock, solve
from matching.solver.clock import Allowance
from matching.solver.columns import build
from matching.solver.problem import parse
from matching.solver.search import first
from matching.solver.search_state import Search

SIZES = {50: (30, 20, 0.5), 200: (100, 60, 2.0), 1000: (400, 200, 5.0), 5000: (1500, 500, 15.0)}


@dataclass(frozen=True, slots=True)
class Result:
    """One problem: what was earned, at most could be, and what it cost to find out."""

    earned: int
    greedy: int
    long: int
    bound: int
    cpu: float
    alternatives: int
    faults: int


def greedy(problem: dict[str, Any]) -> int:
    """The first plan of the search, alone."""
    state = Search(build(parse(problem)), Allowance(None, 1))
    first(state)
    return state.best.objective if state.best else 0


def one(problem: dict[str, Any], seconds: float, long: float) -> Result:
    """Solves one problem within its budget, and once more at length."""
    started = time.thread_time()
    plan = solve(problem, seconds=seconds)
    cpu = time.thread_time() - started
    faults = match_bench.safe_check(problem, json.loads(json.dumps(plan)))
    best = solve(problem, seconds=long)["objective"] if long else plan["objective"]
    return Result(
        plan["objective"],
        greedy(problem),
        max(best, plan["objective"]),
        plan["upper_bound"],
        cpu,
        len(plan["alternatives"]),
        len(faults),
    )


def percent(parts: list[tuple[int, int]]) -> list[float]:
    """Shares in percent; an empty alliance that is all that can be earned counts as full."""
    return [100.0 * a / b if b > 0 else 100.0 for a, b in parts]


def line(makers: int, results: list[Result]) -> str:
    """One row of the table."""
    against = percent([(r.earned, r.long) for r in results])
    bound = percent([(r.earned, r.bound) for r in results if r.earned > 0])
    quick = percent([(r.greedy, r.long) for r in results])
    return (
        f"| {makers} | {len(results)} | {statistics.median(against):.2f} | {min(against):.2f} "
        f"| {statistics.median(bound):.1f} | {min(bound):.1f} | {statistics.median(quick):.0f} "
        f"| {statistics.median(r.cpu for r in results):.2f} | {max(r.cpu for r in results):.2f} "
        f"| {sum(r.alternatives >= 3 for r in results)} | {sum(r.faults for r in results)} |"
    )


def kept(path: Path | None) -> dict[tuple[int, int], Result]:
    """What earlier runs have found, by size and seed."""
    lines = path.read_text().splitlines() if path and path.exists() else []
    rows = [json.loads(row) for row in lines]
    return {(row.pop("makers"), row.pop("seed")): Result(**row) for row in rows}


def keep(path: Path | None, makers: int, seed: int, result: Result) -> None:
    if path:
        with path.open("a") as file:
            file.write(json.dumps({"makers": makers, "seed": seed, **asdict(result)}) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", default="50,200,1000,5000")
    for name, default in (("seeds", 20), ("first", 101), ("markets", 4)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--long", type=float, default=60.0)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    clock.PATIENCE = 1000.0  # budgets are CPU seconds here, however busy the machine is
    print(
        "| makers | seeds | % of long run: median | worst | % of certified bound: median | worst | greedy % "
        "| CPU s: median | most | with 3 alternatives | faults |\n|" + "---|" * 11
    )
    known = kept(options.keep)
    for makers in map(int, options.sizes.split(",")):
        results = []
        for seed in range(options.first, options.first + options.seeds):
            if (makers, seed) not in known:
                lanes, agencies, seconds = SIZES[makers]
                problem = match_make.make(seed, makers, lanes, agencies, options.markets)
                known[makers, seed] = one(problem, seconds, options.long)
                keep(options.keep, makers, seed, known[makers, seed])
            results.append(known[makers, seed])
        print(line(makers, results), flush=True)


if __name__ == "__main__":
    main()
