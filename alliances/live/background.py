"""Where the wire works: threads of its own that read the database, and tasks that nobody waits for."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import connections

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger(__name__)

THREADS = 8
_pool = ThreadPoolExecutor(THREADS, thread_name_prefix="live")


async def in_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run what uses the database; its connection goes back to the pool at once."""

    def run() -> T:
        try:
            return function(*args, **kwargs)
        finally:
            connections.close_all()

    return await asyncio.get_running_loop().run_in_executor(_pool, run)


def keep(task: asyncio.Task[None]) -> None:
    """Hold a task until it has ended; the event loop alone would not. It reports its own failures."""
    _tasks.add(task)
    task.add_done_callback(_let_go)


def _let_go(task: asyncio.Task[None]) -> None:
    _tasks.discard(task)
    if not task.cancelled() and (failed := task.exception()):
        log.error("a task of the wire failed", exc_info=failed)


_tasks: set[asyncio.Task[None]] = set()
