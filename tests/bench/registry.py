"""How long until a problem is ready, in registries of ten thousand to a million firms?

    python -m tests.bench.registry [--firms 10000,100000,1000000] [--eligible 1000] [--rounds 100] [--weeks 12]

A throw-away database is filled by COPY (weeks by one INSERT): HS subheadings and places come from the public
vocabularies of ../shared/data/registry (a folder beside this repository), everything else is drawn from one seed. The
same number of offers answers the opportunity whatever the size; all others make other things, or go elsewhere. Timed
are the queries of `firms.queries.offers`, and all steps from them to the matching problem; the last column is this
process's own share of them in CPU time, which a busy machine does not stretch. The exponent is the slope of p50
against the number of firms, both as logarithms.
"""

# ruff: noqa: E402 - the settings come before the models

import argparse
import csv
import io
import math
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
import django

django.setup()

from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.embedded.creation import SUPERUSER
from config.garbage import spare_what_is_loaded
from firms import queries as firms
from matching.economics import Kind, Line, Sheet
from matching.problem import Case, Demand, Variant, build, prepare
from matching.queries.registry import registry
from tests.databases import Databases, close_connections, throw_away_cluster

VOCABULARIES = Path(__file__).parents[2] / ".." / "shared" / "data" / "registry"
WANTED, MARKETS, ORIGINS = "950300", ("US", "DE", "GB", "FR"), ("CNNGB", "CNSHG", "CNSNZ", "VNSGN", "THLCH")
MONDAY = date(2026, 3, 2)
NOW = "2026-03-01T00:00:00Z"
PARTS = {"competency": 0.6, "lane": 0.3, "reach": 0.08, "service": 0.02}  # of the offers that answer
WARM = 5
HELPERS = ("import_broker", "last_mile", "seller", "importer")


class Words:
    """The public vocabularies: codes of goods and of places."""

    def __init__(self) -> None:
        with (VOCABULARIES / "hs_harmonized-system.csv").open(encoding="utf8") as file:
            codes = [row[1] for row in csv.reader(file)]
        self.goods = sorted(code for code in codes if len(code) == 6 and code.isdigit() and code != WANTED)
        with (VOCABULARIES / "unlocode_locodes.csv").open(encoding="utf8") as file:
            places = [row[0] for row in csv.reader(file)]
        self.places = [
            p for p in places if len(p) == 5 and p not in ORIGINS and "0" not in p and "1" not in p
        ]
        near = {*MARKETS, *(place[:2] for place in ORIGINS)}
        self.countries = sorted({place[:2] for place in self.places} - near)


def rows_of(count: int, eligible: int, seed: int = 1) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Table and row, for `count` firms with a line and an offer each; the first `eligible` answer."""
    chance, words = Random(seed), Words()
    kinds = list(PARTS)
    marks = [sum(list(PARTS.values())[: n + 1]) for n in range(len(kinds))]
    for n in range(1, count + 1):
        is_wanted = n <= eligible
        share = (n - 0.5) / eligible if is_wanted else chance.random()
        kind = next(kind for kind, mark in zip(kinds, marks, strict=True) if share <= mark + 1e-9)
        place = chance.choice(ORIGINS) if is_wanted else chance.choice(words.places)
        market = chance.choice(MARKETS) if is_wanted else chance.choice(words.countries)
        yield "firm", (n, str(UUID(int=n)), f"Firm {n}", place[:2], f"person-{n}", chance.randint(300, 1000))
        yield "site", (n, n, "Works", place)
        yield "line", (n, n, "Line")
        goods = WANTED if is_wanted else chance.choice(words.goods)
        near = place if is_wanted else market
        yield kind, _offer(kind, n, goods, near if kind == "service" else place, market, chance)


def _offer(kind: str, n: int, goods: str, place: str, market: str, chance: Random) -> tuple[Any, ...]:
    cost = chance.randint(200, 900)
    if kind == "competency":
        return (
            n,
            n,
            n,
            n,
            goods,
            cost,
            20_000,
            chance.randint(50, 500),
            chance.randint(3, 20),
            chance.randint(0, 300),
        )
    if kind == "lane":
        days = chance.randint(2, 20)
        return (n, n, n, place, market, cost // 4, 5_000, 10, days, days + 3)
    if kind == "reach":
        return (n, n, market, "en", chance.randint(20_000, 900_000), cost * 100)
    role = chance.choice((*HELPERS, "quality", "export_broker"))
    return (n, n, role, place[:2] if role in ("quality", "export_broker") else market, cost * 10)


TABLES = {
    "firm": (
        "firms_firm",
        "id,key,legal_name,country,legal_person,trust",
        "modules,state,state_reason,promises_kept,promises_late,promises_broken,currency,engagement_cost_minor,"
        "time_zone,is_sample,joined_at",
        ("{}", "verified", "", 0, 0, 0, "USD", 0, "UTC", "f", NOW),
    ),
    "site": ("firms_site", "id,firm_id,name,unlocode", "", ()),
    "line": ("firms_line", "id,firm_id,name", "", ()),
    "competency": (
        "firms_competency",
        "id,firm_id,site_id,line_id,hs6,unit_cost_minor,fixed_cost_minor,moq_units,lead_time_days,stock_units",
        "process,material,certificates,is_moq_by_variant,currency,is_tax_included,updated_at",
        ("moulding", "plastic", "", "f", "USD", "f", NOW),
    ),
    "lane": (
        "firms_lane",
        "id,firm_id,line_id,origin,market,unit_cost_minor,fixed_cost_minor,min_units,transit_p50_days,transit_p90_days",
        "mode,supervision_mode,currency,is_tax_included,updated_at",
        ("air", "9710", "USD", "f", NOW),
    ),
    "reach": (
        "firms_reach",
        "id,firm_id,market,language,reach_people,fee_minor",
        "channel,currency,is_tax_included,updated_at",
        ("creator", "USD", "f", NOW),
    ),
    "service": (
        "firms_service",
        "id,firm_id,role,place,fee_minor",
        "per_unit_minor,currency,is_tax_included,updated_at",
        (0, "USD", "f", NOW),
    ),
}  # fmt: skip
BATCH = 200_000
WEEKS = """
INSERT INTO firms_capacityweek (line_id, week_on, published_units, used_units, published_at)
SELECT line_id, %s + 7 * week, 200 + abs(hashint8(line_id * 64 + week)::bigint) %% 3800, 0, %s
FROM (SELECT line_id FROM firms_competency UNION ALL SELECT line_id FROM firms_lane) lines,
generate_series(0, %s) week ORDER BY 1, 2
"""


def fill(rows: Iterable[tuple[str, tuple[Any, ...]]], weeks: int) -> None:
    """Copies rows into their tables, some at a time, and lets the planner look at them.

    Every row refers to rows made here, and no week has anything used: triggers would only look at each in vain.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
    waiting: dict[str, io.StringIO] = {name: io.StringIO() for name in TABLES}
    for number, (name, row) in enumerate(rows, 1):
        waiting[name].write("\t".join(map(str, (*row, *TABLES[name][3]))) + "\n")
        if number % BATCH == 0:
            _flush(waiting)
    _flush(waiting)
    with connection.cursor() as cursor:
        cursor.execute(WEEKS, [MONDAY, NOW, weeks - 1])
        for table in ("firms_capacityweek", *(table for table, *_rest in TABLES.values())):
            cursor.execute(f"VACUUM ANALYZE {table}")


def _flush(waiting: dict[str, io.StringIO]) -> None:
    with connection.cursor() as cursor:
        for name, (table, own, fixed, _values) in TABLES.items():
            columns = own + ("," + fixed if fixed else "")
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                copy.write(waiting[name].getvalue())
            waiting[name] = io.StringIO()


def offers_now() -> Any:
    return firms.offers(WANTED, list(MARKETS), from_on=MONDAY, weeks=12)


def problem_now() -> Any:
    """From the tables to the matching problem, as the platform does."""
    found = registry(WANTED, MARKETS, currency="USD", rates=(), from_on=MONDAY, weeks=12)
    amounts = {Kind.PRICE: 4_990, Kind.CUSTOMS_VALUE: 900, Kind.STORAGE: 40}
    rates = (Kind.COMMISSION, Kind.ADS, Kind.RETURNS, Kind.DUTY, Kind.IMPORT_VAT, Kind.SALES_VAT)
    lines = [Line(kind, "USD", "bench", MONDAY, amount, None) for kind, amount in amounts.items()]
    lines += [Line(kind, "USD", "bench", MONDAY, None, 700) for kind in rates]
    case: Case = prepare(
        title="Toys",
        hs6=WANTED,
        currency="USD",
        start_on=MONDAY,
        survival=tuple(0.97**day for day in range(60)),
        demands=[Demand(market, 2_000, 5_000, 9_000) for market in MARKETS],
        sheets={market: Sheet("USD", tuple(lines)) for market in MARKETS},
        registry=found,
    )[0]
    return build(case, Variant.ANY)


def timed(work: Callable[[], Any], rounds: int) -> tuple[float, float, float]:
    """Milliseconds: p50 and p99 of the wall clock, and p50 of this thread's CPU."""
    wall, cpu = [], []
    for _ in range(rounds + WARM):
        started, worked = time.perf_counter(), time.thread_time()
        work()
        wall.append((time.perf_counter() - started) * 1000)
        cpu.append((time.thread_time() - worked) * 1000)
    ranked = sorted(wall[WARM:])
    p99 = ranked[min(len(ranked) - 1, math.ceil(0.99 * len(ranked)) - 1)]
    return statistics.median(ranked), p99, statistics.median(cpu[WARM:])


def measure(made: Databases, count: int, options: Any) -> tuple[int, list[float]]:
    """One size: prints its row; returns the p50 of the whole."""
    clone = made.clone()
    made.point_to(clone.name)
    started = time.perf_counter()
    connection.settings_dict["USER"] = SUPERUSER
    fill(rows_of(count, options.eligible), options.weeks)
    filled = time.perf_counter() - started
    made.point_to(clone.name)
    spare_what_is_loaded()  # as the web's process does when it has started
    with CaptureQueriesContext(connection) as queries:
        found = offers_now()
    many = sum(map(len, (found.makers, found.carriers, found.agencies, found.helpers)))
    fetch50, fetch99, _ = timed(offers_now, options.rounds)
    all50, all99, own = timed(problem_now, options.rounds)
    row = f"{fetch50:.0f} / {fetch99:.0f} | {all50:.0f} / {all99:.0f} | {own:.0f}"
    print(
        f"| {count} | {many} | {len(queries)} | {row} | {filled:.0f} | {os.getloadavg()[0]:.1f} |", flush=True
    )
    made.point_to("postgres")
    made.drop(clone)
    return count, [fetch50, all50]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--firms", default="10000,100000")
    for name, default in (("eligible", 1000), ("rounds", 100), ("weeks", 12)):
        parser.add_argument(f"--{name}", type=int, default=default)
    options = parser.parse_args()
    print(
        "| firms | offers that answer | queries | fetch, ms p50 / p99 | problem ready, ms p50 / p99 | own CPU "
        "| filled in, s | load |\n" + "|---" * 8 + "|"
    )
    with throw_away_cluster() as cluster:
        made = Databases(cluster)
        found = [measure(made, int(count), options) for count in options.firms.split(",")]
        close_connections()
    if len(found) > 1:
        (few, one), (most, other) = found[0], found[-1]
        slopes = [math.log(b / a) / math.log(most / few) for a, b in zip(one, other, strict=True)]
        print(f"exponent: fetch {slopes[0]:.2f}, problem ready {slopes[1]:.2f}", file=sys.stdout)


if __name__ == "__main__":
    main()
