"""How much better is the 20th alliance foreseen than the first, when the template is wrong?

python -m tests.bench.heritage      seeded; no database

In each run every task of route B has its own true length, off the template by a log-normal factor of about 1.8;
what an alliance then needs varies around it by a log-normal factor of about 1.3. Before each alliance the days are
estimated from all alliances before. Two errors are measured: the mean absolute error of the tasks' likely days, and
that of the length of the whole alliance. An error is averaged over several alliances that might have come at that
place, since one alone is mostly its own noise.
"""

from collections.abc import Sequence
from random import Random
from statistics import fmean, median

from alliances.heritage.durations import Seen, estimate
from matching.blueprint import Days, Route, Slot, TaskSpec, critical_path, graph

SEEDS = range(1, 12)
ALLIANCES = 20
BIAS, NOISE = 0.6, 0.25  # standard deviations of logarithms
DRAWS = 12
SPECS: Sequence[TaskSpec] = graph(Route.B, set(Slot))
Run = dict[str, list[float]]


def main() -> None:
    runs = [errors(seed) for seed in SEEDS]
    print(f"median over {len(SEEDS)} seeds    " + "".join(f"{n:>9}" for n in (1, 2, 5, 10, 20)))
    for measure, text in (("days", "error of a task, days"), ("length", "error of the length, days")):
        shown = [median(run[measure][n - 1] for run in runs) for n in (1, 2, 5, 10, 20)]
        print(f"{text:26}" + "".join(f"{value:9.2f}" for value in shown))
    for measure in ("days", "length"):
        gains = sorted(gain(run, measure) for run in runs)
        print(
            f"{measure}: 20th below the 1st by {median(gains):.0%} (worst seed {gains[0]:.0%}, best {gains[-1]:.0%})"
        )


def gain(run: Run, measure: str) -> float:
    """By what share the last error lies below the first."""
    return 1 - run[measure][-1] / run[measure][0]


def errors(seed: int) -> Run:
    """The errors before each alliance of a run."""
    random = Random(seed)
    specs = [spec for spec in SPECS if not spec.is_milestone]
    truth = {spec.code: spec.days.likely * random.lognormvariate(0, BIAS) for spec in specs}
    seen: dict[str, list[Seen]] = {spec.code: [] for spec in specs}
    run: Run = {"days": [], "length": []}
    for _number in range(ALLIANCES):
        expected = {spec.code: estimate(spec.days, seen[spec.code]).days for spec in specs}
        draws = [_life(truth, random) for _ in range(DRAWS)]
        run["days"].append(fmean(_of_days(expected, life) for life in draws))
        length = _length({code: days.likely for code, days in expected.items()})
        run["length"].append(fmean(abs(length - _length(life)) for life in draws))
        for code, days in draws[0].items():
            seen[code].append(Seen(days))
    return run


def _life(truth: dict[str, float], random: Random) -> dict[str, float]:
    return {code: days * random.lognormvariate(0, NOISE) for code, days in truth.items()}


def _of_days(expected: dict[str, Days], life: dict[str, float]) -> float:
    return fmean(abs(expected[code].likely - days) for code, days in life.items())


def _length(days: dict[str, float]) -> float:
    return critical_path(SPECS, {spec.code: days.get(spec.code, 0.0) for spec in SPECS}).days


if __name__ == "__main__":
    main()
