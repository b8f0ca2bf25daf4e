"""Computes the shares of a settlement again from its published inputs; needs no database."""

import hashlib
import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from alliances import terms
from alliances.settlement import CorrectionError, TermsError, settle, unpacked


class Command(BaseCommand):
    """`settle_again INPUTS.json`: the hash of the inputs, then the settlement as canonical bytes and their hash."""

    help = "Compute the shares of a settlement again from its inputs, as every partner can download them."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("inputs", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            inputs = json.loads(options["inputs"].read_text(encoding="utf8"))
            computed = settle(unpacked(inputs))
        except (OSError, json.JSONDecodeError) as error:
            raise CommandError(f"{options['inputs']} cannot be read: {error}") from error
        except (TermsError, CorrectionError) as error:
            raise CommandError(f"{options['inputs']}: {error}") from error
        except (KeyError, TypeError, ValueError) as error:
            raise CommandError(f"{options['inputs']} holds no settlement's inputs: {error!r}") from error
        result = computed.canonical()
        self.stdout.write(f"inputs {terms.digest(terms.canonical(inputs))}")
        self.stdout.write(result.decode("ascii"))
        self.stdout.write(f"settlement {hashlib.sha256(result).hexdigest()}")
