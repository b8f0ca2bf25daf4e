"""The second half of manage.py: Django's command line, on the data folder that the embedded mode uses."""

import os
import sys
from argparse import ArgumentParser
from pathlib import Path

from django.core.management import execute_from_command_line

from config.embedded.postgres import default_data_dir

PROJECT = Path(__file__).resolve().parents[2]


def main(arguments: list[str]) -> None:
    """Run one command of manage.py."""
    settle_surroundings(arguments)
    execute_from_command_line(["manage.py", *arguments])


def settle_surroundings(arguments: list[str]) -> None:
    """Put into the environment what the settings must know before they are read."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    chosen, _ = _early_options().parse_known_args(arguments if arguments[:1] == ["up"] else [])
    data_dir = chosen.data or os.environ.get("MURMURATION_DATA") or default_data_dir(PROJECT)
    os.environ["MURMURATION_DATA"] = str(Path(data_dir).resolve())
    if arguments[:1] == ["up"]:
        wanted = chosen.sample or not (chosen.no_sample or os.environ.get("DATABASE_URL"))
        os.environ["MURMURATION_SAMPLE"] = str(int(wanted))


def _early_options() -> ArgumentParser:
    parser = ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--data")
    parser.add_argument("--sample", action="store_true")
    parser.add_argument("--no-sample", action="store_true")
    return parser


if __name__ == "__main__":
    main(sys.argv[1:])
