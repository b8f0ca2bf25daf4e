"""The second half of manage.py: Django's command line, on the data folder that the embedded mode uses."""

import os
import secrets
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from django.core.management import execute_from_command_line
from django.db import OperationalError

from config.embedded import network
from config.embedded.creation import APP, OWNER
from config.embedded.postgres import Cluster, default_data_dir
from config.environment import LOCAL_SECRET

PROJECT = Path(__file__).resolve().parents[2]
TAKE_DATA = {"up", "sample_world", "replay"}  # commands with the option --data


def main(arguments: list[str]) -> None:
    """Run one command of manage.py."""
    cluster = settle_surroundings(arguments)
    try:
        execute_from_command_line(["manage.py", *arguments])
    except OperationalError:
        if os.environ["DATABASE_URL"] != cluster.url() or cluster.is_ready():
            raise
        sys.exit(f"No database runs on {cluster.data_dir}: start it with `python3 manage.py up`.")


def settle_surroundings(arguments: list[str]) -> Cluster:
    """Put into the environment what the settings must know before they are read; return the own cluster."""
    starts = arguments[:1] == ["up"]
    chosen = _early_options(arguments)
    data_dir = chosen.data or os.environ.get("MURMURATION_DATA") or default_data_dir(PROJECT)
    cluster = Cluster(data_dir)
    is_ours = os.environ.setdefault("DATABASE_URL", cluster.url(APP)) == cluster.url(APP)
    if is_ours:
        os.environ["DATABASE_OWNER_URL"] = cluster.url(OWNER)
    if starts:
        os.environ["MURMURATION_SAMPLE"] = str(int(chosen.sample or (is_ours and not chosen.no_sample)))
        if chosen.lan:
            _open_to_the_network(cluster.data_dir, chosen.port)
    else:
        os.environ.setdefault("DATABASE_POOL", "0")  # a command needs one connection, and an answer at once
    os.environ["MURMURATION_DATA"] = str(cluster.data_dir)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    return cluster


def _open_to_the_network(data_dir: Path, port: int) -> None:
    """Say under which names the platform is reached, and give it a secret that nobody can read in its source."""
    hosts = network.addresses()
    os.environ["MURMURATION_LAN"] = ",".join(network.names(hosts))
    os.environ.setdefault("ALLOWED_HOSTS", ",".join([*network.names(hosts), "[::1]"]))
    os.environ.setdefault("PUBLIC_URL", f"https://{hosts[0] if hosts else 'localhost'}:{port}")
    if "SECRET_KEY" not in os.environ:
        os.environ.setdefault(
            "KEY_ENCRYPTION_SECRET", LOCAL_SECRET
        )  # what firms' keys were sealed with before
        os.environ["SECRET_KEY"] = _kept_secret(data_dir / "lan" / "secret")


def _kept_secret(path: Path) -> str:
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text().strip()


def _early_options(arguments: list[str]) -> Namespace:
    parser = ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--data")
    parser.add_argument("--lan", action="store_true")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--sample", action="store_true")
    parser.add_argument("--no-sample", action="store_true")
    chosen, _ = parser.parse_known_args(arguments if TAKE_DATA & set(arguments[:1]) else [])
    return chosen


if __name__ == "__main__":
    main(sys.argv[1:])
