"""Only one process at a time does a periodic job; whoever comes in between has nothing to do."""

from collections.abc import Callable
from functools import wraps
from zlib import crc32

from django.db import connection


def alone(job: Callable[[], None]) -> Callable[[], None]:
    """Skip the job while any process is still at it, by an advisory lock that a death releases."""
    key = crc32(f"{job.__module__}.{job.__name__}".encode())

    @wraps(job)
    def run() -> None:
        if _ask("SELECT pg_try_advisory_lock(%s)", key):
            try:
                job()
            finally:
                _ask("SELECT pg_advisory_unlock(%s)", key)

    return run


def _ask(question: str, key: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(question, [key])
        row = cursor.fetchone()
    return bool(row and row[0])
