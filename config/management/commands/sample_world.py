"""Build the sample world, and print who may log in; `--json` for programs, with tokens and two alliances."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError

from config import clock
from config.environment import PRODUCTION
from config.sample import tour, world


class Command(BaseCommand):
    """`python3 manage.py sample_world [--json]`."""

    help = "Build what is missing of the sample world and print its log-ins."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--json", action="store_true", help="users, passwords, tokens and alliances by role"
        )

        parser.add_argument("--data", metavar="DIR", help="the data folder of the platform, as given to `up`")

    def handle(self, *args: Any, **options: Any) -> None:
        if PRODUCTION:
            raise CommandError("Sample people could log in and decide here: not in production (--no-sample).")
        if not world.exists():
            self.stderr.write("inventing 60 firms")
            world.build(clock.now())
        if not world.is_open():
            self.stderr.write("opening the market")
            world.open_market()
        if options["json"]:
            self.stdout.write(json.dumps(tour.guide(clock.now()), indent=2))
        else:
            self.stdout.write(tour.greeting())
