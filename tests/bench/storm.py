"""A storm of returns: 5,000 clients that have missed three events come back to 500 boards at once.

python -m tests.bench.storm [sockets] [boards]      needs a C compiler

Prints how long it takes until all follow, the processor time of the server, and how many statements it asked.
"""

import sys
import time
from statistics import median

from django.db import transaction

from tests.bench.boards import Child, a_port, c_program, cookies, counting_client, world
from tests.builders.firms import NOW
from tests.rooms.alliances.boards import CLOCK, Alliance, record

MISSED = 3
STORMS = 3


def main() -> None:
    """Three storms, each on a process that has just started."""
    sockets, boards = (int(word) for word in sys.argv[1:3]) if len(sys.argv) > 2 else (5_000, 500)
    with c_program() as program, world(boards) as (database, _, alliances):
        for alliance in alliances:
            happen(alliance)
        paths = [f"/ws/alliances/{alliances[n % boards].key}/" for n in range(sockets)]
        epochs = {alliance.pk: str(alliance.stream.epoch) for alliance in alliances if alliance.stream}
        sinces = [
            f'{{"t":"since","epoch":"{epochs[alliances[n % boards].pk]}","version":1}}'
            for n in range(sockets)
        ]
        own, seconds = cookies(sockets), []
        print(
            f"{sockets} clients return to {boards} boards\n{'seconds':>8}{'CPU s':>8}{'statements':>12}{'a board':>9}"
        )
        for _ in range(STORMS):
            port = a_port()
            with Child.python("tests.bench.fanout_server", "direct", port, database=database) as server:
                server.hear()
                began, spent = time.monotonic(), server.cpu_seconds()
                with counting_client(program, port, paths, own, sinces) as client:
                    client.hear()
                    server.say(f"wait {sockets}")
                    server.hear()
                    seconds.append(time.monotonic() - began)
                    spent = server.cpu_seconds() - spent
                    server.say("queries")
                    (asked,) = server.numbers()
            print(f"{seconds[-1]:8.1f}{spent:8.1f}{asked:12.0f}{asked / boards:9.2f}", flush=True)
        print(f"median {median(seconds):.1f} s")


def happen(alliance: Alliance) -> None:
    """What the clients have missed."""
    assert alliance.stream
    with transaction.atomic():
        for _ in range(1 + MISSED):
            record(alliance.stream, "tried", CLOCK, NOW, changes={})


if __name__ == "__main__":
    main()
