"""Backup and restore, tried: a dump into a new cluster, and a base backup with its log up to a moment.

    .venv/bin/python tests/bench/restore.py

Uses the programs of the embedded PostgreSQL. After each restore the record must verify, the application must not be
able to change it, the log must go on from the checkpoints that had left, and the platform's clock must act.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT))
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
for outside in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"):
    os.environ.pop(outside, None)
os.environ["DATABASE_POOL"] = "0"
FOLDER = Path(tempfile.mkdtemp(prefix="murmuration-restore-"))
os.environ["MURMURATION_DATA"] = str(FOLDER / "data")

import django  # noqa: E402

django.setup()

import psycopg  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.utils import timezone  # noqa: E402

from alliances import actions  # noqa: E402
from alliances.models import Alliance, Event, Stream  # noqa: E402
from alliances.queries.chain import breaks  # noqa: E402
from config.embedded.binaries import find_programs, server_account  # noqa: E402
from config.embedded.creation import APP, DATABASE, OWNER, SUPERUSER  # noqa: E402
from config.embedded.postgres import Cluster  # noqa: E402
from tests.builders.alliances import forming_world, operating  # noqa: E402
from tests.databases import Databases, close_connections  # noqa: E402

ARCHIVE = FOLDER / "archive"


def main() -> None:
    """Fill a database, lose it twice, get it back twice."""
    FOLDER.chmod(0o711)
    try:
        with Cluster(FOLDER / "first") as first:
            programs = find_programs(server_account(), first.data_dir)
            databases = Databases(first)
            databases.point_to(DATABASE)
            operating(forming_world(timezone.now()), timezone.now())
            actions.sequence(timezone.now())
            archive(first, programs)
            dump_and_restore(first, programs)
            up_to_a_moment(first, programs)
    finally:
        close_connections()
        shutil.rmtree(FOLDER)


def archive(cluster: Cluster, programs: Path) -> None:
    """Let the cluster keep its log outside, as postgresql.conf would in production."""
    ARCHIVE.mkdir()
    os.chown(ARCHIVE, server_account().uid, server_account().gid)
    with psycopg.connect(cluster.url(SUPERUSER, SUPERUSER), autocommit=True) as line:
        line.execute("ALTER SYSTEM SET archive_mode = on")
        line.execute(f"ALTER SYSTEM SET archive_command = 'test ! -f {ARCHIVE}/%f && cp %p {ARCHIVE}/%f'")
    close_connections()
    cluster.stop()
    cluster.start()
    with (cluster.files / "pg_hba.conf").open("a") as rules:
        rules.write("local replication all peer map=murmuration\n")
    with psycopg.connect(cluster.url(SUPERUSER, SUPERUSER), autocommit=True) as line:
        line.execute("SELECT pg_reload_conf()")


def dump_and_restore(first: Cluster, programs: Path) -> None:
    """pg_dump into a file, pg_restore into a new cluster."""
    file = FOLDER / "murmuration.dump"
    known = Event.objects.count()
    timed("pg_dump", lambda: run(programs / "pg_dump", *to(first, OWNER), "-Fc", "-f", str(file), DATABASE))
    with Cluster(FOLDER / "second") as second:
        restore = [*to(second, OWNER), "-d", DATABASE, "--no-comments", "--exit-on-error", str(file)]
        timed("pg_restore", lambda: run(programs / "pg_restore", *restore))
        point_to(second)
        check("after the dump", second, known)
        close_connections()
    point_to(first)


def up_to_a_moment(first: Cluster, programs: Path) -> None:
    """pg_basebackup and the archived log: all until a moment, nothing after it."""
    base = FOLDER / "base"
    words = [*to(first, SUPERUSER), "-D", str(base), "--checkpoint=fast", "--wal-method=none"]
    timed("pg_basebackup", lambda: run(programs / "pg_basebackup", *words))
    operating(forming_world(timezone.now()), timezone.now())
    actions.sequence(timezone.now())
    kept, moment = Event.objects.count(), timezone.now() + timedelta(milliseconds=20)
    time.sleep(0.2)
    forming_world(timezone.now()).approve(timezone.now())  # what a mistake did afterwards
    with psycopg.connect(first.url(SUPERUSER, SUPERUSER), autocommit=True) as line:
        (segment,) = line.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchone() or ("",)
    while not (ARCHIVE / segment).exists():
        time.sleep(0.05)
    close_connections()
    first.stop()  # the machine is gone
    third = Cluster(FOLDER / "third")
    place(base, third, moment.isoformat())
    timed("start and replay of the log", lambda: promoted(third.start()))
    with third:
        point_to(third)
        check("at the moment", third, kept)
        close_connections()


def promoted(cluster: Cluster) -> None:
    """Wait until the log was replayed: before that the cluster answers, but may only be read."""
    with psycopg.connect(cluster.url(), autocommit=True) as line:
        while line.execute("SELECT pg_is_in_recovery()").fetchone() == (True,):
            time.sleep(0.05)


def place(base: Path, cluster: Cluster, moment: str) -> None:
    """Put a base backup where a cluster lies, and say up to when its log is replayed."""
    cluster.data_dir.mkdir(mode=0o711)
    shutil.move(base, cluster.files)
    with (cluster.files / "postgresql.auto.conf").open("a") as settings:
        settings.write(f"restore_command = 'cp {ARCHIVE}/%f %p'\n")
        settings.write(f"recovery_target_time = '{moment}'\nrecovery_target_action = 'promote'\n")
    (cluster.files / "recovery.signal").touch()
    account = server_account()
    for path in [cluster.files, *cluster.files.rglob("*")]:
        os.chown(path, account.uid, account.gid)
    cluster.files.chmod(0o700)


def check(when: str, cluster: Cluster, events: int) -> None:
    """What must hold after a restore, and the one thing that is done: every stream begins a new epoch."""
    assert Event.objects.count() == events, (Event.objects.count(), events)
    assert not list(breaks(Event.objects.order_by("stream", "version").select_related("note")))
    with psycopg.connect(cluster.url(APP), autocommit=True) as line:
        for statement in ("UPDATE alliances_event SET kind = 'x'", "TRUNCATE alliances_event CASCADE"):
            try:
                line.execute(statement)
            except psycopg.errors.InsufficientPrivilege:
                continue
            raise AssertionError(f"the application could {statement}")
    before = dict(Stream.objects.values_list("pk", "epoch"))
    call_command("renew_epochs", verbosity=0)
    assert all(before[pk] != epoch for pk, epoch in Stream.objects.values_list("pk", "epoch"))
    actions.sequence(timezone.now())
    actions.act(timezone.now())
    forming_world(timezone.now()).approve(timezone.now())
    print(
        f"{when}: {events} events verify, {Alliance.objects.count()} alliances, the clock acts, the log goes on"
    )


def timed(what: str, do: Callable[[], object]) -> None:
    began = time.monotonic()
    do()
    print(f"{what:30} {time.monotonic() - began:6.2f} s")


def to(cluster: Cluster, role: str) -> list[str]:
    return ["-h", str(cluster.socket_dir), "-U", role]


def run(program: Path, *words: str) -> None:
    done = subprocess.run([str(program), *words], capture_output=True, text=True, check=False)
    assert not done.returncode, done.stderr


def point_to(cluster: Cluster) -> None:
    """Let Django's connections lead to this cluster."""
    Databases.point_to(_On(cluster), DATABASE)  # type: ignore[arg-type]


class _On:
    """Just enough of `Databases` to be pointed elsewhere."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster


if __name__ == "__main__":
    main()
