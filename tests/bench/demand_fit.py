"""Fit the networks of matching/demand, or judge them on bursts and products they never saw.

python -m tests.bench.demand_fit fit      fits on everything in ../shared/data/spikes, writes weights.json
python -m tests.bench.demand_fit judge    fits on one half of the bursts and products, measures on the other

Needs pandas, pyarrow and, for the peer in `judge`, scikit-learn besides numpy.
"""

import argparse
import json
from collections.abc import Iterator
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.characterise import usual
from matching.demand import PROBABILITIES, Calibration, Kind
from matching.demand.features import features, pace
from matching.demand.forecast import MIDDLE, log_totals
from matching.demand.network import FAR, Networks, blended, logistic
from tests.bench.demand_world import (
    Case,
    Random,
    Table,
    beyond,
    case,
    natural_cases,
    sales,
    shapes,
    surges,
)

WEIGHTS = Path(__file__).resolve().parents[2] / "matching" / "demand" / "weights.json"
P = np.array(PROBABILITIES)
AHEAD = (14, 28, 60)  # days
TOLD = 0.5  # of the cases whose baseline is known to the network
SHRINK = 3e-4


def main() -> None:
    """Fit, or judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("what", choices=("fit", "judge"))
    parser.add_argument("--cases", type=int, default=180_000)
    options = parser.parse_args()
    bursts, products = shapes(), sales()
    if options.what == "fit":
        networks = fit_all(bursts, products, options.cases)
        WEIGHTS.write_text(json.dumps(networks, separators=(",", ":")) + "\n", encoding="utf-8")
        return
    random = np.random.default_rng(3)
    halves = random.permutation(len(bursts)), random.permutation(len(products[0]))
    seen = [part[::2] for part in halves]
    unseen = [part[1::2] for part in halves]
    networks = fit_all(bursts[seen[0]], tuple(t[seen[1]] for t in products), options.cases)
    judge(Networks.of(networks), bursts[unseen[0]], tuple(t[unseen[1]] for t in products))


def fit_all(bursts: Table, products: tuple[Table, ...], number: int) -> dict[str, Any]:
    """Networks for each kind, and the one that tells days from hours, as they are written."""
    random = np.random.default_rng(5)
    made = [found for found in (case(bursts, random) for _ in range(number)) if found]
    natural = list(natural_cases(products, random))
    days, hours = ([one for one in made if one.by_day is by_day] for by_day in (True, False))
    cases = {
        Kind.HOUR: hours,
        Kind.DAY: days + 3 * natural,
        Kind.BEYOND: [beyond(one) for one in days[::2] + 2 * natural],
    }
    fitted: dict[str, Any] = {kind: fit_both(cases[kind], random) for kind in cases}
    return fitted | {"by_day": fit_guess(made + natural, random)}


def fit_both(cases: list[Case], random: Random) -> dict[str, Any]:
    rows, middles, totals = matrices(cases, random)
    scale = scale_of(rows)
    total = train(scaled(rows, scale), totals - middles, (32, 32, len(P)), pinball_slope, 30_000)
    life_rows, alive = life_matrices(cases, random)
    life = train(scaled(life_rows, scale), alive, (16, 1), logistic_slope, 8_000)
    return {"total": written(scale, total), "life": written(scale, life)}


def fit_guess(cases: list[Case], random: Random) -> dict[str, Any]:
    rows, by_day = matrices(cases, random)[0], np.array([float(one.by_day) for one in cases])
    scale = scale_of(rows)
    return written(scale, train(scaled(rows, scale), by_day, (32, 32, 1), logistic_slope, 20_000))


def scale_of(rows: Table) -> tuple[Table, Table]:
    return rows.mean(0), rows.std(0) + 1e-6


def scaled(rows: Table, scale: tuple[Table, Table]) -> Table:
    return np.clip((rows - scale[0]) / scale[1], -FAR, FAR)


def matrices(cases: list[Case], random: Random, told: float = TOLD) -> tuple[Table, Table, Table]:
    """Features, the logarithm that the pace alone promises, and that of the truth."""
    rows = [described(one, len(one.later), random, told) for one in cases]
    middles = [np.log1p(pace(c.seen) * len(c.later)) for c in cases]
    return np.array(rows), np.array(middles), np.array([np.log1p(c.later.sum()) for c in cases])


def described(made: Case, steps: int, random: Random, told: float = TOLD) -> Table:
    """What a network sees of a case; of some what is usual, too."""
    return features(made.seen, [steps], made.baseline if random.random() < told else None)[0]


def life_matrices(cases: list[Case], random: Random) -> tuple[Table, Table]:
    rows, alive = [], []
    for made in cases:
        if made.alive is not None:
            steps = int(random.integers(1, len(made.alive) + 1))
            rows.append(described(made, steps, random))
            alive.append(made.alive[steps - 1])
    return np.array(rows), np.array(alive)


def pinball_slope(outputs: Table, truth: Table) -> Table:
    """Slope of the pinball loss by output: a gap moves every quantile beyond it."""
    slope = np.where(truth[:, None] > log_totals(outputs, np.zeros(len(truth))), -P, 1 - P)
    steep = 1 / (1 + np.exp(-outputs))
    below = -np.cumsum(slope[:, :MIDDLE], 1) * steep[:, :MIDDLE]
    above = np.cumsum(slope[:, :MIDDLE:-1], 1)[:, ::-1] * steep[:, MIDDLE + 1 :]
    return np.concatenate([below, slope.sum(1, keepdims=True), above], axis=1)


def logistic_slope(outputs: Table, truth: Table) -> Table:
    return np.asarray(logistic(outputs) - truth[:, None])


def train(rows: Table, truth: Table, widths: tuple[int, ...], slope: Any, steps: int) -> list[list[Table]]:
    """Adam with a cosine rate on mini-batches of 1024; tanh between the layers."""
    random, sizes = np.random.default_rng(0), (rows.shape[1], *widths)
    layers = [[random.normal(0, a**-0.5, (a, b)), np.zeros(b)] for a, b in pairwise(sizes)]
    layers[-1][0] *= 0.1
    moments = [[[np.zeros_like(part), np.zeros_like(part)] for part in layer] for layer in layers]
    for at in range(1, steps + 1):
        chosen = random.integers(0, len(rows), 1024)
        values = [rows[chosen]]
        for matrix, offset in layers:
            values.append(np.tanh(values[-1] @ matrix + offset))
        matrix, offset = layers[-1]
        back = slope(values[-2] @ matrix + offset, truth[chosen]) / len(chosen)
        for k in range(len(layers) - 1, -1, -1):
            turned = values[k].T @ back + SHRINK * layers[k][0], back.sum(0)
            back = (back @ layers[k][0].T) * (1 - values[k] ** 2)
            for part, change, moment in zip(layers[k], turned, moments[k], strict=True):
                moment[0] = 0.9 * moment[0] + 0.1 * change
                moment[1] = 0.999 * moment[1] + 0.001 * change * change
                pull = moment[0] / (1 - 0.9**at) / (np.sqrt(moment[1] / (1 - 0.999**at)) + 1e-8)
                np.subtract(part, 0.0015 * (1 + np.cos(np.pi * at / steps)) * pull, out=part)
    return layers


def written(scale: tuple[Table, Table], layers: list[list[Table]]) -> dict[str, Any]:
    mean, deviation = scale
    parts = [[part.round(4).tolist() for part in layer] for layer in layers]
    return {"mean": mean.round(4).tolist(), "deviation": deviation.round(6).tolist(), "layers": parts}


def judge(networks: Networks, bursts: Table, products: tuple[Table, ...]) -> None:
    """Log-pinball beside peers, cover and width, static and with online conformal calibration.

    By day the baseline is known, to peers too; of hours to half. Peers know the first half of a group, all are
    judged on the second: other bursts, other products.
    """
    random = np.random.default_rng(9)
    print(
        "| unseen | cases | ours | grain not told | persistence | decay | boosted | 90 % | online | width |"
    )
    print("|---" * 10 + "|")
    for (kind, name), cases in groups(bursts, products, random).items():
        rows, middles, truth = matrices(cases, np.random.default_rng(1), TOLD if kind is Kind.HOUR else 1.0)
        known = np.arange(len(cases)) < len(cases) // 2
        own = foretold(networks, kind, rows, middles)
        every = [
            own,
            foretold(networks, Kind.ANY, rows, middles),
            persistence(middles, truth, known),
            decay(cases, truth, known),
            boosted(rows, middles, truth, known),
        ]
        cover = ((truth >= own[:, 0]) & (truth <= own[:, -1])).mean()
        errors = (pinball(quantiles[~known], truth[~known]) for quantiles in every)
        figures = "".join(f" {value:.3f} |" for value in (*errors, cover, *calibrated(own, truth)))
        print(f"| {kind}, {name} | {len(cases)} |{figures}", flush=True)


def foretold(networks: Networks, kind: Kind, rows: Table, middles: Table) -> Table:
    shares = networks.believed(kind, rows)
    return blended(shares, lambda one: log_totals(networks.total[one](rows), middles))


def groups(bursts: Table, products: tuple[Table, ...], random: Random) -> dict[tuple[Kind, str], list[Case]]:
    """Unseen bursts by the hour (onset at a tenth of the peak), stretched ones by day, and real products."""
    found: dict[tuple[Kind, str], list[Case]] = {}
    for seen in (3, 6, 12, 24):
        for burst in bursts:
            onset = int(burst.argmax())
            while onset > 0 and burst[onset - 1] > 0.1 * burst.max():
                onset -= 1
            later = burst[onset + seen : onset + seen + 48]
            if len(later) == 48:
                made = Case(burst[onset : onset + seen], later, 0.0)
                found.setdefault((Kind.HOUR, f"{seen} seen"), []).append(made)
    for made in filter(None, (case(bursts, random) for _ in range(12_000))):
        if made.by_day and len(made.later) in AHEAD:
            found.setdefault((Kind.DAY, f"bursts, next {len(made.later)}"), []).append(made)
    for kind in (Kind.DAY, Kind.BEYOND):
        for days in AHEAD:
            found[kind, f"products, next {days}"] = list(natural_ones(products, days, kind))
    return found


def natural_ones(products: tuple[Table, ...], days: int, kind: Kind) -> Iterator[Case]:
    """Natural surges seen for a week; what is usual is that of the platform (`matching.characterise`)."""
    for units, day, _ in surges(products):
        first, last = day - 2, day + 5
        if last + days <= len(units):
            made = Case(units[first:last], units[last : last + days], usual(units.tolist(), first))
            yield beyond(made) if kind is Kind.BEYOND else made


def pinball(quantiles: Table, truth: Table) -> float:
    error = truth[:, None] - quantiles
    return float(np.maximum(P * error, (P - 1) * error).mean())


def persistence(middles: Table, truth: Table, known: NDArray[np.bool_]) -> Table:
    """The present pace goes on; spread from the errors on the known half (split conformal)."""
    return np.asarray(middles[:, None] + np.quantile((truth - middles)[known], P))


def decay(cases: list[Case], truth: Table, known: NDArray[np.bool_]) -> Table:
    """The present pace halves every so many steps, those that fit the known half best."""
    best = (np.inf, np.zeros((len(cases), len(P))))
    for half_life in (2, 4, 8, 16, 32, 64):
        keep = 0.5 ** (1 / half_life)
        middle = [
            np.log1p((c.seen[-3:].mean() + 0.3) * keep * (1 - keep ** len(c.later)) / (1 - keep))
            for c in cases
        ]
        told = np.array(middle)[:, None] + np.quantile((truth - middle)[known], P)
        best = min(best, (pinball(told[known], truth[known]), told), key=lambda pair: pair[0])
    return best[1]


def boosted(rows: Table, middles: Table, truth: Table, known: NDArray[np.bool_]) -> Table:
    """Gradient-boosted quantiles on the same features, fitted on the known half of this very group."""
    ensemble = import_module("sklearn.ensemble").HistGradientBoostingRegressor
    told = [
        ensemble(loss="quantile", quantile=p, max_iter=80, max_leaf_nodes=8, min_samples_leaf=20)
        .fit(rows[known], (truth - middles)[known])
        .predict(rows)
        for p in P
    ]
    return np.asarray(np.sort(np.array(told).T, 1) + middles[:, None])


def calibrated(quantiles: Table, truth: Table) -> tuple[float, float]:
    """Cover of the 90 % interval and its mean width over the static one, one case after the other."""
    calibration, hits, widths, middle = Calibration(), [], [], quantiles[:, MIDDLE]
    for row, centre, wanted in zip(quantiles, middle, truth, strict=True):
        low, high = centre + (row[[0, -1]] - centre) * calibration.widening
        hits.append(low <= wanted <= high)
        widths.append((high - low) / (row[-1] - row[0]))
        calibration = calibration.learned({0.05: low, 0.95: high}, wanted)
    return float(np.mean(hits)), float(np.mean(widths))


if __name__ == "__main__":
    main()
