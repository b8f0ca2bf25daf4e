"""Large spreadsheets: 50,000 rows read and taken in, with how far they are seen at any time, as one table.

    python -m tests.bench.sheets [--rows 50000]

On a throw-away database (not durable): competencies and weeks of capacity, as CSV and XLSX, new and sent again as they
were downloaded. The whole file is read again when it is sent again, and nothing may be new then.
"""

# ruff: noqa: E402 - the settings come before the models

import argparse
import os
import resource
import time
from collections.abc import Callable
from datetime import timedelta

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
import django

django.setup()

from firms import actions, sheets
from firms.models import Sheet
from firms.queries.sheets import heading, table
from tests.builders.firms import NOW, FirmOf, maker, person
from tests.databases import Databases, throw_away_cluster


def competencies(rows: int) -> list[list[str]]:
    return [
        [
            "", "Main site", f"Line {n % 400}", "620342", f"cut and sew {n}", "cotton denim", "OEKO-TEX 100", "USD",
            "no", f"{5 + n % 700 / 100:.2f}", "120.00", "300", "no", "7", "200", "500", "4.90",
        ]
        for n in range(rows)
    ]  # fmt: skip


def capacity(rows: int) -> list[list[str]]:
    first = NOW.date() - timedelta(days=NOW.weekday())
    return [
        [f"Line {n % 400}", (first + timedelta(weeks=n // 400)).isoformat(), str(1_000 + n)]
        for n in range(rows)
    ]


MADE = {"competencies": competencies, "capacity": capacity}


def timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def run(firm: FirmOf, kind: str, form: str, rows: list[list[str]]) -> None:
    """Send a file, read it, take it in if it says anything new, and print what it cost."""
    titles = heading(sheets.FORMS[kind])[: len(rows[0])]
    content = sheets.written(titles, rows, form)
    sent = {"name": f"rows.{form}", "content": content}
    made = actions.send_sheet(firm.owner.actor, firm.key, kind, **sent, now=NOW)
    found = Sheet.objects.get(key=made["sheet"])
    reading = timed(lambda: actions.work_on_sheets(NOW, instant=NOW))
    found.refresh_from_db()
    assert (found.state, found.wrong_rows) == ("read", 0), (found.state, found.fault, found.wrong_rows)
    taking = 0.0
    if found.new_rows + found.changed_rows:
        actions.take_in_sheet(firm.owner.actor, found.key, now=NOW)
        taking = timed(lambda: actions.work_on_sheets(NOW, instant=NOW))
        found.refresh_from_db()
        assert found.state == "taken_in"
    else:
        actions.discard_sheet(firm.owner.actor, found.key, now=NOW)
    counts = f"{found.new_rows:,} | {found.changed_rows:,} | {found.same_rows:,}"
    print(
        f"| {kind} {form} | {len(content) / 1e6:.1f} | {counts} | {reading:.1f} | {taking:.1f} |", flush=True
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=sheets.MOST_ROWS - 500)
    options = parser.parse_args()
    with throw_away_cluster() as cluster:
        databases = Databases(cluster)
        databases.point_to(databases.shared.name)
        operator = person("operator", is_operator=True)
        print("| file | MB | new | changed | as before | read, s | taken in, s |\n" + "|---" * 7 + "|")
        for kind, make in MADE.items():
            for form in ("csv", "xlsx"):
                firm = maker(operator, name=f"{kind} {form}")
                run(firm, kind, form, make(options.rows))
                mine = list(table(firm.firm, sheets.FORMS[kind], NOW))
                run(firm, kind, form, mine)
        print(f"most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
