"""What NOTIFY costs: transactions a second without it, with it in every transaction, and with our gathered wakes.

    .venv/bin/python tests/bench/notify.py [--seconds 5] [--rounds 3]

pgbench, which comes with the embedded PostgreSQL, inserts one row a transaction with 32 clients and fsync on, while
four connections listen. The three ways take turns. Ours sends from a thread of its own, after the commit, what has
gathered since the last time; here it is fed with 500 topics of streams as fast as it takes them.
"""

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT))
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
os.environ.pop("REDIS_URL", None)

import django  # noqa: E402
import psycopg  # noqa: E402

from config.embedded.binaries import find_programs, server_account  # noqa: E402
from config.embedded.creation import DATABASE, OWNER  # noqa: E402
from config.embedded.postgres import Cluster  # noqa: E402

CLIENTS, LISTENERS, TOPICS = 32, 4, 500
PLAIN = "INSERT INTO happened (what) VALUES (:client_id);\n"
INSIDE = f"BEGIN;\n{PLAIN}SELECT pg_notify('murmuration', 'origin stream:' || :client_id);\nEND;\n"
TPS = re.compile(r"tps = ([\d.]+)")


def main() -> None:
    """Take turns, print the medians."""
    options = arguments()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        Path(folder).chmod(0o711)
        cluster = stack.enter_context(Cluster(Path(folder) / "cluster"))
        os.environ["DATABASE_URL"] = cluster.url(OWNER)
        django.setup()
        with psycopg.connect(cluster.url(OWNER), autocommit=True) as line:
            line.execute("CREATE TABLE happened (id bigserial PRIMARY KEY, what int)")
        for _ in range(LISTENERS):
            stack.enter_context(psycopg.connect(cluster.url(OWNER), autocommit=True)).execute(
                "LISTEN murmuration"
            )
        programs = find_programs(server_account(), cluster.data_dir)
        found: dict[str, list[float]] = {
            "no NOTIFY": [],
            "NOTIFY in each transaction": [],
            "gathered wakes": [],
        }
        sent = [0, 0.0]
        for _ in range(options.rounds):
            for way, rates in found.items():
                with wakes(way == "gathered wakes", sent):
                    script = INSIDE if way == "NOTIFY in each transaction" else PLAIN
                    rates.append(run(programs, cluster, script, options.seconds))
    show(found, sent)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


def run(programs: Path, cluster: Cluster, script: str, seconds: int) -> float:
    """Transactions a second of one script."""
    path = cluster.data_dir / "script.sql"
    path.write_text(script)
    words = [
        str(programs / "pgbench"),
        "-n",
        "-f",
        str(path),
        "-c",
        str(CLIENTS),
        "-j",
        "2",
        "-T",
        str(seconds),
    ]
    where = ["-h", str(cluster.socket_dir), "-U", OWNER, DATABASE]
    done = subprocess.run([*words, *where], capture_output=True, text=True, check=True)
    return float(TPS.search(done.stdout)[1])


@contextmanager
def wakes(is_wanted: bool, sent: list[float]) -> Iterator[None]:
    """Put topics into the platform's own sender as fast as it takes them, and count what it makes of them."""
    if not is_wanted:
        yield
        return
    from config import wake

    ended, before = threading.Event(), wake._Line.send

    def counted(self: wake._Line, payload: str) -> None:
        sent[1] += 1
        before(self, payload)

    def feed() -> None:
        number = 0
        while not ended.is_set():
            wake._sender.put(frozenset({f"stream:{number % TOPICS:036d}"}))
            number += 1
            sent[0] += 1
            time.sleep(0.0003)

    wake._Line.send = counted
    feeder = threading.Thread(target=feed)
    feeder.start()
    try:
        yield
    finally:
        ended.set()
        feeder.join()
        wake._Line.send = before


def show(found: dict[str, list[float]], sent: list[float]) -> None:
    base = statistics.median(found["no NOTIFY"])
    for way, rates in found.items():
        rate = statistics.median(rates)
        print(
            f"{way:30} {rate:8.0f} transactions/s   {rate / base:5.2f}   ({', '.join(f'{one:.0f}' for one in rates)})"
        )
    print(f"{sent[0]:.0f} wakes became {sent[1]:.0f} NOTIFYs ({sent[0] / max(1, sent[1]):.1f} in one)")


if __name__ == "__main__":
    main()
