"""`python3 manage.py forecast SERIES.csv --at K --horizon H --out QUANTILES.csv`: the units still wanted."""

import csv
import io
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from matching.demand import forecast
from matching.demand.table import SeriesError, Surge, read_surge


class Command(BaseCommand):
    """A door: reads a file, asks `matching.demand`, writes a file."""

    help = "Quantiles of the demand that follows, K steps after the onset of a surge."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file of the surge, how much of it is seen, how far to look, and the file of quantiles."""
        parser.add_argument(
            "series", type=Path, help="CSV: t,value; t = 0 at the onset, before it what is usual"
        )
        parser.add_argument("--at", type=int, required=True, metavar="K", help="steps seen since the onset")
        parser.add_argument("--horizon", type=int, required=True, metavar="H", help="steps to look ahead")
        parser.add_argument("--out", type=Path, required=True, help="CSV to write: probability,value")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write nothing unless every row is good; what lies after K is never looked at."""
        surge, seen, horizon = _read(options["series"]), options["at"], options["horizon"]
        if not 1 <= seen <= len(surge.values):
            raise CommandError(
                f"--at {seen}: {len(surge.values)} steps since the onset are in {options['series']}"
            )
        if horizon < 1:
            raise CommandError(f"--horizon {horizon}: look at least 1 step ahead")
        result = forecast(surge.values[:seen], horizon=horizon, baseline=surge.baseline)
        _write(options["out"], result.quantiles)
        alive = result.survival[-1]
        self.stdout.write(f"median {result.median:.1f} over {horizon} steps; trend then alive: {alive:.0%}")


def _read(path: Path) -> Surge:
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            return read_surge(lines)
    except (OSError, UnicodeDecodeError, SeriesError) as error:
        raise CommandError(f"{path}: {error}") from error


def _write(path: Path, quantiles: dict[float, float]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["probability", "value"])
    writer.writerows([probability, f"{value:.4f}"] for probability, value in quantiles.items())
    try:
        path.write_text(text.getvalue(), encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{path}: {error}") from error
