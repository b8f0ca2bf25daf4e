"""`python3 manage.py detect OBSERVATIONS.csv --out ALARMS.csv`: the alarms the platform would raise."""

from argparse import ArgumentParser
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from matching.management.files import keep_apart, read, write
from matching.spikes import GRAINS, Alarm, detect
from matching.spikes.table import read_observations

ALARM = ("series", "date", "strength", "level")
EVIDENCE = (
    "series",
    "date",
    "onset",
    "basis",
    "observed",
    "expected",
    "e_value",
    "season",
    "year_ago",
    "feasts",
)


class Command(BaseCommand):
    """A door: reads a file, asks `matching.spikes`, writes a file."""

    help = "Find surges of demand in a CSV of counts, day by day, without looking ahead."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file of observations, the file of alarms and the length of a step."""
        parser.add_argument("observations", type=Path, help="CSV: series,date,units[,buyers[,new_buyers]]")
        parser.add_argument(
            "--out", type=Path, required=True, help="CSV to write: series,date,strength,level"
        )
        parser.add_argument("--grain", choices=sorted(GRAINS), default="day", help="length of a step")
        parser.add_argument("--market", default="", help="ISO 3166-1 alpha-2, for the feasts of its calendar")
        parser.add_argument(
            "--evidence", type=Path, help="CSV to write too: why, and whether it is the season"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Write nothing unless every row is good."""
        keep_apart(options["observations"], options["out"], options["evidence"])
        alarms = _detect(options["observations"], options["grain"], _market(options["market"]))
        write(options["out"], ALARM, [_row(alarm) for alarm in alarms])
        if options["evidence"]:
            write(options["evidence"], EVIDENCE, [_evidence(alarm) for alarm in alarms])
        weaker = sorted({alarm.basis for alarm in alarms if ";" in alarm.basis})
        self.stdout.write(f"{len(alarms)} alarms" + "".join(f"; on {basis}" for basis in weaker))


def _market(code: str) -> str:
    if code and not (len(code) == 2 and code.isascii() and code.isalpha()):
        raise CommandError(f"--market {code}: give an ISO 3166-1 alpha-2 code such as US")
    return code.upper()


def _detect(path: Path, grain: str, market: str) -> list[Alarm]:
    tables = read(path, lambda lines: read_observations(lines, GRAINS[grain].step))
    if market:
        tables = [replace(table, markets=(market,) * len(table.series)) for table in tables]
    alarms = [alarm for table in tables for alarm in detect(table, GRAINS[grain])]
    return sorted(alarms, key=lambda alarm: (alarm.on, alarm.series))


def _row(alarm: Alarm) -> list[str]:
    return [alarm.series, alarm.on.isoformat(), f"{alarm.strength:.4f}", alarm.level]


def _evidence(alarm: Alarm) -> list[Any]:
    told, season = alarm.evidence, alarm.evidence["season"]
    feasts = " ".join(f"{feast['code']}:{feast['on']}" for feast in told.get("feasts", []))
    return [
        *_row(alarm)[:2],
        *(told[name] for name in ("onset_on", "basis", "observed", "expected", "e_value")),
        season.get("kind", "unknown"),
        season.get("year_ago"),
        feasts,
    ]
