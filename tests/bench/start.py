"""Where the time of a start goes: a clean clone's first and second `python3 manage.py up`, step by step.

python3 tests/bench/start.py            packages from uv's cache, as on a machine that had them once
python3 tests/bench/start.py --cold     with an empty cache: everything is fetched
python3 tests/bench/start.py --sample   with the sample world
"""

import argparse
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
BOOTSTRAP = re.compile(r"… (.+)\n(?:.*\n)*?\s*✓ ([\d.]+) s$", re.MULTILINE)
STEP = re.compile(r"^\s+([\d.]+) s  (.+)$", re.MULTILINE)
PATIENCE_SECONDS = 300.0
GOALS = {"first": 45.0, "second": 5.0}

Table = dict[str, float]


def main() -> None:
    """Clone, start twice, print both starts side by side."""
    options = arguments()
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "clone"
        Path(folder).chmod(0o711)
        subprocess.run(["git", "clone", "--quiet", PROJECT, clone], check=True)
        environment = clean_environment(Path(folder) if options.cold else None)
        starts = {name: start(clone, environment, options.sample) for name in GOALS}
    print(f"{'seconds':40}" + "".join(f"{name:>10}" for name in starts))
    for what in dict.fromkeys(what for table in starts.values() for what in table):
        print(f"{what:40}" + "".join(f"{table.get(what, 0.0):10.2f}" for table in starts.values()))
    print(f"{'goal':40}" + "".join(f"{goal:10.2f}" for goal in GOALS.values()))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--cold", action="store_true")
    parser.add_argument("--sample", action="store_true")
    return parser.parse_args()


def clean_environment(cache: Path | None) -> dict[str, str]:
    """The environment of a new user; with a cache of its own when it must be empty."""
    ours = ("DATABASE_", "MURMURATION_", "REDIS_", "VIRTUAL_ENV", "PYTHONPATH")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    if cache:
        kept |= {"UV_CACHE_DIR": str(cache / "uv"), "PIP_CACHE_DIR": str(cache / "pip")}
    return kept


def start(clone: Path, environment: dict[str, str], sample: bool) -> Table:
    """One start, from the command to the first page and to the end of Ctrl-C."""
    port = free_port()
    python = shutil.which("python3", path=environment["PATH"]) or "python3"
    command = [python, "manage.py", "up", "--timings", "--port", str(port)]
    command += [] if sample else ["--no-sample"]
    began = time.monotonic()
    with process(command, clone, environment) as (running, printed):
        if not wait_for_page(f"http://127.0.0.1:{port}/", running):
            raise SystemExit("no page came:\n" + "".join(printed))
        first_page = time.monotonic() - began
        time.sleep(0.5)  # the table is printed just before
        began = time.monotonic()
        running.send_signal(signal.SIGINT)
        running.wait(60)
        stopped = time.monotonic() - began
    text = "".join(printed)
    table = {what: float(seconds) for what, seconds in BOOTSTRAP.findall(text)}
    table |= {what: float(seconds) for seconds, what in STEP.findall(text)}
    return {shortened(what): seconds for what, seconds in table.items()} | {
        "from the command to the first page": first_page,
        "from Ctrl-C to the end": stopped,
    }


@contextmanager
def process(
    command: list[str], folder: Path, environment: dict[str, str]
) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """Run the command, collecting what it prints; killed at the end if it still runs."""
    running = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    printed: list[str] = []
    assert running.stdout
    reader = threading.Thread(target=printed.extend, args=(running.stdout,))
    reader.start()
    try:
        yield running, printed
    finally:
        if running.poll() is None:
            running.kill()
        reader.join()


def wait_for_page(address: str, running: subprocess.Popen[str]) -> bool:
    """Ask until the page comes; false when the process ends before, or time runs out."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while running.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address):
                return True
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.05)
    return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def shortened(what: str) -> str:
    return re.sub(r"( in /\S+|, .*)$", "", what)


if __name__ == "__main__":
    main()
