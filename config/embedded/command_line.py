"""The second half of manage.py: Django's command line, on the data folder that the embedded mode uses."""

import os
import sys
from argparse import ArgumentParser
from pathlib import Path

from django.core.management import execute_from_command_line

from config.embedded.creation import APP, OWNER
from config.embedded.postgres import Cluster, default_data_dir

PROJECT = Path(__file__).resolve().parents[2]


def main(arguments: list[str]) -> None:
    """Run one command of manage.py."""
    settle_surroundings(arguments)
    execute_from_command_line(["manage.py", *arguments])


def settle_surroundings(arguments: list[str]) -> None:
    """Put into the environment what the settings must know before they are read."""
    starts = arguments[:1] == ["up"]
    chosen, _ = _early_options().parse_known_args(arguments if starts else [])
    data_dir = chosen.data or os.environ.get("MURMURATION_DATA") or default_data_dir(PROJECT)
    cluster = Cluster(data_dir)
    is_ours = os.environ.setdefault("DATABASE_URL", cluster.url(APP)) == cluster.url(APP)
    if is_ours:
        os.environ["DATABASE_OWNER_URL"] = cluster.url(OWNER)
    if starts:
        os.environ["MURMURATION_SAMPLE"] = str(int(chosen.sample or (is_ours and not chosen.no_sample)))
    os.environ["MURMURATION_DATA"] = str(cluster.data_dir)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


def _early_options() -> ArgumentParser:
    parser = ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--data")
    parser.add_argument("--sample", action="store_true")
    parser.add_argument("--no-sample", action="store_true")
    return parser


if __name__ == "__main__":
    main(sys.argv[1:])
