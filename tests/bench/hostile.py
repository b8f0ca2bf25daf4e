"""Problems that nobody means well: does every plan still pass the judge, and is every refusal clear?

    python -m tests.bench.hostile [--cases 60] [--seconds 0.2] [--makers 50] [--large 0]

Each case is a generated problem to which one to three hostile things were done: no room, a single lane, huge numbers,
limits of nothing, strange names, broken fields. Answers go through the shared judge (../shared/tools, a folder beside
this repository); a refusal must name a path and a reason. `--large 1` adds 5000 makers under the same deadline.
"""

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2] / ".." / "shared" / "tools"))

import match_bench
import match_make

from matching.solver import solve
from matching.solver.problem import ProblemError

Row = dict[str, Any]
Damage = Callable[[Row, Random], object]
HUGE, LETTERS = 10**15, "岚Ωß\U0001f426"
MODULES = ("manufacturing", "logistics", "marketing", "quality", "customs")


def _some(problem: Row, chance: Random, kind: str) -> Row:
    row: Row = chance.choice(problem[kind])  # IndexError where nothing is left to break
    return row


def _each(kind: str, **fields: Any) -> Damage:
    return lambda problem, _chance: [row.update(fields) for row in problem[kind]]


def _limit(**fields: Any) -> Damage:
    return lambda problem, _chance: problem["limits"].update(fields)


def _renamed(problem: Row, chance: Random) -> None:
    """Firms with names from everywhere, the same wherever they are named."""
    names = {row["id"]: chance.choice(LETTERS) + str(n) for n, row in enumerate(problem["firms"])}
    for kind in ("firms", *MODULES):
        for row in problem[kind]:
            key = "id" if kind == "firms" else "firm"
            row[key] = names[row[key]]
    for kind in ("conflicts", "exclusives", "synergies"):
        problem[kind] = [[names[row[0]], names[row[1]], *row[2:]] for row in problem[kind]]


HARMLESS: dict[str, Damage] = {
    "no capacity": _each("manufacturing", capacity=0, stock=0),
    "no lanes' room": _each("logistics", capacity=0),
    "one lane": lambda p, _: p.update(logistics=p["logistics"][:1]),
    "nobody": lambda p, _: p.update({kind: [] for kind in MODULES}),
    "no markets": lambda p, _: p.update(markets=[], logistics=[], marketing=[], customs=[]),
    "huge capacity": _each("manufacturing", capacity=HUGE, stock=HUGE),
    "huge demand": _each("markets", demand=HUGE, bucket_demand=None),
    "huge values": lambda p, _: [m.update(unit_value=[10**9] * p["horizon"]) for m in p["markets"]],
    "losses only": lambda p, _: [m.update(unit_value=[-5] * p["horizon"]) for m in p["markets"]],
    "free": _each("manufacturing", unit_cost=0, fixed_cost=0, moq=0),
    "minimum above capacity": _each("manufacturing", moq=10**9),
    "no budget": _limit(budget=0),
    "no share": _limit(max_share_bp={"manufacturing": 0, "logistics": 0}),
    "tiny share": _limit(max_share_bp={"manufacturing": 1, "logistics": 10_000}),
    "no firms": _limit(max_firms=dict.fromkeys(MODULES, 0)),
    "trust": _limit(min_trust=1001),
    "at once": _each("markets", deadline=0),
    "late lanes": _each("logistics", transit_p50=9_999, transit_p90=9_999),
    "commitments": _each("markets", min_units=1),
    "huge commitments": _each("markets", min_units=HUGE),
    "all against all": lambda p, _: p.update(
        conflicts=[[p["firms"][0]["id"], row["id"]] for row in p["firms"][1:]]
    ),
    "against oneself": lambda p, _: p.update(conflicts=[[p["firms"][0]["id"]] * 2]),
    "rich synergies": lambda p, _: p.update(
        synergies=[[p["firms"][0]["id"], row["id"], 10**12] for row in p["firms"][1:40]]
    ),
    "strange names": _renamed,
    "many alternatives": lambda p, _: p["alternatives"].update(count=50, min_distance=0),
    "far alternatives": lambda p, _: p["alternatives"].update(count=3, min_distance=10_000),
}
BROKEN: dict[str, Damage] = {
    "twice the same": lambda p, c: p["manufacturing"].append(dict(_some(p, c, "manufacturing"))),
    "not a number": lambda p, c: _some(p, c, "manufacturing").update(unit_cost=float("nan")),
    "endless": lambda p, c: _some(p, c, "logistics").update(capacity=float("inf")),
    "negative": lambda p, c: _some(p, c, "markets").update(demand=-1),
    "half a unit": lambda p, c: _some(p, c, "manufacturing").update(moq=0.5),
    "true": lambda p, c: _some(p, c, "logistics").update(capacity=True),
    "text": lambda p, c: _some(p, c, "firms").update(trust="900"),
    "unknown firm": lambda p, c: _some(p, c, "manufacturing").update(firm="nobody"),
    "lone surrogate": lambda p, c: _some(p, c, "manufacturing").update(firm="\ud800"),
    "too large": lambda p, _: p["limits"].update(budget=10**400),
    "no horizon": lambda p, _: p.pop("horizon"),
    "short values": lambda p, c: _some(p, c, "markets").update(unit_value=[1]),
    "a list": lambda p, _: p.update(limits=[]),
}


def harmed(problem: Row, chance: Random) -> list[str]:
    """Does one to three things to a problem, now and then one that breaks it; tells which."""
    names = chance.sample(sorted(HARMLESS), chance.randint(1, 3))
    names += [chance.choice(sorted(BROKEN))] if chance.random() < 0.3 else []
    done = []
    for name in names:
        try:
            (HARMLESS | BROKEN)[name](problem, chance)
            done.append(name)
        except IndexError:  # nothing is left to harm
            continue
    return done


def told(problem: Row, seconds: float, is_broken: bool) -> str:
    """What came of a problem: answered, refused, or what is wrong with that."""
    started = time.thread_time()
    try:
        plan = solve(problem, seconds=seconds)
    except ProblemError as refused:
        return "refused" if refused.path and refused.reason else "refused without words"
    if is_broken:
        return "taken though broken"
    if faults := match_bench.safe_check(problem, json.loads(json.dumps(plan))):
        return f"fault: {str(faults[0])[:120]}"
    late = time.thread_time() - started > max(1.0, 5 * seconds)
    return "answered late" if late else f"answered ({plan['status']})"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name, default in (("cases", 60), ("makers", 50), ("first", 1), ("large", 0)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--seconds", type=float, default=0.2)
    options = parser.parse_args()
    found: Counter[str] = Counter()
    for seed in range(options.first, options.first + options.cases):
        problem = match_make.make(seed, options.makers, 30, 20, 4)
        done = harmed(problem, Random(seed))
        what = told(problem, options.seconds, any(name in BROKEN for name in done))
        found[what.partition(":")[0]] += 1
        if what not in ("refused",) and not what.startswith("answered ("):
            print(f"seed {seed} ({', '.join(done)}): {what}", flush=True)
    if options.large:
        large = match_make.make(options.first, 5_000, 1_500, 500, 4)
        print(f"5000 makers, {options.seconds} s: {told(large, options.seconds, is_broken=False)}")
    print("\n".join(f"| {what} | {count} |" for what, count in sorted(found.items())))


if __name__ == "__main__":
    main()
