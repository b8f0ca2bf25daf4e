"""`manage.py up` as a person meets it: it starts, says what is wrong, dies without orphans and comes back."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from redis import Redis
from websockets import CloseCode, ConnectionClosed, Origin
from websockets.sync.client import connect

from tests.builders.firms import person
from tests.databases import Clone
from tests.platforms import Platform, session_of
from tests.processes import is_running, server_pid, wait_for, wait_until_gone

UP = [sys.executable, "-m", "config.embedded.command_line", "up", "--no-sample"]


@pytest.fixture(scope="module")
def embedded() -> Iterator[Platform]:
    """A platform with a database of its own, in a folder that the database's user can reach."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)
        platform = Platform(Path(folder))
        yield platform
        platform.stop()


def test_it_starts_from_nothing_shows_its_steps_and_answers(embedded: Platform) -> None:
    embedded.start("--no-sample", "--timings")
    assert httpx.get(f"{embedded.url}/").status_code == 200
    assert re.search(r"✓ database .*✓ migrations ", embedded.log, re.DOTALL)
    assert f"http://127.0.0.1:{embedded.port}/" in embedded.log
    assert "from the command to ready" in embedded.log


def test_second_one_on_the_same_data_is_refused(embedded: Platform) -> None:
    command = [*UP, "--port", "0", "--data", str(embedded.folder / "data")]
    refused = subprocess.run(command, capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert "already runs on" in refused.stderr


def test_killed_without_warning_it_leaves_no_orphan_and_comes_back(embedded: Platform) -> None:
    server = server_pid(embedded.folder / "data")
    embedded.kill()
    wait_until_gone(server)
    embedded.start()
    assert httpx.get(f"{embedded.url}/").status_code == 200


def test_stopped_it_ends_in_order_and_takes_its_database_along(embedded: Platform) -> None:
    server, before = server_pid(embedded.folder / "data"), len(embedded.log)
    assert embedded.stop() == 0
    assert not is_running(server)
    assert "ERROR" not in embedded.log[before:]
    assert "Traceback" not in embedded.log[before:]


def test_a_killed_database_is_started_again_under_the_running_platform(embedded: Platform) -> None:
    embedded.start()
    server = server_pid(embedded.folder / "data")
    os.kill(server, signal.SIGKILL)
    wait_until_gone(server)
    wait_for(lambda: httpx.get(f"{embedded.url}/health/ready/", timeout=30).is_success)
    assert server_pid(embedded.folder / "data") != server


def test_taken_port_is_named_before_anything_else_happens(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        command = [*UP, "--port", port, "--data", str(tmp_path / "data")]
        refused = subprocess.run(command, capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert f"port {port} of 127.0.0.1 is taken" in refused.stderr
    assert not (tmp_path / "data").exists()


def test_platform_serves_the_clone_of_its_test(live_platform: Platform) -> None:
    assert httpx.get(f"{live_platform.url}/health/ready/").status_code == 200


def test_a_frame_far_above_the_limit_is_not_even_read(live_platform: Platform) -> None:
    cookie = f"sessionid={session_of(person('talker'))}"
    address = f"{live_platform.websocket_url}/ws/wakes/"
    origin = Origin(live_platform.url)
    with connect(address, origin=origin, additional_headers={"Cookie": cookie}) as opened:
        opened.send("x" * 70_000)
        with pytest.raises(ConnectionClosed) as closed:
            while opened.recv():
                pass
    assert closed.value.rcvd
    assert closed.value.rcvd.code == CloseCode.MESSAGE_TOO_BIG


def test_command_without_its_database_says_how_to_start_it(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "config.embedded.command_line", "migrate"]
    environment = {"MURMURATION_DATA": str(tmp_path), "PATH": ""}
    refused = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert refused.returncode == 1
    assert "start it with `python3 manage.py up`" in refused.stderr


def test_with_redis_its_messages_go_through_redis(
    valkey_url: str, real_database: Clone, tmp_path: Path
) -> None:
    platform = Platform(tmp_path, real_database, REDIS_URL=valkey_url)
    try:
        platform.start()
        with Redis.from_url(valkey_url) as redis:
            wait_for(lambda: redis.exists("_kombu.binding.celery"))
    finally:
        platform.kill()
