"""`python3 manage.py forecast SERIES.csv --at K --horizon H --out OUT.csv [--grain G]`: the units still wanted."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from matching.demand import Kind, forecast
from matching.demand.table import read_surge
from matching.management.files import keep_apart, read, write

MOST_STEPS = 10_000
"""Ahead: more than a year of hours. Nothing that far was ever learned."""

GRAINS = (Kind.DAY, Kind.HOUR, Kind.ANY)


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
        parser.add_argument(
            "--grain", choices=GRAINS, default=Kind.ANY, help="length of a step; any: as it seems"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Write nothing unless every row is good; what lies after K is never looked at."""
        source, seen, horizon = options["series"], options["at"], options["horizon"]
        keep_apart(source, options["out"])
        surge = read(source, read_surge)
        if not 1 <= seen <= len(surge.values):
            raise CommandError(f"--at {seen}: {len(surge.values)} steps since the onset are in {source}")
        if not 1 <= horizon <= MOST_STEPS:
            raise CommandError(f"--horizon {horizon}: look 1 to {MOST_STEPS} steps ahead")
        kind = Kind(options["grain"])
        result = forecast(surge.values[:seen], horizon=horizon, kind=kind, baseline=surge.baseline)
        rows = [(probability, f"{value:.4f}") for probability, value in result.quantiles.items()]
        write(options["out"], ("probability", "value"), rows)
        alive = result.survival[-1]
        self.stdout.write(f"median {result.median:.1f} over {horizon} steps; trend then alive: {alive:.0%}")
