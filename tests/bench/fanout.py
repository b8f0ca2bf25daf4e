"""How fast events reach boards, in one interleaved run with a raw broadcast in C and a consumer as tutorials have it.

python -m tests.bench.fanout [rounds]      needs a C compiler

An event is given to the hub as a read of the database gives it; what the database costs is in tests.bench.commands.
Each round sends the same bursts through every design, one after the other, to the same kind of client (in C).
"""

import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from tests.bench.boards import Child, a_port, c_program, cookies, counting_client, world
from tests.databases import Clone

RAW = "raw TCP in C"
BYTES = 314
BURST, TUTORIAL_BURST = 100, 5
A_READ = (1, 10)  # events that one read of the database brings: one at a time, and in a burst
SETS = ((1_000, 1), (5_000, 500))


@dataclass
class Design:
    """A server with its client, and what was measured."""

    name: str
    server: Child
    client: Child
    burst: int
    a_read: int = 1
    kilobytes: float = 0.0  # of memory for a connection
    rates: list[float] = field(default_factory=list)  # deliveries a second
    costs: list[float] = field(default_factory=list)  # CPU microseconds of the server for a delivery

    def measure(self, sockets: int, groups: int) -> None:
        """One burst to all."""
        size = self.burst * BYTES
        if self.name != RAW:
            self.server.say(f"size {self.burst} {self.a_read}")
            size = int(self.server.hear())
        self.client.say(sockets * size)
        time.sleep(0.2)  # the client is ready to count
        self.server.say(self.burst if self.name == RAW else f"{self.burst} {self.a_read}")
        began, spent = self.server.numbers()
        ended, _ = self.client.numbers()
        self.rates.append(sockets * self.burst / (ended - began))
        self.costs.append(spent / (sockets * self.burst) * 1e6)


def main() -> None:
    """Print a table for each set."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with c_program() as program, world(max(groups for _, groups in SETS)) as (database, _, alliances):
        for sockets, groups in SETS:
            paths = [f"/ws/alliances/{alliances[n % groups].key}/" for n in range(sockets)]
            with ExitStack() as stack:
                designs = start(stack, program, database, paths, groups)
                for _ in range(rounds):
                    for design in designs:
                        design.measure(sockets, groups)
            show(f"{sockets} sockets, {groups} boards, {rounds} rounds", designs)


def start(
    stack: ExitStack, program: Path, database: Clone, paths: Sequence[str], groups: int
) -> list[Design]:
    """All servers with their clients, connected."""
    sockets, port, own = len(paths), a_port(), cookies(len(paths))
    raw = stack.enter_context(Child(program, "serve", port, sockets, groups, BYTES))
    raw.hear()
    client = stack.enter_context(Child(program, "count", port, sockets))
    client.hear()
    designs = [Design(RAW, raw, client, BURST)]
    modes = {"direct": "ours, direct", "portable": "ours, ASGI send"}
    if groups == 1:
        modes["tutorial"] = "tutorial, in-memory"
    running = {mode: launch(stack, mode, database) for mode in modes}
    for mode, (server, port) in running.items():
        server.hear()
        before = server.kilobytes()
        client = stack.enter_context(counting_client(program, port, paths, own))
        client.hear()
        if mode != "tutorial":
            server.say(f"wait {sockets}")
            server.hear()
        time.sleep(1)
        memory = (server.kilobytes() - before) / sockets
        if mode == "tutorial":
            designs.append(Design(modes[mode], server, client, TUTORIAL_BURST, 1, memory))
        else:
            designs += [
                Design(f"{modes[mode]}, {n} a read", server, client, BURST, n, memory) for n in A_READ
            ]
    return designs


def launch(stack: ExitStack, mode: str, database: Clone) -> tuple[Child, int]:
    """One of our servers, and its port."""
    port = a_port()
    child = Child.python("tests.bench.fanout_server", mode, port, database=database)
    return stack.enter_context(child), port


def show(title: str, designs: list[Design]) -> None:
    raw = designs[0]
    print(f"\n{title}\n{'design':28}{'deliveries/s':>14}{'of raw':>8}{'µs CPU':>8}{'× raw':>7}{'KB each':>9}")
    for design in designs:
        ratio = median(a / b for a, b in zip(design.rates, raw.rates, strict=True))
        cost = median(a / b for a, b in zip(design.costs, raw.costs, strict=True))
        print(
            f"{design.name:28}{median(design.rates):14,.0f}{ratio:8.3f}{median(design.costs):8.1f}"
            f"{cost:7.2f}{design.kilobytes:9.1f}"
        )


if __name__ == "__main__":
    main()
