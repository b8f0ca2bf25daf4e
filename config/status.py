"""How the platform is: what answers, when the clock last acted, what waits. For probes, monitoring and operators."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
import redis
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from alliances.queries.queues import queues as alliances_queues
from alliances.queries.residue import residues
from config import clock, reconciler, wake
from config.celery import app
from config.embedded import migrations
from config.environment import redis_options
from config.queues import Queue
from config.rows import Text
from matching.queries.queues import queues as matching_queues

PROBE = {"connect_timeout": 4, "options": "-c statement_timeout=4000"}
STANDSTILL_SECONDS = 30.0  # a second is usual; after half a minute nobody lets deadlines act
DEADLINES = "alliances.tasks.act_on_deadlines"
LABELS: Mapping[str, Text] = {
    "matching.tasks.feed_recorded_market": _("Feed the recorded market"),
    "matching.tasks.watch_market": _("Watch the market"),
    "matching.tasks.make_proposals": _("Make proposals"),
    DEADLINES: _("Let the deadlines of alliances act"),
    "firms.tasks.act_on_deadlines": _("Let the deadlines of firms act"),
    "alliances.tasks.sequence_events": _("Put events into the log"),
    "alliances.tasks.look_for_residues": _("Look for residues"),
    "alliances.tasks.send_mail": _("Send e-mails"),
    "firms.tasks.work_on_sheets": _("Read and take in spreadsheets"),
    "alliances.tasks.push_out": _("Tell devices and robots"),
    "config.sample.tasks.act": _("Let the sample world act"),
}


@dataclass(frozen=True)
class Round:
    """A periodic job: how many seconds ago it was last done, how long that took, and by which process."""

    job: str
    label: Text
    every: float
    age: float | None
    seconds: float
    by: str
    has_failed: bool

    @property
    def milliseconds(self) -> float:
        return self.seconds * 1000

    @property
    def state(self) -> str:
        if self.has_failed:
            return "failed"
        return "late" if self.age is None or self.age > self.every + STANDSTILL_SECONDS else "finished"


@dataclass(frozen=True)
class Health:
    """What a probe found out within a few seconds, without the pool of this process."""

    database: bool
    migrations: bool
    wakes: bool  # a line to the other processes; without it boards wait for their beat
    deadlines: bool  # some process lets them act
    reconciler: bool  # of this process
    milliseconds: float  # until the database had answered

    @property
    def can_serve(self) -> bool:
        """Whether requests belong here. What all processes lack together is no reason to send them elsewhere."""
        return self.database and self.migrations

    @property
    def is_well(self) -> bool:
        return self.can_serve and self.wakes and self.deadlines and self.reconciler

    @property
    def word(self) -> str:
        return "ready" if self.is_well else "degraded" if self.can_serve else "not ready"


def health() -> Health:
    """Ask everything that this process stands on; takes at most some seconds, whatever is cut off."""
    began = time.perf_counter()
    applied, age = None, None
    with suppress(psycopg.Error), _probe() as line:
        applied = {
            (str(app), str(name)) for app, name in line.execute("SELECT app, name FROM django_migrations")
        }
        age = dict(line.execute(reconciler.AGES).fetchall()).get(DEADLINES)
    return Health(
        database=applied is not None,
        migrations=applied is not None and not migrations.missing(applied),
        wakes=_line_answers() if settings.REDIS_URL else applied is not None,
        deadlines=age is not None and age < STANDSTILL_SECONDS,
        reconciler=reconciler.is_well(),
        milliseconds=(time.perf_counter() - began) * 1000,
    )


def is_reachable() -> bool:
    """Whether the database answers soon; asked before anything that would wait for the pool."""
    with suppress(psycopg.Error), _probe() as line:
        return line.execute("SELECT true").fetchone() == (True,)
    return False


def rounds() -> list[Round]:
    """All periodic jobs, in the order of the beat's table."""
    with psycopg.connect(**wake.address(), autocommit=True) as line:
        rows = {row[0]: row[1:] for row in line.execute(ROUNDS).fetchall()}
    return [_round(job, rows.get(job.path)) for job in reconciler.jobs(app.conf.beat_schedule)]


def queues(now: datetime) -> list[Queue]:
    """All that waits for the clock."""
    return [*alliances_queues(now, clock.instant()), *matching_queues(now)]


def left_open(now: datetime) -> dict[str, int]:
    """What ended alliances have left open, by kind."""
    return residues(now)


def broker_depth() -> int | None:
    """Messages that no worker has taken; None without a broker, or when it does not answer."""
    with suppress(redis.RedisError), _broker() as client:
        return int(str(client.llen("celery"))) if settings.REDIS_URL else None
    return None


ROUNDS = """
SELECT job, EXTRACT(EPOCH FROM clock_timestamp() - done_at)::float, seconds, by,
    failed_at IS NOT NULL AND failed_at > COALESCE(done_at, '-infinity')
FROM config_round
"""


def _round(job: reconciler.Job, row: tuple[Any, ...] | None) -> Round:
    age, seconds, by, has_failed = row or (None, 0.0, "", False)
    return Round(job.path, LABELS[job.path], job.every, age, seconds, by, has_failed)


@contextmanager
def _probe() -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(**wake.address() | PROBE, autocommit=True) as line:
        yield line


def _line_answers() -> bool:
    with suppress(redis.RedisError), _broker() as client:
        return bool(client.ping())
    return False


def _broker() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL or "redis://", **redis_options(timeout=2.0))
