"""What the benchmarks of live boards share: a database, alliances, people with sessions, a C program, children."""

import os
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.conf import settings  # noqa: E402

from alliances.models import Alliance  # noqa: E402
from config.embedded.postgres import Cluster  # noqa: E402
from tests.builders.firms import NOW, Firms, person, small_world  # noqa: E402
from tests.databases import Clone, Databases, throw_away_cluster  # noqa: E402
from tests.platforms import free_port  # noqa: E402
from tests.rooms.alliances.boards import operating_alliance, session_of  # noqa: E402
from tests.rooms.alliances.servers import handshake, masked  # noqa: E402

PROJECT = Path(__file__).resolve().parents[2]
SOCKETS_A_PERSON = 18  # the platform allows 20
SINCE = '{"t":"since","epoch":null,"version":0}'


@contextmanager
def world(alliances: int, *, durable: bool = False) -> Iterator[tuple[Clone, Firms, list[Alliance]]]:
    """A database of its own with so many working alliances of the same three firms."""
    settings.PASSWORD_HASHERS = ["tests.databases.QuickHasher"]
    with durable_cluster() if durable else throw_away_cluster() as cluster:
        made = Databases(cluster)
        made.point_to(made.shared.name)
        firms = small_world()
        yield made.shared, firms, [operating_alliance(firms, NOW, f"No {n}") for n in range(alliances)]


@contextmanager
def durable_cluster() -> Iterator[Cluster]:
    """A cluster that keeps what it has committed, as in production."""
    with tempfile.TemporaryDirectory(prefix="murmuration-bench-") as folder:
        Path(folder).chmod(0o711)  # for the server's user to pass through
        with Cluster(folder).start() as cluster:
            yield cluster


def cookies(sockets: int) -> list[bytes]:
    """Cookies of operators, enough of them for so many sockets; they see every board."""
    people = [person(f"watcher-{n}", is_operator=True) for n in range(-(-sockets // SOCKETS_A_PERSON))]
    keys = [f"sessionid={session_of(one)}".encode() for one in people]
    return [keys[n % len(keys)] for n in range(sockets)]


@contextmanager
def c_program() -> Iterator[Path]:
    """The raw broadcast and the counting client, compiled with the system's compiler."""
    with tempfile.TemporaryDirectory() as folder:
        built = Path(folder) / "broadcast"
        source = Path(__file__).with_name("broadcast.c")
        subprocess.run(["cc", "-O2", "-Wall", "-o", built, source], check=True)
        yield built


class Child:
    """A process that is spoken to by lines."""

    def __init__(self, *command: object, **environment: str) -> None:
        self.process = subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=PROJECT,
            env={**os.environ, **environment, "PYTHONPATH": str(PROJECT)},
        )

    @classmethod
    def python(cls, module: str, *arguments: object, database: Clone, **environment: str) -> "Child":
        """A module of this project, on that database."""
        address = {"DATABASE_URL": database.url, "DATABASE_OWNER_URL": database.owner_url}
        return cls(sys.executable, "-W", "ignore", "-m", module, *arguments, **address, **environment)

    def say(self, line: object) -> None:
        assert self.process.stdin
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def hear(self) -> str:
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line, f"the child {self.process.args} ended"
        return line.strip()

    def numbers(self) -> list[float]:
        return [float(word) for word in self.hear().split()]

    def kilobytes(self) -> int:
        """Its resident memory."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0])

    def cpu_seconds(self) -> float:
        """Its processor time so far."""
        words = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")

    def __enter__(self) -> "Child":
        return self

    def __exit__(
        self, kind: type[Any] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.wait()


def counting_client(
    program: Path,
    port: int,
    paths: Sequence[str],
    own_cookies: Sequence[bytes],
    sinces: Sequence[str] | None = None,
) -> Child:
    """A C client that opens a socket for each path, says what it has (nothing unless told), and counts bytes."""
    said = sinces or [SINCE] * len(paths)
    with tempfile.NamedTemporaryFile(delete=False) as file:
        hands = [handshake(port, path, cookie) for path, cookie in zip(paths, own_cookies, strict=True)]
        for sent in (*hands, *map(masked, said)):
            file.write(struct.pack("=I", len(sent)) + sent)
    return Child(program, "count", port, len(paths), file.name)


def a_port() -> int:
    """A port that nobody uses."""
    return free_port()
