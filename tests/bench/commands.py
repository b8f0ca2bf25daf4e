"""From a command to 200 boards: websocket or HTTP, PostgreSQL with synchronous commit, the event on every socket.

python -m tests.bench.commands [commands]      needs a C compiler

In the same run, in turn: the bare round trip to a C program that answers after an fdatasync; the same commands while
one client of the board has stalled; and none, so that ratios can be read on a machine that others use too.
"""

import json
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from tests.bench.boards import Child, a_port, c_program, cookies, counting_client, world
from tests.rooms.alliances.boards import session_of
from tests.rooms.alliances.servers import handshake, masked

SOCKETS = 200
TOKEN = "x" * 32
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
                doors = {
                    "websocket": by_socket(port, path, session, task.pk),
                    "HTTP": by_http(port, session, str(alliance.key), task.pk),
                }
                figures = measure(client, bare, doors, commands)
                stalled = stall(port, path, session)
                figures |= {
                    f"{name}, one stalled": times
                    for name, times in measure(
                        client, bare, {"websocket": doors["websocket"]}, commands
                    ).items()
                    if name == "websocket"
                }
                stalled.close()
    show(figures, commands)


def measure(client: Child, bare: Command, doors: dict[str, Command], commands: int) -> dict[str, list[float]]:
    """Milliseconds of each command, and of the bare round trip before it."""
    times: dict[str, list[float]] = {"bare": [], **{name: [] for name in doors}}
    for number in range(commands):
        times["bare"].append(timed(lambda: bare(0)))
        for name, command in doors.items():
            client.say(0)
            time.sleep(0.01)  # the client is ready to count
            began = time.monotonic()
            command(number)
            ended, _ = client.numbers()
            times[name].append((ended - began) * 1e3)
    return times


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


def stall(port: int, path: str, session: str) -> socket.socket:
    """A client that follows the board and never reads."""
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2_048)
    line.connect(("127.0.0.1", port))
    line.sendall(handshake(port, path, f"sessionid={session}".encode()))
    line.recv(1_024)
    line.sendall(masked('{"t":"since","epoch":null}'))
    return line


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
