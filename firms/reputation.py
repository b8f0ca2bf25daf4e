"""What does a firm's conduct in alliances say about it? From what it did, and from nothing else.

The rule is the beta reputation of A. Jøsang and R. Ismail, "The Beta Reputation System" (Bled Electronic Commerce
Conference, 2002): deeds are evidence, good or bad, and the share of good deeds to come is Beta-distributed. The
prior has the mean 0.6, with the weight of two imagined deeds for one competency and of ten for the standing of the
whole firm: no history is no blemish, one slip ruins nobody, and no single good deed makes a thousand.
Old deeds are forgotten at once and not by halves, so that each line of the account either counts or does not:
after two years, or when a hundred newer ones of the same competency and dimension are there. Of one alliance ten
such lines count at most, the worst first: no alliance, however busy, hides what went wrong in it or before it.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

PRIOR_MEAN = 0.6
PRIOR_OF_ONE = 2.0  # imagined deeds before a competency's first one
PRIOR_OF_ALL = 10.0  # imagined deeds before a firm's first one
SCALE = 1000
KEPT_FOR = timedelta(days=730)
NEWEST = 100
MOST_OF_ONE = 10  # lines of one alliance, competency and dimension; a role has fewer tasks than that
CREDIBLE = 0.90  # the probability that the share of good deeds lies in the interval shown
APPEAL_ANSWERED_IN = timedelta(days=14)
_STEPS = 60  # halvings of the interval in which a quantile is looked for
_TERMS = 500  # of the continued fraction, at most


class Dimension(StrEnum):
    """What is observed."""

    ON_TIME = "on_time"
    QUALITY = "quality"
    ANSWERED = "answered"


class Outcome(StrEnum):
    """What a firm did."""

    KEPT = "kept"  # a task was finished in time
    LATE = "late"  # finished after its time
    BROKEN = "broken"  # overdue and never finished, left while it was in hand, or accepted and not signed for
    SOUND = "sound"  # the goods in its hands were as promised
    FAULTY = "faulty"  # damage or a shortage was reported of them, or fewer came than promised
    ANSWERED = "answered"  # an invitation was answered, by yes or no, before its time was over
    SILENT = "silent"  # it was not answered


@dataclass(frozen=True)
class Weight:
    """How much evidence an outcome is, for and against."""

    dimension: Dimension
    good: float
    bad: float


WEIGHTS = {
    Outcome.KEPT: Weight(Dimension.ON_TIME, 1, 0),
    Outcome.LATE: Weight(Dimension.ON_TIME, 0.5, 0.5),
    Outcome.BROKEN: Weight(Dimension.ON_TIME, 0, 3),  # others had counted on it
    Outcome.SOUND: Weight(Dimension.QUALITY, 1, 0),
    Outcome.FAULTY: Weight(Dimension.QUALITY, 0, 1),
    Outcome.ANSWERED: Weight(Dimension.ANSWERED, 0.5, 0),  # an answer costs less than a task
    Outcome.SILENT: Weight(Dimension.ANSWERED, 0, 0.5),
}


@dataclass(frozen=True)
class Conduct:
    """Something that a firm did in an alliance, as it is to be filed."""

    firm_id: int
    slot: str  # the role in which it acted, such as "maker" or "listing:de"
    scope: str  # what the role was about: a product heading, or the markets
    outcome: Outcome
    subject: str  # which task or invitation; with the outcome's dimension it is filed once
    title: str  # what it was, in English
    at: datetime
    share: float = 1.0  # of a faulty outcome: how much of it was faulty

    @property
    def dimension(self) -> Dimension:
        return WEIGHTS[self.outcome].dimension

    @property
    def evidence(self) -> tuple[float, float]:
        """For and against; what was partly faulty counts on both sides."""
        weight = WEIGHTS[self.outcome]
        if self.outcome is Outcome.FAULTY:
            return 1 - self.share, self.share
        return weight.good, weight.bad


@dataclass(frozen=True)
class Deed:
    """A line of a firm's account, as far as it decides over its reputation."""

    id: int
    slot: str
    scope: str
    dimension: str
    outcome: str
    good: float
    bad: float
    at: datetime
    alliance: UUID | None = None  # None: from before single deeds were kept


@dataclass(frozen=True)
class Figure:
    """The share of good deeds to expect: its mean, the interval that holds it with 90 %, and on what it rests."""

    mean: float
    low: float
    high: float
    observations: int


def counted(deeds: Iterable[Deed], now: datetime) -> list[Deed]:
    """Those that still count, newest first."""
    found: list[Deed] = []
    seen: Counter[tuple[str, str, str]] = Counter()
    fresh = [deed for deed in deeds if now - deed.at < KEPT_FOR]
    for deed in sorted(_weightiest(fresh), key=_age, reverse=True):
        key = (deed.slot, deed.scope, deed.dimension)
        if seen[key] < NEWEST:
            seen[key] += 1
            found.append(deed)
    return found


def _age(deed: Deed) -> tuple[datetime, int]:
    return deed.at, deed.id


def _weightiest(deeds: Iterable[Deed]) -> Iterator[Deed]:
    """Of each alliance and dimension those that count: the worst, and of the others the newest."""
    groups: dict[tuple[str, ...], list[Deed]] = defaultdict(list)
    for deed in deeds:
        groups[str(deed.alliance or deed.id), deed.slot, deed.scope, deed.dimension].append(deed)
    for rows in groups.values():
        yield from sorted(rows, key=lambda deed: (deed.bad, *_age(deed)), reverse=True)[:MOST_OF_ONE]


def figure(deeds: Iterable[Deed]) -> Figure:
    """What these deeds of one competency let expect."""
    rows = list(deeds)
    good = PRIOR_MEAN * PRIOR_OF_ONE + sum(deed.good for deed in rows)
    bad = (1 - PRIOR_MEAN) * PRIOR_OF_ONE + sum(deed.bad for deed in rows)
    tail = (1 - CREDIBLE) / 2
    return Figure(good / (good + bad), quantile(tail, good, bad), quantile(1 - tail, good, bad), len(rows))


def by_competency(deeds: Iterable[Deed]) -> dict[tuple[str, str], dict[str, Figure]]:
    """The figures of each competency (slot, scope) by dimension, in the order of their names."""
    groups: dict[tuple[str, str], dict[str, list[Deed]]] = defaultdict(lambda: defaultdict(list))
    for deed in deeds:
        groups[deed.slot, deed.scope][deed.dimension].append(deed)
    order = list(Dimension)
    return {
        name: {one.value: figure(groups[name][one]) for one in order if groups[name][one]}
        for name in sorted(groups)
    }


def standing(deeds: Iterable[Deed]) -> int:
    """The standing of the whole firm, 0 (never) to 1000 (always), rounded down: 600 without a history."""
    rows = list(deeds)
    good = PRIOR_MEAN * PRIOR_OF_ALL + sum(deed.good for deed in rows)
    total = PRIOR_OF_ALL + sum(deed.good + deed.bad for deed in rows)
    return math.floor(SCALE * good / total + 1e-9)


def until(deeds: Iterable[Deed]) -> datetime | None:
    """When the first of these stops to count."""
    oldest = min((deed.at for deed in deeds), default=None)
    return oldest + KEPT_FOR if oldest else None


def quantile(share: float, good: float, bad: float) -> float:
    """The value below which a Beta(good, bad) lies with this probability, by halving."""
    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if cumulative(middle, good, bad) < share:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def cumulative(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function: the probability that a Beta(a, b) is at most `x`."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):  # there the fraction of the other tail converges fast
        return 1 - cumulative(1 - x, b, a)
    log_front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    return math.exp(log_front) * _fraction(x, a, b) / a


def _fraction(x: float, a: float, b: float) -> float:
    """Lentz's method for the continued fraction (W. Press et al., Numerical Recipes, 3rd edition, 6.4)."""
    tiny = 1e-300
    c, d = 1.0, 1 / _not_zero(1 - (a + b) * x / (a + 1), tiny)
    value = d
    for m in range(1, _TERMS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for part in (even, odd):
            d = 1 / _not_zero(1 + part * d, tiny)
            c = _not_zero(1 + part / c, tiny)
            value *= c * d
        if abs(c * d - 1) < 1e-12:
            break
    return value


def _not_zero(value: float, tiny: float) -> float:
    return value if abs(value) > tiny else tiny
