"""Only one process at a time does a periodic job; whoever comes in between has nothing to do.

Each round leaves a row that says when it ended, by the database's clock: the reconciler takes what is overdue.
"""

import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import wraps
from zlib import crc32

from django.db import DatabaseError, connection

from config import meters
from config.logs import apart

# nothing depends on these rows after a crash, so that their commits need not wait for the disk
KEEP = """
WITH quickly AS (SELECT set_config('synchronous_commit', 'off', true))
INSERT INTO config_round AS round (job, {column}, seconds, by)
SELECT %s, clock_timestamp(), %s, %s FROM quickly
ON CONFLICT (job) DO UPDATE SET {column} = excluded.{column}, seconds = excluded.seconds, by = excluded.by
"""
DONE, FAILED = (KEEP.format(column=column) for column in ("done_at", "failed_at"))


def alone(job: Callable[[], None]) -> Callable[[], None]:
    """Skip the job while any process is still at it, by an advisory lock that a death releases."""
    name = f"{job.__module__}.{job.__name__}"
    key = crc32(name.encode())

    @wraps(job)
    def run() -> None:
        if _ask("SELECT pg_try_advisory_lock(%s)", key):
            try:
                with apart(job=name), _kept(name):
                    job()
            finally:
                _ask("SELECT pg_advisory_unlock(%s)", key)

    return run


@contextmanager
def _kept(name: str) -> Iterator[None]:
    """Keep when the round ended, and how."""
    began = time.monotonic()
    try:
        yield
    except Exception:
        meters.ROUNDS.labels(name, "failed").inc()
        with suppress(DatabaseError):  # the failure itself matters more
            _keep(FAILED, name, began)
        raise
    meters.ROUNDS.labels(name, "done").inc()
    _keep(DONE, name, began)


def _keep(statement: str, name: str, began: float) -> None:
    by = f"{socket.gethostname()}:{os.getpid()}"
    with connection.cursor() as cursor:
        cursor.execute(statement, [name, time.monotonic() - began, by])


def _ask(question: str, key: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(question, [key])
        row = cursor.fetchone()
    return bool(row and row[0])
