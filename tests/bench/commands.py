"""From a command to 200 boards: websocket or HTTP, PostgreSQL with synchronous commit, the event on every socket.

python -m tests.bench.commands [commands]      needs a C compiler

In the same run, in turn: the bare round trip to a C program that answers after an fdatasync; the same commands while
one client of the board has stalled, in blocks that take turns with blocks without it. The stalled client follows the
board and never reads; before each block, with it or without, comes more than the system and the platform keep for it.
"""

import json
import socket
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from tests.bench.boards import (  # sets Django up first
    Child,
    a_port,
    c_program,
    cookies,
    counting_client,
    world,
)

# isort: split
from django.db import transaction

from alliances.live.record import record
from alliances.models import Alliance
from config.garbage import spare_what_is_loaded
from config.rows import CLOCK
from tests.builders.firms import NOW
from tests.rooms.alliances.boards import session_of
from tests.rooms.alliances.servers import handshake, masked

SOCKETS = 200
TOKEN = "x" * 32
BLOCK = 25  # commands with a stalled client, before it would be cut off
FILLING = 15, 20  # transactions, and events of each with a long note: more than is kept for who does not read
Command = Callable[[int], object]


def main() -> None:
    """Measure in turn, and print p50 and p99 with their ratios."""
    commands = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with (
        c_program() as program,
        TemporaryDirectory() as folder,
        world(1, durable=True) as (database, firms, (alliance,)),
    ):
        path, port, echo_port = f"/ws/alliances/{alliance.key}/", a_port(), a_port()
        task = alliance.tasks.get(code="M6")
        alliance.tasks.filter(pk=task.pk).update(state="started")
        session = session_of(firms.maker.worker)
        with (
            Child(program, "echo", echo_port, Path(folder) / "log") as echo,
            Child.python("tests.bench.fanout_server", "direct", port, database=database) as server,
        ):
            echo.hear(), server.hear()
            with counting_client(program, port, [path] * SOCKETS, cookies(SOCKETS)) as client:
                client.hear()
                server.say(f"wait {SOCKETS}")
                server.hear()
                bare = by_echo(echo_port)
                by_line = by_socket(port, path, session, task.pk)
                figures: dict[str, list[float]] = defaultdict(list)
                spare_what_is_loaded()  # or this process's collector is measured too
                for first in range(0, commands, BLOCK):
                    block = range(first, min(first + BLOCK, commands))
                    fill(alliance)
                    measure(figures, client, bare, {"websocket": by_line}, block)
                    with stalled(port, path, session, alliance):
                        measure(figures, client, bare, {"websocket, one stalled": by_line}, block)
                    by_request = by_http(port, session, str(alliance.key), task.pk)
                    measure(figures, client, bare, {"HTTP": by_request}, block)
    show(figures, commands)


def measure(
    figures: dict[str, list[float]], client: Child, bare: Command, doors: dict[str, Command], numbers: range
) -> None:
    """Adds the milliseconds of each command, and of the bare round trip before it.

    The first one of a block is not counted: it comes after a pause, and is half as slow again whoever reads."""
    for command in doors.values():
        once(client, command, numbers[0])
    for number in numbers:
        figures["bare"].append(timed(lambda: bare(0)))
        for name, command in doors.items():
            figures[name].append(once(client, command, number))


def once(client: Child, command: Command, number: int) -> float:
    """Milliseconds from a command to its event on the last socket."""
    client.say(0)
    time.sleep(0.01)  # the client is ready to count
    began = time.monotonic()
    command(number)
    ended, _ = client.numbers()
    return float((ended - began) * 1e3)


def timed(command: Callable[[], object]) -> float:
    began = time.monotonic()
    command()
    return (time.monotonic() - began) * 1e3


def by_echo(port: int) -> Command:
    line = socket.create_connection(("127.0.0.1", port))
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return lambda _number: (line.send(b"x"), line.recv(1))


def order(number: int, task_id: int) -> dict[str, object]:
    return {"id": str(uuid4()), "verb": "progress", "task": task_id, "data": {"done_units": number % 1_000}}


def by_socket(port: int, path: str, session: str, task_id: int) -> Command:
    """Orders on a socket of its own, which follows nothing."""
    line = socket.create_connection(("127.0.0.1", port))
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    line.sendall(handshake(port, path, f"sessionid={session}".encode()))
    line.recv(4_096)

    def command(number: int) -> None:
        with suppress(BlockingIOError):
            line.recv(2**20, socket.MSG_DONTWAIT)  # the answers to those before
        line.sendall(masked(json.dumps({"t": "do", **order(number, task_id)})))

    return command


def by_http(port: int, session: str, key: str, task_id: int) -> Command:
    """Orders by POST on one connection; the answer is read, and comes about when the event does."""
    line = HTTPConnection("127.0.0.1", port)
    line.connect()
    headers = {
        "Content-Type": "application/json",
        "Cookie": f"sessionid={session}; csrftoken={TOKEN}",
        "X-CSRFToken": TOKEN,
        "Origin": f"http://127.0.0.1:{port}",
    }

    def command(number: int) -> None:
        body = json.dumps({"orders": [order(number, task_id)]})
        line.request("POST", f"/api/alliances/{key}/orders/", body, headers)
        answer = json.loads(line.getresponse().read())
        assert answer["answers"][0]["ok"], answer

    return command


@contextmanager
def stalled(port: int, path: str, session: str, alliance: Alliance) -> Iterator[None]:
    """A client that follows the board and never reads, with more waiting for it than is kept."""
    with socket.socket() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2_048)
        line.connect(("127.0.0.1", port))
        line.sendall(handshake(port, path, f"sessionid={session}".encode()))
        line.recv(1_024)
        line.sendall(masked('{"t":"since","epoch":null}'))
        time.sleep(0.5)  # it follows
        fill(alliance)
        yield


def fill(alliance: Alliance) -> None:
    """Events with long notes, more than is kept for one who does not read; the others have read them at the end."""
    for _ in range(FILLING[0]):
        with transaction.atomic():
            for _ in range(FILLING[1]):
                record(alliance.stream, "tried", CLOCK, NOW, changes={}, note="x" * 1_000)
    time.sleep(1)


def show(figures: dict[str, list[float]], commands: int) -> None:
    bare = quantiles(figures["bare"])
    print(f"{commands} commands to {SOCKETS} sockets")
    print(f"{'':24}{'p50 ms':>9}{'p99 ms':>9}{'p50 × bare':>12}{'p99 × bare':>12}")
    for name, times in figures.items():
        p50, p99 = quantiles(times)
        print(f"{name:24}{p50:9.1f}{p99:9.1f}{p50 / bare[0]:12.1f}{p99 / bare[1]:12.1f}")


def quantiles(times: list[float]) -> tuple[float, float]:
    ordered = sorted(times)
    return ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]


if __name__ == "__main__":
    main()
