"""What this process counts, for /metrics. Rooms count here; nothing in it names a firm, a person or an alliance."""

from dataclasses import dataclass

from prometheus_client import Counter, Gauge, Histogram

QUICK = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

REQUESTS = Histogram(
    "murmuration_request_seconds",
    "Requests answered, by room, method and kind of status",
    ["room", "method", "status"],
    buckets=(0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0),
)
SOCKETS = Gauge("murmuration_sockets", "Sockets that are let in, by what they follow", ["kind"])
SOCKETS_CLOSED = Counter("murmuration_sockets_closed", "Sockets closed by the server, by code", ["code"])
REPLAYS = Counter("murmuration_replays", "Clients brought up to date, by where it came from", ["source"])
RESYNCS = Counter("murmuration_resyncs", "Sockets that fell behind and were brought up to date again")
WAKE_SECONDS = Histogram(
    "murmuration_wake_seconds", "From the commit until another process heard of it", buckets=QUICK
)
WAKES_LOST = Counter("murmuration_wakes_lost", "Wakes that could not be sent")
RELAY_SECONDS = Histogram(
    "murmuration_relay_seconds", "From hearing of an event until it was given to the sockets", buckets=QUICK
)
ROUNDS = Counter(
    "murmuration_rounds", "Periodic jobs done in this process, by job and outcome", ["job", "outcome"]
)
RECONCILED = Counter(
    "murmuration_rounds_reconciled", "Periodic jobs done because nobody else did them", ["job"]
)


@dataclass(frozen=True)
class Counts:
    """What this process has counted since its start; milliseconds are means."""

    sockets: dict[str, int]
    replays: int
    resyncs: int
    wakes_lost: int
    wake_ms: float
    relay_ms: float


def counts() -> Counts:
    """The counts that operators look at."""
    return Counts(
        sockets={labels["kind"]: int(value) for labels, value in _samples(SOCKETS)},
        replays=_total(REPLAYS),
        resyncs=_total(RESYNCS),
        wakes_lost=_total(WAKES_LOST),
        wake_ms=_mean_ms(WAKE_SECONDS),
        relay_ms=_mean_ms(RELAY_SECONDS),
    )


def _samples(meter: Counter | Gauge | Histogram, ending: str = "") -> list[tuple[dict[str, str], float]]:
    return [
        (sample.labels, sample.value)
        for family in meter.collect()
        for sample in family.samples
        if sample.name == family.name + ending
    ]


def _total(counter: Counter) -> int:
    return int(sum(value for _, value in _samples(counter, "_total")))


def _mean_ms(histogram: Histogram) -> float:
    (_, count), (_, seconds) = _samples(histogram, "_count")[0], _samples(histogram, "_sum")[0]
    return 1000 * seconds / count if count else 0.0
