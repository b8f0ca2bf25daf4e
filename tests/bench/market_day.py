"""A day of a market on the database: how long until a million changed series are read, and go on after a restart.

    python -m tests.bench.market_day [--series 1000000]

A throw-away database is filled by COPY: products with a series each (orders, one market), what the detector remembers
of them (their state after `HISTORY` made days, as it is kept beside the signals), and the signals of the days since.
Then comes one day more, on which every series has changed and stays quiet (one that fires is read from its first day,
and is not part of this). Timed are the state of all series from what the rows remember (a restart of everything), and
`notice` over that day as the platform calls it: batch by batch, each one transaction that consumes, remembers and
answers together.
"""

# ruff: noqa: E402 - the settings come before the models

import argparse
import os
import time
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
import django

django.setup()

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from config.embedded.creation import SUPERUSER
from config.garbage import spare_what_is_loaded
from matching.actions.noticing import notice
from matching.models import Series
from matching.resume import HAS_BUYERS, HAS_NEW_BUYERS, LATE_DAYS, OTHERS
from matching.spikes import State, packed, step, unpacked
from matching.spikes.state import VERSION
from tests.builders.firms import NOW
from tests.databases import Databases, throw_away_cluster

HISTORY, MEAN = 60, 2.0
TODAY = NOW.date()
BEGAN = "2026-01-01T00:00:00Z"
FLAGS = bytes([OTHERS * VERSION + HAS_BUYERS + HAS_NEW_BUYERS])
Counts = NDArray[np.int64]


def copy(table: str, columns: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """Writes rows by COPY."""
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as lines:
        for row in rows:
            lines.write_row(row)


def fill(series: int) -> None:
    """A market whose last day was yesterday, and today's signals on top of it."""
    random = np.random.default_rng(1)
    state = State.fresh(series)
    state.cursor = (TODAY - timedelta(days=HISTORY + LATE_DAYS)).toordinal()
    for _ in range(HISTORY):
        day = random.poisson(MEAN, series)
        step(state, day, day, day)
    days = [random.poisson(MEAN, series) for _ in range(LATE_DAYS + 1)]
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # every row refers to rows made here
    ids, remembered_on = range(1, series + 1), TODAY - timedelta(days=LATE_DAYS + 1)
    copy("matching_product", "id,key,title,title_zh,hs6", ((n, f"p{n}", f"P {n}", "", "") for n in ids))
    copy(
        "matching_series",
        "id,product_id,market,source,is_synthetic,memory,memory_on,last_on,changed_at,changed_from_on",
        (
            (n, n, "US", "orders", False, FLAGS + memory, remembered_on, TODAY - timedelta(1), NOW, TODAY)
            for n, memory in zip(ids, packed(state), strict=True)
        ),
    )
    for back, counts in enumerate(reversed(days)):
        copy(
            "matching_signal",
            'source,external_id,product_id,market,"on",units,buyers,new_buyers,is_synthetic,received_at',
            signals(TODAY - timedelta(days=back), counts),
        )
    with connection.cursor() as cursor:
        for table in ("matching_product", "matching_series", "matching_signal"):
            cursor.execute(f"VACUUM ANALYZE {table}")


def signals(on: date, counts: Counts) -> Iterable[tuple[Any, ...]]:
    for n, units in enumerate(counts.tolist(), 1):
        yield "orders", f"{n}/{on}", n, "US", on, units, units, units, False, BEGAN


def state_from_rows() -> State:
    """The state of all series, from what stands beside their signals."""
    rows = Series.objects.order_by("pk").values_list("memory", flat=True)
    memories = [bytes(memory)[1:] for memory in rows.iterator(chunk_size=50_000)]
    return unpacked(memories, (TODAY - timedelta(days=LATE_DAYS)).toordinal(), "new buyers")


def main() -> None:
    """Fill, measure, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--series", type=int, default=1_000_000)
    options = parser.parse_args()
    with throw_away_cluster() as cluster:
        made = Databases(cluster)
        made.point_to(made.shared.name)
        connection.settings_dict["USER"] = SUPERUSER
        began = time.perf_counter()
        fill(options.series)
        print(f"filled in {time.perf_counter() - began:.0f} s", flush=True)
        made.point_to(made.shared.name)
        spare_what_is_loaded()
        began = time.perf_counter()
        state = state_from_rows()
        print(
            f"state of {len(state)} series from their rows: {time.perf_counter() - began:.1f} s", flush=True
        )
        del state
        began, worked = time.perf_counter(), time.process_time()
        told = notice(NOW)
        wall, cpu = time.perf_counter() - began, time.process_time() - worked
        print(f"a day on which {told['series']} series changed: {wall:.0f} s, {told['series'] / wall:.0f} series/s, "
              f"{cpu / wall:.0%} of a core here, {told['surges']} surges")  # fmt: skip


if __name__ == "__main__":
    main()
