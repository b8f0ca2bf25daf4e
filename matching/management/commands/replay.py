"""`python3 manage.py replay FILE.csv[.gz]`: a recorded file comes in through the verb that programs use."""

import time
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config import clock
from config.rows import CLOCK
from matching import actions, feeds
from matching.feeds import Line

Day = list[Line]
SHOWN_PROBLEMS = 20


def day(text: str) -> date:
    """A day of the command line."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no day such as 2017-01-31") from None


def _is_within(text: str, first: date | None, last: date | None) -> bool:
    """Lies the day in the span? What is no day is told by who takes the row in."""
    try:
        on = date.fromisoformat(text)
    except ValueError:
        return True
    return (first or date.min) <= on <= (last or date.max)


class Command(BaseCommand):
    """A door: reads a file day by day, calls `take_in`, tells what became of it."""

    help = "Feed a file of observations, day by day."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, a span of days, and the pace."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--data", metavar="DIR", help="the data folder of the platform, as given to `up`")
        parser.add_argument("--from", dest="from_on", type=day, help="first day to feed")
        parser.add_argument("--to", dest="to_on", type=day, help="last day to feed")
        parser.add_argument(
            "--days-per-second", type=float, default=None, help="pace; without it, as fast as possible"
        )
        parser.add_argument("--synthetic", action="store_true", help="mark the observations as invented")

    def handle(self, *args: Any, **options: Any) -> None:
        """Feed, with progress; end with a summary, and fail when no row could be used."""
        pace = options["days_per_second"]
        if pace is not None and pace <= 0:
            raise CommandError("--days-per-second must be above 0")
        self.problems: list[str] = []
        self.totals = {"accepted": 0, "corrected": 0, "unchanged": 0}
        began = time.monotonic()
        days = 0
        for batch in self._batches(options, one_day=pace is not None):
            days += len({line.row["date"] for line in batch})
            self._feed(batch, options["synthetic"])
            self._progress(batch[-1].row["date"], days)
            if pace is not None:
                time.sleep(max(0.0, began + days / pace - time.monotonic()))
        self._summary(days, time.monotonic() - began)

    def _batches(self, options: dict[str, Any], *, one_day: bool) -> Iterator[list[Line]]:
        """The days of the file in order, one at a time when paced, else as many as fit into a batch."""
        waiting: list[Line] = []
        for group in self._days(options):
            if waiting and (one_day or len(waiting) + len(group) > settings.SIGNAL_BATCH_MAX):
                yield waiting
                waiting = []
            waiting = [*waiting, *group]
        if waiting:
            yield waiting

    def _days(self, options: dict[str, Any]) -> Iterator[Day]:
        lines = sorted(self._lines(options), key=lambda line: str(line.row["date"]))
        most = settings.SIGNAL_BATCH_MAX
        for _on, group in groupby(lines, key=lambda line: line.row["date"]):
            rows = list(group)
            yield from (rows[at : at + most] for at in range(0, len(rows), most))

    def _lines(self, options: dict[str, Any]) -> Iterator[Line]:
        try:
            with feeds.opened(options["file"]) as stream:
                for line in feeds.read(stream):
                    if line.problem:
                        self.problems.append(f"line {line.number}: {line.problem}")
                    elif _is_within(str(line.row["date"]), options["from_on"], options["to_on"]):
                        yield line
        except (OSError, EOFError, UnicodeDecodeError, feeds.FeedError) as error:
            raise CommandError(f"{options['file']}: {error}") from error

    def _feed(self, batch: list[Line], is_synthetic: bool) -> None:
        rows = [line.row for line in batch]
        summary = actions.take_in(CLOCK, rows, now=clock.now(), is_synthetic=is_synthetic)
        self.problems += [f"line {batch[e.row].number}: {e.field}: {e.reason}" for e in summary.errors]
        for name in self.totals:
            self.totals[name] += getattr(summary, name)

    def _progress(self, on: str, days: int) -> None:
        told = f"{on}: {days} days, {sum(self.totals.values())} rows"
        self.stdout.write(
            f"\r{told}" if self.stdout.isatty() else told, ending="" if self.stdout.isatty() else "\n"
        )

    def _summary(self, days: int, seconds: float) -> None:
        if self.stdout.isatty():
            self.stdout.write("")
        for problem in self.problems[:SHOWN_PROBLEMS]:
            self.stderr.write(problem)
        if len(self.problems) > SHOWN_PROBLEMS:
            self.stderr.write(f"… and {len(self.problems) - SHOWN_PROBLEMS} more lines with problems")
        counts = ", ".join(f"{count} {name}" for name, count in self.totals.items())
        self.stdout.write(
            f"{days} days in {seconds:.1f} s: {counts}, {len(self.problems)} lines with problems"
        )
        if self.problems and not sum(self.totals.values()):
            raise CommandError("No line of the file could be used.")
