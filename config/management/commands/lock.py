"""Pin what requirements*.in name, each file by its hashes and none by its address."""

import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError

PROJECT = Path(__file__).resolve().parents[3]
OLDEST_PYTHON = "3.11"
FORM = ["--universal", "--python-version", OLDEST_PYTHON, "--generate-hashes", "--no-header", "--no-annotate"]


class Command(BaseCommand):
    """`python3 manage.py lock [--upgrade]`."""

    help = "Compile the lock files; without --upgrade, what is pinned stays as long as it fits."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--upgrade", action="store_true", help="take the newest versions that fit")

    def handle(self, *args: Any, **options: Any) -> None:
        extra = ["--upgrade"] if options["upgrade"] else []
        self._compile("requirements", *extra)
        self._compile("requirements-dev", "--constraints", "requirements.lock", *extra)
        self._compile("requirements-otel", "--constraints", "requirements.lock", *extra)
        self._compile("requirements-uv", *extra)

    def _compile(self, name: str, *options: str) -> None:
        command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", *FORM, *options]
        command += [f"{name}.in", "--output-file", f"{name}.lock"]
        if subprocess.run(command, cwd=PROJECT, check=False).returncode:  # noqa: S603 - no shell
            raise CommandError(f"{name}.lock stays as it was")
        self.stdout.write(f"{name}.lock")
