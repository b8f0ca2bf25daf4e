"""Databases for tests: one throw-away cluster, one migrated template, and clones of it.

The application's role cannot TRUNCATE, so nothing is flushed: a test that commits gets a clone of its own.
A migrated cluster is kept beside the environment and copied, for migrating takes longer than most tests;
whatever a migration is made of is in its name, so that a changed one is migrated anew.
"""

import fcntl
import hashlib
import itertools
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from asgiref.sync import SyncToAsync
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.management import call_command
from django.db import connections

from config.embedded.creation import APP, DATABASE, OWNER, SUPERUSER
from config.embedded.postgres import Cluster

PREFIX = "murmuration-test-"
ROLES = {"default": APP, "owner": OWNER}
PROJECT = Path(__file__).resolve().parents[1]
KEPT = Path(sys.prefix) / "test-clusters"
MIGRATED = "migrated"
KEPT_AT_MOST = 8  # working copies with other migrations may share the environment


class QuickHasher(PBKDF2PasswordHasher):
    """Hashes passwords in microseconds, in a form that a platform under test can still verify."""

    iterations = 1


@dataclass(frozen=True)
class Clone:
    """A database of one test's own: its name and its addresses for both roles."""

    name: str
    url: str
    owner_url: str


class Databases:
    """The migrated template and its clones, on one cluster."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self._numbers = itertools.count(1)
        self.point_to(DATABASE)
        if not (cluster.data_dir / MIGRATED).exists():
            self.migrate()
        self.shared = self.clone()

    def migrate(self) -> None:
        """Bring the template to the newest migrations."""
        call_command("migrate", database="owner", interactive=False, verbosity=0)
        (self.cluster.data_dir / MIGRATED).touch()
        connections.close_all()

    def clone(self) -> Clone:
        """A fresh copy of the template."""
        name = f"clone_{next(self._numbers)}"
        self._rule(f"CREATE DATABASE {name} TEMPLATE {DATABASE} OWNER {OWNER}")
        return Clone(name, self.cluster.url(APP, name), self.cluster.url(OWNER, name))

    def drop(self, clone: Clone) -> None:
        """Drop a clone, whoever is still connected."""
        self._rule(f"DROP DATABASE {clone.name} WITH (FORCE)")

    @contextmanager
    def lent(self) -> Iterator[Clone]:
        """A fresh copy that Django's connections lead to, in every thread; dropped afterwards."""
        clone = self.clone()
        self.point_to(clone.name)
        yield clone
        self.point_to(self.shared.name)
        self.drop(clone)

    def point_to(self, name: str) -> None:
        """Let Django's connections, of every thread, lead to the database `name`."""
        close_connections()
        for alias, role in ROLES.items():
            settings = connections.settings[alias]
            settings["OPTIONS"].pop("pool", None)  # a pool would outlive the clone
            settings |= {"NAME": name, "USER": role, "PASSWORD": "", "PORT": ""}
            settings["HOST"] = str(self.cluster.socket_dir)

    def _rule(self, statement: str) -> None:
        with psycopg.connect(self.cluster.url(SUPERUSER, SUPERUSER), autocommit=True) as connection:
            connection.execute(statement)


def close_connections() -> None:
    """Close this thread's connections, and those of the thread that runs Django for async code."""
    connections.close_all()
    SyncToAsync.single_thread_executor.submit(connections.close_all).result()


@contextmanager
def throw_away_cluster() -> Iterator[Cluster]:
    """A migrated cluster in a temporary folder, gone at the end; also clears away what killed runs left."""
    _sweep()
    with tempfile.TemporaryDirectory(prefix=PREFIX) as folder:
        Path(folder).chmod(0o711)  # for the server's user to pass through
        _copy_migrated(Path(folder))
        with Cluster(folder).start(durable=False) as cluster:
            yield cluster


def _copy_migrated(folder: Path) -> None:
    """Copy the kept cluster; the first of several processes makes it, the others wait."""
    KEPT.mkdir(parents=True, exist_ok=True)
    kept = KEPT / _what_migrating_depends_on()
    with (KEPT / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            _make(kept)
        _copy(kept, folder)


def _make(kept: Path) -> None:
    for older in sorted(KEPT.glob("*/"), key=lambda one: one.stat().st_mtime)[: -KEPT_AT_MOST + 1]:
        shutil.rmtree(older)
    with tempfile.TemporaryDirectory(prefix=PREFIX) as folder:
        Path(folder).chmod(0o711)
        with Cluster(folder).start(durable=False) as cluster:
            made = Databases(cluster)
            made.drop(made.shared)
            close_connections()
            # a copy must not look like what a killed run has left, or another process sweeps it away
            (Path(folder) / "postgres.lock").unlink()
        _copy(Path(folder), kept.with_suffix(".new"))
    kept.with_suffix(".new").rename(kept)


def _what_migrating_depends_on() -> str:
    sources = [*PROJECT.glob("*/migrations/*.py"), *PROJECT.glob("config/embedded/*.py")]
    sources += [PROJECT / "requirements.lock", PROJECT / "config/settings.py", PROJECT / "tests/databases.py"]
    digest = hashlib.sha256(sys.version.encode())
    for source in sorted(sources):
        digest.update(str(source.relative_to(PROJECT)).encode() + source.read_bytes())
    return digest.hexdigest()[:16]


def _copy(source: Path, target: Path) -> None:
    """Owners and rights included: the server refuses files of another user."""
    target.mkdir(exist_ok=True)
    copying = ["cp", "--archive", "--reflink=auto", f"{source}/.", str(target)]
    subprocess.run(copying, check=True)


def _sweep() -> None:
    for lock in Path(tempfile.gettempdir()).glob(f"{PREFIX}*/postgres.lock"):
        with lock.open("a") as held:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            shutil.rmtree(lock.parent, ignore_errors=True)
