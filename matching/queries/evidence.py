"""What speaks for a surge: the kinds of sources that show it, and how past alarms and forecasts turned out."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Avg, Count, F, Q, QuerySet

from matching.confidence import KINDS, Record, confidence
from matching.demand import Calibration
from matching.demand.calibration import HIGH, LOW
from matching.models import Foretold, Spike

NEAR = timedelta(days=21)
"""Surges of one product and market that lie no further apart are one and the same."""
REMEMBERED = 500
"""So many past forecasts tell how wide the next one has to be."""
_REAL = Count("pk", filter=Q(is_real=True))


@dataclass(frozen=True, slots=True)
class TrackRecord:
    """How alarms of one level turned out: judged two weeks later, or set aside by a person."""

    level: str
    judged: int
    real: int
    days_late: float | None


def agreeing(spike: Spike) -> dict[str, Spike]:
    """The latest surge of each kind of source near this one, itself included; those set aside do not count."""
    rows = Spike.objects.filter(
        product_id=spike.product_id,
        market=spike.market,
        first_on__lte=spike.last_on + NEAR,
        last_on__gte=spike.first_on - NEAR,
        dismissed_at=None,
    ).order_by("first_on")
    found = {row.source: row for row in rows} | {spike.source: spike}
    return {kind: found[kind] for kind in KINDS if kind in found}


def told_by(spike: Spike) -> Spike:
    """The surge whose units are asked for: that of the orders if they have risen too, else customs, else its own."""
    return next(iter(agreeing(spike).values()))


def records() -> dict[tuple[str, str], Record]:
    """How past alarms turned out, by level and kind of source."""
    return {
        (row["level"], row["source"]): Record(row["judged"], row["real"])
        for row in _judged().values("level", "source").annotate(judged=Count("pk"), real=_REAL)
    }


def sureness(levels: dict[str, str]) -> float:
    """Probability that a surge is real, from its level by kind of source and the record of past alarms."""
    return confidence(levels, records())


def track_record() -> list[TrackRecord]:
    """How past alarms turned out, by level; nothing for a level of which none was judged."""
    rows = (
        _judged()
        .values("level")
        .annotate(judged=Count("pk"), real=_REAL, late=Avg("days_late"))
        .order_by("level")
    )
    return [TrackRecord(row["level"], row["judged"], row["real"], row["late"]) for row in rows]


def _judged() -> QuerySet[Spike]:
    return Spike.objects.filter(is_real__isnull=False).order_by()


def cover() -> tuple[int, int]:
    """Of how many past forecasts the units that came lay in the 90 % interval, and how many are known."""
    known = Foretold.objects.filter(came__isnull=False)
    return known.filter(came__gte=F("low"), came__lte=F("high")).count(), known.count()


def widening() -> float:
    """Factor for the intervals of the next forecast, learned from the latest ones whose outcome is known."""
    known = Foretold.objects.filter(came__isnull=False).order_by("-made_on", "-pk")[:REMEMBERED]
    learned = Calibration()
    for row in reversed(known):
        learned = learned.learned({LOW: row.low, HIGH: row.high}, row.came or 0.0)
    return learned.widening
