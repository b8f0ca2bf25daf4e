"""What /metrics tells: the counts of this process, and what the database says about all of them together."""

import threading
import time
from collections.abc import Iterable, Iterator

from django.db import connections
from prometheus_client import REGISTRY, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from config import clock, status

FRESH_SECONDS = 5.0  # so that many who ask cost the database what one does


class FromDatabase(Collector):
    """Gauges that every process answers alike; read when asked for, at most once in FRESH_SECONDS."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.read_at = float("-inf")
        self.kept: list[GaugeMetricFamily] = []

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """Nothing: to register this must not ask the database."""
        return ()

    def collect(self) -> Iterable[GaugeMetricFamily]:
        with self.lock:
            if time.monotonic() - self.read_at > FRESH_SECONDS:
                self.kept, self.read_at = list(_read()), time.monotonic()
            return self.kept


def text() -> bytes:
    """All metrics in Prometheus' text format."""
    return generate_latest(REGISTRY)


def _read() -> Iterator[GaugeMetricFamily]:
    is_reachable = status.is_reachable()
    yield GaugeMetricFamily("murmuration_database_up", "Whether the database answers", float(is_reachable))
    if is_reachable:
        yield from _rounds()
        yield from _waiting()
        yield from _pool()
    depth = status.broker_depth()
    if depth is not None:
        yield GaugeMetricFamily("murmuration_broker_messages", "Messages that no worker has taken", depth)


def _rounds() -> Iterator[GaugeMetricFamily]:
    ages = GaugeMetricFamily(
        "murmuration_round_age_seconds", "Since a periodic job was last done by any process", labels=["job"]
    )
    lengths = GaugeMetricFamily(
        "murmuration_round_seconds", "How long the last round of a periodic job took", labels=["job"]
    )
    for one in status.rounds():
        if one.age is not None:
            ages.add_metric([one.job], one.age)
            lengths.add_metric([one.job], one.seconds)
    return iter((ages, lengths))


def _waiting() -> Iterator[GaugeMetricFamily]:
    now = clock.now()
    depth = GaugeMetricFamily("murmuration_queue_depth", "What is due and not done yet", labels=["queue"])
    oldest = GaugeMetricFamily(
        "murmuration_queue_oldest_seconds",
        "How long the oldest has been due, in market time",
        labels=["queue"],
    )
    for one in status.queues(now):
        depth.add_metric([one.name], one.depth)
        oldest.add_metric([one.name], one.seconds)
    residues = GaugeMetricFamily(
        "murmuration_residues", "What ended alliances have left open; never anything", labels=["kind"]
    )
    for kind, count in status.left_open(now).items():
        residues.add_metric([kind], count)
    return iter((depth, oldest, residues))


def _pool() -> Iterator[GaugeMetricFamily]:
    pool = getattr(connections["default"], "pool", None)
    if pool is None:
        return
    family = GaugeMetricFamily("murmuration_database_pool", "Connections of this process", labels=["state"])
    stats = pool.get_stats()
    for state in ("pool_size", "pool_available", "requests_waiting"):
        family.add_metric([state], stats.get(state, 0))
    yield family


REGISTRY.register(FromDatabase())
