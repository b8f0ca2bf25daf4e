"""Real processes in tests: whether they run, and waiting for what they do."""

import time
from collections.abc import Callable
from pathlib import Path

PATIENCE_SECONDS = 20.0


def wait_for(condition: Callable[[], object], *, seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until the condition holds; fail when it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.02)


def server_pid(data_dir: Path) -> int:
    """The process number of the PostgreSQL that runs on `data_dir`."""
    return int((data_dir / "postgres" / "postmaster.pid").read_text().splitlines()[0])


def is_running(pid: int) -> bool:
    """Whether the process exists and is not merely waiting to be buried."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_until_gone(pid: int) -> None:
    """Wait for the end of a process."""
    wait_for(lambda: not is_running(pid))
