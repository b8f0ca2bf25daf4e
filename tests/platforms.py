"""A real platform in a process of its own, for stories and browser tests."""

import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from django.contrib.auth.models import AbstractBaseUser
from django.test import Client

from tests.databases import Clone

PROJECT = Path(__file__).resolve().parents[1]
START_SECONDS = 120.0
STOP_SECONDS = 60.0  # the database is written out, perhaps to a busy disk


class Platform:
    """`manage.py up` on a clone, or with a database of its own in `folder` when no clone is given."""

    def __init__(self, folder: Path, clone: Clone | None = None, **environment: str) -> None:
        self.port, self.scheme = free_port(), "http"
        self.trusted: Path | None = None  # the authority that a platform with HTTPS makes
        self.folder = folder
        self.log_path = folder / "platform.log"
        self._environment = {**os.environ, **environment, "PYTHONPATH": str(PROJECT)}
        if clone:
            self._environment |= {"DATABASE_URL": clone.url, "DATABASE_OWNER_URL": clone.owner_url}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address of the site, without a slash at the end."""
        return f"{self.scheme}://127.0.0.1:{self.port}"

    @property
    def websocket_url(self) -> str:
        """The address of the sockets, without a slash at the end."""
        return f"ws://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        """What the platform printed so far."""
        return self.log_path.read_text(errors="replace")

    @property
    def pid(self) -> int:
        """The number of the process that runs."""
        assert self._process, "not started"
        return self._process.pid

    def start(self, *options: str) -> "Platform":
        """Start it and wait until it answers; `options` go to `up`."""
        command = [sys.executable, "-m", "config.embedded.command_line", "up", "--port", str(self.port)]
        command += ["--data", str(self.folder / "data"), *(options or ["--no-sample"])]
        with self.log_path.open("ab") as log:
            self._process = subprocess.Popen(
                command, stdout=log, stderr=log, cwd=PROJECT, env=self._environment, start_new_session=True
            )
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            assert self._process.poll() is None, f"the platform ended:\n{self.log}"
            assert time.monotonic() < deadline, f"the platform does not answer:\n{self.log}"
            time.sleep(0.05)
        return self

    def answers(self) -> bool:
        """Whether it accepts requests now."""
        try:
            # plain HTTP needs no authorities, and reading them takes as long as an answer
            known = ssl.create_default_context(cafile=self.trusted) if self.trusted else False
            return httpx.get(f"{self.url}/health/live/", timeout=10, verify=known).is_success
        except (httpx.TransportError, FileNotFoundError):
            return False

    def stop(self) -> int:
        """Stop it as an operator would, with SIGTERM; return its exit status."""
        return self._end(signal.SIGTERM)

    def kill(self) -> int:
        """Kill it without warning; nothing of its own can run afterwards."""
        return self._end(signal.SIGKILL)

    def _end(self, order: signal.Signals) -> int:
        if self._process is None:
            return 0
        process, self._process = self._process, None
        process.send_signal(order)
        return process.wait(STOP_SECONDS)


@contextmanager
def running(folder: Path, clone: Clone) -> Iterator[Platform]:
    """A platform on a clone, killed afterwards: its database goes too, and an orderly stop takes seconds."""
    platform = Platform(folder, clone)
    try:
        yield platform.start()
    finally:
        platform.kill()


def free_port() -> int:
    """A port that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def session_of(user: AbstractBaseUser) -> str:
    """The session cookie of a user who is logged in (the log-in form itself has its own tests)."""
    client = Client()
    client.force_login(user)
    return client.cookies["sessionid"].value
