"""Compute the whole log anew and compare it with the checkpoints that have left the database."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from alliances.queries import ledger


class Command(BaseCommand):
    """`python3 manage.py verify_log [FILE]`."""

    help = "Check every stream's chain and the whole log against checkpoints that have left the database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        default = Path(settings.CHECKPOINTS_DIR) / "checkpoints.jsonl"
        parser.add_argument("file", nargs="?", type=Path, default=default, help="checkpoints kept elsewhere")

    def handle(self, *args: Any, **options: Any) -> None:
        notes = list(_notes(options["file"]))
        problems = list(ledger.problems(notes))
        if problems:
            raise CommandError("\n".join(problems))
        self.stdout.write(f"{ledger.size()} events fit {len(notes)} checkpoints.")


def _notes(path: Path) -> Iterator[str]:
    """The whole lines of the file; one that a death tore is passed over."""
    if not path.exists():
        raise CommandError(f"there is no {path}")
    for line in path.read_bytes().split(b"\n"):
        try:
            yield str(json.loads(line))
        except ValueError:
            continue
