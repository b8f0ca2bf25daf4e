"""Surges of other shapes than those that the constants were chosen on, and rougher sales beneath them.

python -m tests.bench.spikes_shapes [--seeds 51 52] [--series 600] [--column new_buyers]

Needs pandas and pyarrow, for the judge. Defaults as shipped; nothing is fitted here.
"""

import argparse
import tempfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.bench.spikes import DATA, SHOWN, ask, ours, score, write

Table = NDArray[np.float64]
HOURS = np.arange(128.0)
DRAWS = 60
HEIGHT = 100.0
"""Shapes are counted up to this; the judge leaves out what never passes 5."""


def main() -> None:
    """A row of the judge's table for each shape and each background."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seeds", type=int, nargs="+", default=[51, 52])
    parser.add_argument("--series", type=int, default=600)
    parser.add_argument("--column", choices=("new_buyers", "buyers", "units"), default="new_buyers")
    options = parser.parse_args()
    sales, bursts = DATA / "grocery_daily_pub.parquet", DATA / "meme_bursts_hourly.parquet"
    print(f"{'':22}" + "".join(f"{name[:22]:>26}" for name in SHOWN))
    with tempfile.TemporaryDirectory() as folder:
        for name, shape in SHAPES.items():
            tell(options, name, sales, _shapes_file(Path(folder), name, shape))
        for name, background in BACKGROUNDS.items():
            tell(options, name, _background_file(Path(folder), name, background), bursts)


def tell(options: argparse.Namespace, name: str, sales: Path, bursts: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        worlds = [Path(folder) / str(seed) for seed in options.seeds]
        for world in worlds:
            what = ("--seed", world.name, "--series", options.series, "--out", world)
            ask("make", "--background", sales, "--bursts", bursts, *what)
        measured = score(worlds, [write(world, ours, options.column) for world in worlds], -np.inf)
    cells = (measured[shown] for shown in SHOWN)
    print(
        f"{name:22}" + "".join(f"{c['value']:10.4f} [{c['low']:.3f},{c['high']:.3f}]" for c in cells),
        flush=True,
    )


def slow_rise(random: np.random.Generator) -> Table:
    """Most of the time goes up, as when word spreads; then down at once."""
    top = random.uniform(60, 90)
    return np.where(top > HOURS, HOURS / top, np.exp(-(HOURS - top) / 6)) ** random.uniform(1, 2)


def plateau(random: np.random.Generator) -> Table:
    """Up within hours, level for long, down within hours."""
    first, last = random.uniform(10, 20), random.uniform(60, 110)
    return 1 / (1 + np.exp(-(HOURS - first) / 2)) - 1 / (1 + np.exp(-(HOURS - last) / 2))


def two_peaks(random: np.random.Generator) -> Table:
    """A first wave, a pause, and a second one that may be higher."""
    gap, second = random.uniform(30, 60), random.uniform(0.6, 1.4)
    return np.exp(-(((HOURS - 20) / 9) ** 2)) + second * np.exp(-(((HOURS - 20 - gap) / 9) ** 2))


def sudden(random: np.random.Generator) -> Table:
    """The peak at once, then a decay: a broadcast."""
    return np.where(HOURS >= 10, np.exp(-(HOURS - 10) / random.uniform(8, 30)), 0)


def bell(random: np.random.Generator) -> Table:
    """As fast down as up, without a tail."""
    return np.exp(-(((HOURS - 64) / random.uniform(10, 25)) ** 2))


def ragged(random: np.random.Generator) -> Table:
    """A plateau on which every hour differs by a lot."""
    return plateau(random) * random.gamma(2, 0.5, len(HOURS))


SHAPES: dict[str, Callable[[np.random.Generator], Table]] = {
    "slow rise": slow_rise,
    "plateau": plateau,
    "two peaks": two_peaks,
    "sudden": sudden,
    "bell": bell,
    "ragged": ragged,
}


def _shapes_file(folder: Path, name: str, shape: Callable[[np.random.Generator], Table]) -> Path:
    random, path = np.random.default_rng(7), folder / f"{name}.parquet"
    drawn = np.array([shape(random) for _ in range(DRAWS)]) * HEIGHT
    columns = [f"h{hour:03}" for hour in range(len(HOURS))]
    import_module("pandas").DataFrame(drawn, columns=columns).to_parquet(path)
    return path


def shaken(counts: Table, random: np.random.Generator, shape: float) -> Table:
    """Every day's counts times a gamma of mean 1, the same for all counts of the day."""
    return random.binomial(1, 1.0, counts.shape) * 0 + random.poisson(
        counts * random.gamma(shape, 1 / shape, counts.shape[1:])
    )


def thin(counts: Table, random: np.random.Generator) -> Table:
    """One in five of what was sold."""
    return random.binomial(counts.astype(int), 0.2)


def drifting(counts: Table, random: np.random.Generator) -> Table:
    """Each product's level wanders by a third a month."""
    steps = random.normal(0, 0.33 / 30.44**0.5, counts.shape[1:])
    return random.poisson(counts * np.exp(np.cumsum(steps, axis=1)))


BACKGROUNDS: dict[str, Callable[[Table, np.random.Generator], Table]] = {
    "shaken, gamma of 3": lambda counts, random: shaken(counts, random, 3),
    "shaken, gamma of 1.5": lambda counts, random: shaken(counts, random, 1.5),
    "a fifth of the sales": thin,
    "wandering levels": drifting,
}


def _background_file(folder: Path, name: str, change: Callable[[Table, np.random.Generator], Table]) -> Path:
    table = (
        import_module("pandas")
        .read_parquet(DATA / "grocery_daily_pub.parquet")
        .sort_values(["series", "date"], kind="stable")
    )
    days = len(table) // table["series"].nunique()
    counts = np.array([table[kind].to_numpy(float).reshape(-1, days) for kind in ("units", "buyers")])
    units, buyers = change(counts, np.random.default_rng(11))
    table["units"], table["buyers"] = units.ravel(), np.minimum(units, buyers).ravel()
    path = folder / f"{name}.parquet"
    table.to_parquet(path)
    return path


if __name__ == "__main__":
    main()
