"""The embedded database's life: started once, shared, killed without warning, found again whole."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from config.embedded.binaries import Account, EmbeddedError
from config.embedded.creation import OWNER
from config.embedded.postgres import SOCKET, Cluster, attach
from tests.processes import server_pid, wait_until_gone

STARTER = """
import sys, signal
from config.embedded.postgres import Cluster
cluster = Cluster(sys.argv[1]).start()
print("owner" if cluster.is_owner else "guest", flush=True)
signal.pause()
"""


@pytest.fixture(scope="module")
def data_dir() -> Iterator[Path]:
    """A data folder that the module's tests start and kill in turn; creating it takes most of the time."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)
        yield Path(folder).resolve() / "data"


@pytest.fixture
def cluster(data_dir: Path) -> Iterator[Cluster]:
    with Cluster(data_dir) as started:
        yield started


def starter(data_dir: Path) -> subprocess.Popen[str]:
    """Another process that starts the cluster or attaches to it, and stays."""
    command = [sys.executable, "-c", STARTER, str(data_dir)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def part(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().strip()


def end(*processes: subprocess.Popen[str]) -> None:
    for process in processes:
        process.kill()
        process.communicate()


def test_both_roles_enter_and_only_the_owner_may_create(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url(OWNER)) as owner:
        owner.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        owner.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        owner.execute("CREATE EXTENSION IF NOT EXISTS unaccent")
    with psycopg.connect(cluster.url()) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute("CREATE TABLE mine (id int)")


def test_text_sorts_and_folds_as_unicode(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url()) as app:
        assert app.execute("SELECT lower('ÄÖÜ'), 'a' < 'Z'").fetchone() == ("äöü", False)


def test_nothing_listens_on_the_network(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url()) as app:
        assert app.execute("SHOW listen_addresses").fetchone() == ("",)


def test_second_start_attaches_and_its_stop_stops_nothing(cluster: Cluster, data_dir: Path) -> None:
    guest = Cluster(data_dir).start()
    guest.stop()
    assert (cluster.is_owner, guest.is_owner, cluster.is_ready()) == (True, False, True)


def test_attach_finds_the_cluster_only_while_it_runs(cluster: Cluster, data_dir: Path) -> None:
    found = attach(data_dir)
    assert found and found.url() == cluster.url()
    cluster.stop()
    assert attach(data_dir) is None


def test_no_server_outlives_a_killed_starter(data_dir: Path) -> None:
    process = starter(data_dir)
    assert part(process) == "owner"
    pid = server_pid(data_dir)
    end(process)
    wait_until_gone(pid)


def test_of_racing_starters_one_starts_and_the_others_attach(data_dir: Path) -> None:
    racers = [starter(data_dir) for _ in range(3)]
    try:
        assert sorted(part(racer) for racer in racers) == ["guest", "guest", "owner"]
    finally:
        end(*racers)


def test_committed_rows_survive_a_killed_server(data_dir: Path) -> None:
    with Cluster(data_dir) as first:
        with psycopg.connect(first.url(OWNER)) as owner:
            owner.execute("CREATE TABLE kept AS SELECT generate_series(1, 100) AS id")
        pid = server_pid(data_dir)
        os.kill(pid, signal.SIGKILL)
        wait_until_gone(pid)
        assert not first.is_ready()
    with Cluster(data_dir) as second, psycopg.connect(second.url(OWNER)) as owner:
        assert owner.execute("SELECT count(*) FROM kept").fetchone() == (100,)


def test_recycled_process_number_does_not_stop_a_start(data_dir: Path) -> None:
    """After a crash, the number in `postmaster.pid` may be that of any process: of this one, here."""
    pid_file = data_dir / "postgres" / "postmaster.pid"
    with Cluster(data_dir):
        lines = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    with Cluster(data_dir) as started:
        assert started.is_owner


def test_half_built_cluster_is_built_anew() -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)
        half = Path(folder) / "postgres.new"
        half.mkdir()
        (half / "PG_VERSION").write_text("18")
        with Cluster(folder).start(durable=False) as started:
            assert started.is_ready()
        assert not half.exists()


def test_only_the_main_thread_may_start_it(data_dir: Path) -> None:
    refused: list[str] = []

    def try_to_start() -> None:
        try:
            Cluster(data_dir).start()
        except EmbeddedError as error:
            refused.append(str(error))

    thread = threading.Thread(target=try_to_start)
    thread.start()
    thread.join()
    assert "main thread" in refused[0]


def test_long_or_odd_folder_gets_its_socket_elsewhere(data_dir: Path) -> None:
    for folder in (data_dir / ("x" * 100), data_dir / "with, comma"):
        socket_path = Cluster(folder).socket_dir / SOCKET
        assert len(os.fsencode(socket_path)) < 108
        assert data_dir not in socket_path.parents


def test_other_major_version_is_named(data_dir: Path) -> None:
    version = data_dir / "postgres" / "PG_VERSION"
    written = version.read_text()
    version.write_text("16\n")
    try:
        with pytest.raises(EmbeddedError, match="written by PostgreSQL 16"):
            Cluster(data_dir).start()
    finally:
        version.write_text(written)
    assert attach(data_dir) is None


def test_missing_programs_say_what_to_set(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PG_BIN", "/nowhere")
    with pytest.raises(EmbeddedError, match="PG_BIN"):
        Cluster(data_dir).start()


def test_folder_that_the_server_cannot_reach_is_refused_and_left_as_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stranger = Account("stranger", 54321, 54321)
    monkeypatch.setattr("config.embedded.postgres.server_account", lambda: stranger)
    with tempfile.TemporaryDirectory() as private:
        with pytest.raises(EmbeddedError, match=r"stranger.* cannot reach .* --data"):
            Cluster(Path(private) / "data").start()
        assert Path(private).stat().st_mode & 0o777 == 0o700


def test_marks_of_a_dead_server_whose_number_lives_on_are_no_obstacle(data_dir: Path) -> None:
    """A killed server can stay a zombie, or its number can be another process's by now."""
    with Cluster(data_dir) as cluster:
        mark = cluster.socket_dir / f"{SOCKET}.lock"
        kept = mark.read_text()
    mark.write_text("\n".join(["1", *kept.splitlines()[1:], ""]))
    with Cluster(data_dir) as again:
        assert again.is_ready()
