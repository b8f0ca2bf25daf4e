"""The PostgreSQL process itself: launched so that it cannot outlive its owner, ended in steps."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from config.embedded.binaries import Account, EmbeddedError, run_as
from config.embedded.creation import plain_environment

STOP_SECONDS = 15.0
PR_SET_PDEATHSIG = 1


def launch(command: list[str], account: Account, log_path: Path) -> subprocess.Popen[bytes]:
    """Start the server; it stops when the calling thread ends, however it ends. Raises EmbeddedError."""
    if threading.current_thread() is not threading.main_thread():
        raise EmbeddedError("start the database from the main thread: it dies with the thread that did")
    with log_path.open("ab") as log:
        return subprocess.Popen(  # noqa: S603 - our own program and arguments
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env=plain_environment(),
            start_new_session=True,  # Ctrl-C reaches the owner only, which stops the server last
            preexec_fn=_die_with(os.getpid()),  # noqa: PLW1509 - one system call, no lock taken
            **run_as(account),
        )


def settings(socket_dir: Path, durable: bool) -> dict[str, str]:
    """What differs from PostgreSQL's defaults. Not durable: nothing is forced to disk."""
    safety = "on" if durable else "off"
    return {
        "listen_addresses": "",
        "unix_socket_directories": str(socket_dir),
        "max_connections": "200",
        "shared_buffers": "128MB",
        "jit": "off",
        "random_page_cost": "1.1",  # what the matcher reads lies in memory or on a solid-state disk
        "fsync": safety,
        "full_page_writes": safety,
        "synchronous_commit": safety,
        "timezone": "UTC",
    }


def end(server: subprocess.Popen[bytes]) -> None:
    """Ask the server to stop, then insist."""
    for order in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        server.send_signal(order)
        try:
            server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            continue
        return


def servers_on(files: Path) -> list[int]:
    """The processes of a server on `files`, backends included: they all work from inside its data folder."""
    return [int(process.name) for process in Path("/proc").glob("[0-9]*") if _works_in(process, files)]


def _works_in(process: Path, files: Path) -> bool:
    try:
        return (process / "cwd").readlink() == files
    except OSError:  # it ended, or it is somebody else's
        return False


def _die_with(parent: int) -> Callable[[], None]:
    """What the child does before exec: ask the kernel to be stopped when its parent's thread ends."""
    if sys.platform != "linux":
        return lambda: None
    prctl = ctypes.CDLL(None).prctl

    def bind() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGINT)
        if os.getppid() != parent:
            os._exit(1)

    return bind
