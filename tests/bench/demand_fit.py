"""Fit the networks of matching/demand, or judge them on bursts and products they never saw.

python -m tests.bench.demand_fit fit      fits on everything in ../shared/data/spikes, writes weights.json
python -m tests.bench.demand_fit judge    fits on one half of the bursts and products, measures on the other

Needs pandas, pyarrow and, for the peer in `judge`, scikit-learn besides numpy.
"""

import argparse
import json
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.demand import PROBABILITIES, Calibration
from matching.demand.features import features, pace
from matching.demand.forecast import MIDDLE, log_totals
from matching.demand.network import FAR, Network
from tests.bench.demand_world import Case, Random, Table, case, natural_cases, sales, shapes, surges

WEIGHTS = Path(__file__).resolve().parents[2] / "matching" / "demand" / "weights.json"
P = np.array(PROBABILITIES)


def main() -> None:
    """Fit, or judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("what", choices=("fit", "judge"))
    parser.add_argument("--cases", type=int, default=120_000)
    options = parser.parse_args()
    bursts, products = shapes(), sales()
    if options.what == "fit":
        networks = fit_both(bursts, products, options.cases)
        WEIGHTS.write_text(json.dumps(networks, separators=(",", ":")) + "\n", encoding="utf-8")
        return
    random = np.random.default_rng(3)
    halves = random.permutation(len(bursts)), random.permutation(len(products[0]))
    seen = [part[::2] for part in halves]
    unseen = [part[1::2] for part in halves]
    networks = fit_both(bursts[seen[0]], tuple(t[seen[1]] for t in products), options.cases)
    judge(Network.of(networks["total"]), bursts[unseen[0]], tuple(t[unseen[1]] for t in products))


def fit_both(bursts: Table, products: tuple[Table, ...], number: int) -> dict[str, Any]:
    random = np.random.default_rng(5)
    cases = [made for made in (case(bursts, random) for _ in range(number)) if made]
    natural = list(natural_cases(products, random))
    rows, middles, totals = matrices(cases + natural, random)
    mean, deviation = rows.mean(0), rows.std(0) + 1e-6
    scaled = np.clip((rows - mean) / deviation, -FAR, FAR)
    total = train(scaled, totals - middles, (32, 32, len(P)), pinball_slope, 30_000)
    life_rows, alive = life_matrices(cases, random)
    life = train(np.clip((life_rows - mean) / deviation, -FAR, FAR), alive, (16, 1), logistic_slope, 8_000)
    about = {"mean": mean.round(4).tolist(), "deviation": deviation.round(6).tolist()}
    return {"total": about | {"layers": written(total)}, "life": about | {"layers": written(life)}}


def matrices(cases: list[Case], random: Random) -> tuple[Table, Table, Table]:
    """Features, the logarithm that the pace alone promises, and that of the truth."""
    rows = [features(c.seen, [len(c.later)], c.baseline if random.random() < 0.5 else None)[0] for c in cases]
    middles = [np.log1p(pace(c.seen) * len(c.later)) for c in cases]
    return np.array(rows), np.array(middles), np.array([np.log1p(c.later.sum()) for c in cases])


def life_matrices(cases: list[Case], random: Random) -> tuple[Table, Table]:
    rows, alive = [], []
    for made in cases:
        if made.alive is not None:
            steps = int(random.integers(1, len(made.alive) + 1))
            rows.append(features(made.seen, [steps], made.baseline if random.random() < 0.5 else None)[0])
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
    return np.asarray(1 / (1 + np.exp(-outputs)) - truth[:, None])


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
            turned = values[k].T @ back + 1e-4 * layers[k][0], back.sum(0)
            back = (back @ layers[k][0].T) * (1 - values[k] ** 2)
            for part, change, moment in zip(layers[k], turned, moments[k], strict=True):
                moment[0] = 0.9 * moment[0] + 0.1 * change
                moment[1] = 0.999 * moment[1] + 0.001 * change * change
                pull = moment[0] / (1 - 0.9**at) / (np.sqrt(moment[1] / (1 - 0.999**at)) + 1e-8)
                np.subtract(part, 0.0015 * (1 + np.cos(np.pi * at / steps)) * pull, out=part)
    return layers


def written(layers: list[list[Table]]) -> list[list[Any]]:
    return [[part.round(4).tolist() for part in layer] for layer in layers]


def judge(network: Network, bursts: Table, products: tuple[Table, ...]) -> None:
    """Log-pinball beside peers, cover and width, static and with online conformal calibration."""
    random = np.random.default_rng(9)
    print(
        f"{'':22}{'cases':>7}{'ours':>8}{'persist':>9}{'decay':>8}{'boosted':>9}{'cover':>7}{'online':>8}{'width':>7}"
    )
    for name, cases in groups(bursts, products, random).items():
        rows, middles, truth = matrices(cases, np.random.default_rng(1))
        half = np.arange(len(cases)) % 2 == 0
        own = log_totals(network(rows), middles)
        peers = [
            persistence(middles, truth, half),
            decay(cases, truth, half),
            boosted(rows, middles, truth, half),
        ]
        cover = ((truth >= own[:, 0]) & (truth <= own[:, -1])).mean()
        online, ratio = calibrated(own, truth)
        errors = [pinball(quantiles[~half], truth[~half]) for quantiles in (own, *peers)]
        print(
            f"{name:22}{len(cases):7}"
            + "".join(f"{e:8.3f}" for e in errors)
            + f"{cover:8.3f}{online:8.3f}{ratio:7.2f}"
        )


def groups(bursts: Table, products: tuple[Table, ...], random: Random) -> dict[str, list[Case]]:
    """Unseen bursts by the hour (onset at a tenth of the peak), stretched ones by day, and real products."""
    found: dict[str, list[Case]] = {}
    for seen in (3, 6, 12, 24):
        for burst in bursts:
            onset = int(burst.argmax())
            while onset > 0 and burst[onset - 1] > 0.1 * burst.max():
                onset -= 1
            later = burst[onset + seen : onset + seen + 48]
            if len(later) == 48:
                found.setdefault(f"hours, {seen} seen", []).append(
                    Case(burst[onset : onset + seen], later, 0.0)
                )
    for made in filter(None, (case(bursts, random) for _ in range(12_000))):
        for days in (14, 28, 60):
            if len(made.later) == days:
                found.setdefault(f"stretched, next {days}", []).append(made)
    for units, day, baseline in surges(products):
        for days in (14, 28, 60):
            if day + 5 + days <= len(units):
                made = Case(units[day - 2 : day + 5], units[day + 5 : day + 5 + days], baseline)
                found.setdefault(f"products, next {days}", []).append(made)
    return found


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
