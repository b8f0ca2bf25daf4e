"""What lets deadlines act when nobody drives: every process looks, and does what was left undone.

Celery's beat is the usual drive. Should it stop, or the broker, or every worker, then a round becomes overdue; each
process sees that in the rounds' rows, and one of them does the job, under the lock that the job takes anyway.
"""

import logging
import random
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.db import Error, connection
from django.utils.module_loading import import_string

from config import meters

log = logging.getLogger(__name__)

TICK_SECONDS = 0.5
# how long after its time a round is taken over: workers first, so that calculations stay out of web processes
WORKERS_PATIENCE, WEBS_PATIENCE = 1.0, 2.0
# jobs that may calculate for long are looked at by a thread of their own, and do not hold up deadlines
LONG = ("matching.", "firms.tasks.work_on_sheets")
AGES = """
SELECT job, EXTRACT(EPOCH FROM clock_timestamp() - GREATEST(done_at, failed_at))::float FROM config_round
"""


@dataclass(frozen=True)
class Job:
    """A periodic job: the path of its task, and how many seconds may lie between two rounds."""

    path: str
    every: float

    @property
    def is_long(self) -> bool:
        return self.path.startswith(LONG)


Table = Mapping[str, Mapping[str, object]]


def jobs(table: Table) -> list[Job]:
    """The jobs of Celery's beat table, deadlines first where they stand first."""
    return [Job(str(entry["task"]), float(str(entry["schedule"]))) for entry in table.values()]


def ages() -> dict[str, float]:
    """Seconds since each job's last round ended, well or not, by the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute(AGES)
        return dict(cursor.fetchall())


def overdue(known: Iterable[Job], ages: Mapping[str, float], patience: float) -> list[Job]:
    """The jobs whose last round is too long ago, or that never had one."""
    return [job for job in known if ages.get(job.path, float("inf")) > job.every + patience]


class Reconciler:
    """Looks at some jobs in a thread of its own, on a connection of its own."""

    def __init__(self, known: list[Job], patience: float) -> None:
        self.known, self.patience = known, patience
        self.ended = threading.Event()
        self.is_cut_off = False
        self.thread = threading.Thread(target=self._run, name="reconciler", daemon=True)

    def look(self) -> int:
        """Do what is overdue; returns how much was."""
        late = overdue(self.known, ages(), self.patience)
        for job in late:
            self._do(job)
        return len(late)

    def _do(self, job: Job) -> None:
        task: Callable[[], None] = import_string(job.path)
        meters.RECONCILED.labels(job.path).inc()
        try:
            task()
        except Error:
            raise
        except Exception:  # the others must not wait for it
            log.exception("%s failed", job.path)

    def _run(self) -> None:
        while not self.ended.wait(TICK_SECONDS * random.uniform(0.8, 1.2)):
            try:
                self.look()
                self.is_cut_off = False
            except (
                Exception
            ) as broken:  # mended by a new connection; whatever else fails must not end the thread
                self._complain(broken)
                _close()
        _close()

    def _complain(self, broken: Exception) -> None:
        """Once for each time without a database, not twice a second."""
        if not self.is_cut_off:
            log.warning("the reconciler cannot look: %s", broken)
        self.is_cut_off = True


def start(table: Table, patience: float) -> None:
    """Begin to look in this process; does nothing when it does so already."""
    if not _running:
        known = jobs(table)
        for part in ([job for job in known if not job.is_long], [job for job in known if job.is_long]):
            _running.append(Reconciler(part, patience))
            _running[-1].thread.start()


def stop(seconds: float = 2.0) -> None:
    """End it, and wait for what is being done, but not for ever."""
    for one in _running:
        one.ended.set()
    for one in _running:
        one.thread.join(seconds)
    _running.clear()


def is_well() -> bool:
    """Whether this process still looks, if it ever began to."""
    return all(one.thread.is_alive() for one in _running)


def _close() -> None:
    try:
        connection.close()
    except Error:
        log.debug("a broken connection was closed")


_running: list[Reconciler] = []
