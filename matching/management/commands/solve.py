"""Answers a matching problem file with a plan file; needs no database."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from matching.solver import solve
from matching.solver.problem import ProblemError


class Command(BaseCommand):
    """`solve PROBLEM.json --out PLAN.json [--seconds S] [--alternatives K] [--steps N] [--seed N]`."""

    help = (
        "Find the best alliance for a problem file (alliance-problem/1) and write the plan (alliance-plan/1)."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("problem", type=Path)
        parser.add_argument("--out", type=Path, required=True)
        parser.add_argument("--seconds", type=float, help="CPU seconds for the whole answer")
        parser.add_argument("--steps", type=int, help="search steps instead of seconds: a repeatable answer")
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument("--alternatives", type=int, help="how many, instead of what the problem asks for")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            problem = json.loads(options["problem"].read_text(encoding="utf8"))
            plan = solve(
                problem,
                seconds=options["seconds"],
                steps=options["steps"],
                seed=options["seed"],
                alternatives=options["alternatives"],
            )
        except ProblemError as error:
            raise CommandError(f"{options['problem']}: {error}") from error
        except RecursionError as error:
            raise CommandError(f"{options['problem']} cannot be read: lists in lists without end") from error
        except (OSError, ValueError) as error:
            raise CommandError(f"{options['problem']} cannot be read: {error}") from error
        try:
            options["out"].write_text(json.dumps(plan, indent=1), encoding="utf8")
        except OSError as error:
            raise CommandError(f"{options['out']} cannot be written: {error}") from error
        self.stdout.write(
            f"{plan['status']}: objective {plan['objective']}, at most {plan['upper_bound']}, "
            f"{len(plan['alternatives'])} alternatives"
        )
