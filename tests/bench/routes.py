"""How much of a surge's demand each route can still serve: recorded bursts, noticed live, answered at once or late.

python -m tests.bench.routes      needs pandas and pyarrow; route days are the medians of domain.md
"""

from datetime import date

import numpy as np

from matching.spikes import Observations, detect
from tests.bench.demand_world import Random, Table, daily, shapes

ROUTES = {"A, stock by air": 10, "B, pilot lot by air": 24, "C, bulk by sea": 61}
WAITS = {"at once": 0, "a week later": 7, "a month later": 30}
FIRST = date(2026, 1, 1)
QUIET, SURGES, BASELINE = 100, 400, 2.0


def main() -> None:
    """Print the mean share of the demand of a surge that comes after the first goods do."""
    random = np.random.default_rng(4)
    bursts = shapes()
    replayed = [replay(bursts, random) for _ in range(SURGES)]
    noticed = [(wave, day) for wave, day in replayed if day is not None]
    late = np.mean([max(0, day - int((wave >= BASELINE).argmax())) for wave, day in noticed])
    print(f"{len(noticed)} of {SURGES} surges noticed, {late:.1f} days after they doubled the demand")
    print(f"{'share of the demand':22}" + "".join(f"{wait:>16}" for wait in WAITS))
    for route, days in ROUTES.items():
        shares = (served(noticed, days + wait) for wait in WAITS.values())
        print(f"{route:22}" + "".join(f"{share:16.1%}" for share in shares))


def replay(bursts: Table, random: Random) -> tuple[Table, int | None]:
    """The mean demand of a surge by day, and on which of its days the detector first fired."""
    wave, _, _ = daily(bursts, random)
    mean = BASELINE * np.exp(random.uniform(np.log(3), np.log(30))) * wave / wave.max()
    usual = random.poisson(BASELINE, QUIET + len(mean))
    usual[QUIET:] += random.poisson(random.gamma(5, np.maximum(mean, 1e-9) / 5))
    table = usual[None]
    alarms = detect(Observations(("surge",), FIRST, table, table, table))
    days = [(alarm.on - FIRST).days - QUIET for alarm in alarms]
    return mean, next((day for day in days if day >= 0), None)


def served(noticed: list[tuple[Table, int]], days: int) -> float:
    return float(np.mean([wave[day + days :].sum() / wave.sum() for wave, day in noticed]))


if __name__ == "__main__":
    main()
