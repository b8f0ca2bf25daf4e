"""One surge as an operator reads it: its chart with what was foretold, and what speaks for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from matching import chart
from matching.characterise import beyond_usual, characterise, usual
from matching.confidence import KINDS
from matching.demand import PROBABILITIES, Forecast
from matching.episodes import QUIET
from matching.models import Promotion, Series, Spike
from matching.observations import Counts
from matching.queries import evidence
from matching.queries.market import counts_of, last_day, name_of, scale_of
from matching.queries.why import Context, sentences

BEFORE_DAYS, AFTER_DAYS, FAN_DAYS = 45, 14, 28  # around a surge, in its chart
TOLD_DAYS = (14, 28, 60)
LOW, LIKELY, HIGH = (PROBABILITIES.index(p) for p in (0.05, 0.5, 0.95))
SIMILAR = 5
LEAD, LAG = timedelta(days=2), timedelta(days=7)  # around a promotion's days, a rise is its doing


@dataclass(frozen=True, slots=True)
class Wanted:
    """Units still wanted beyond the usual over so many days: likely, and nine times in ten between two."""

    days: int
    low: float
    likely: float
    high: float
    alive: float


@dataclass(frozen=True, slots=True)
class Kind:
    """What a kind of source shows of the product in the market: a surge, a series without one, or nothing."""

    name: str
    spike: Spike | None
    is_watched: bool


@dataclass(frozen=True, slots=True)
class Told:
    """Everything on the page of a surge."""

    spike: Spike
    chart: SafeString
    names: tuple[str, str]  # of the counts in the chart: units, and what is watched
    made_on: date | None
    wanted: Sequence[Wanted]
    kinds: Sequence[Kind]
    sureness: float
    why: Sequence[str]
    similar: Sequence[Spike]
    track_record: Sequence[evidence.TrackRecord]
    cover: tuple[int, int]

    @property
    def rises(self) -> int:
        """How many kinds of sources show it."""
        return sum(kind.spike is not None for kind in self.kinds)


def told(spike: Spike, now: datetime) -> Told:
    """The page of a surge, as of its last days while it runs, or as it was foretold when it last fired."""
    counts = counts_of([name_of(spike)], until=last_day(now)).get(name_of(spike))
    agreeing = evidence.agreeing(spike)
    made_on = _made_on(spike, counts)
    foretold = (
        beyond_usual(counts, spike.onset_on, until=made_on, widening=evidence.widening())
        if counts and made_on
        else None
    )
    context = Context(spike, tuple(agreeing), promotions(spike))
    return Told(
        spike=spike,
        chart=_chart(spike, counts, foretold, made_on),
        names=(_("units"), _watched_name(counts)),
        made_on=made_on,
        wanted=_wanted(foretold, scale_of(spike.source)),
        kinds=_kinds(spike, agreeing),
        sureness=evidence.sureness({kind: row.level for kind, row in agreeing.items()}),
        why=sentences(context),
        similar=similar(spike),
        track_record=evidence.track_record(),
        cover=evidence.cover(),
    )


def by_hand(spike: Spike, now: datetime) -> dict[str, Any]:
    """What the form for raising by hand begins with: what this surge promises so far."""
    counts = counts_of([name_of(spike)], until=last_day(now)).get(name_of(spike))
    made_on = _made_on(spike, counts)
    if counts is None or made_on is None:
        return {"product": spike.product.key, "market_1": str(spike.market)}
    wanted = characterise(counts, spike.onset_on, scale=scale_of(spike.source), until=made_on)
    return {
        "product": spike.product.key,
        "half_life_days": min(max(wanted.half_life_days, 1.0), 365.0),
        "market_1": str(spike.market),
        "low_1": wanted.units_p10,
        "likely_1": wanted.units_p50,
        "high_1": wanted.units_p90,
    }


def _made_on(spike: Spike, counts: Counts | None) -> date | None:
    if counts is None or not counts.first_on <= spike.onset_on <= counts.last_on:
        return None
    return counts.last_on if counts.last_on - spike.last_on <= QUIET else spike.last_on


def _wanted(foretold: Forecast | None, scale: int) -> list[Wanted]:
    if foretold is None:
        return []
    rows = [(days, foretold.fan[days - 1]) for days in TOLD_DAYS]
    return [
        Wanted(days, row[LOW] * scale, row[LIKELY] * scale, row[HIGH] * scale, foretold.alive_after(days))
        for days, row in rows
    ]


def _kinds(spike: Spike, agreeing: dict[str, Spike]) -> list[Kind]:
    watched = set(
        Series.objects.filter(product_id=spike.product_id, market=spike.market).values_list(
            "source", flat=True
        )
    )
    return [Kind(kind, agreeing.get(kind), kind in watched) for kind in KINDS]


def promotions(spike: Spike) -> list[Promotion]:
    """Promotions of the product, or of all, that were announced for the days in which the surge began."""
    rows = Promotion.objects.filter(
        market=spike.market,
        withdrawn_at=None,
        from_on__lte=spike.first_on + LEAD,
        until_on__gte=spike.onset_on - LAG,
    )
    return [row for row in rows.order_by("from_on") if row.product_id in (None, spike.product_id)]


def similar(spike: Spike) -> list[Spike]:
    """Past surges most like this one: of the product, its customs heading or chapter, then as strong."""
    rows = Spike.objects.filter(is_real__isnull=False, last_on__lt=spike.first_on).exclude(pk=spike.pk)
    found = rows.select_related("product").order_by("-first_on")[:400]
    return sorted(found, key=lambda other: _distance(spike, other))[:SIMILAR]


def _distance(spike: Spike, other: Spike) -> float:
    mine, theirs = spike.product.hs6, other.product.hs6
    same = [spike.product_id == other.product_id, bool(mine) and mine[:4] == theirs[:4]]
    kin = 3 - 2 * same[0] - same[1] if any(same) else 3 - (bool(mine) and mine[:2] == theirs[:2]) / 2
    return kin + abs(spike.peak_strength - other.peak_strength) / max(spike.peak_strength, 1e-9)


def _chart(
    spike: Spike, counts: Counts | None, foretold: Forecast | None, made_on: date | None
) -> SafeString:
    """The surge in its time, as it was counted, with what was foretold."""
    if counts is None:
        return mark_safe("")
    start = max(0, (spike.onset_on - counts.first_on).days - BEFORE_DAYS)
    after = FAN_DAYS if made_on else AFTER_DAYS
    end = min(len(counts.units), ((made_on or spike.last_on) - counts.first_on).days + 1 + after)
    as_of = date.fromisoformat(spike.evidence["as_of"])
    story = chart.Story(
        first_on=counts.first_on + timedelta(days=start),
        units=counts.units[start:end],
        watched=counts.watched[start:end],
        baseline=float(spike.evidence["baseline"]),
        window_from_on=as_of - timedelta(days=int(spike.evidence["window_days"]) - 1),
        window_until_on=as_of,
        alarm_on=spike.first_on,
        label=_("%(product)s in %(market)s, day by day, with the window of the surge")
        % {"product": spike.product, "market": spike.market},
        fan=_fan(spike, counts, foretold, made_on),
    )
    return mark_safe(chart.series(story))  # noqa: S308 - numbers and escaped labels


def _fan(spike: Spike, counts: Counts, foretold: Forecast | None, made_on: date | None) -> chart.Fan | None:
    if foretold is None or made_on is None:
        return None
    level = usual(counts.units, (spike.onset_on - counts.first_on).days)
    rows = foretold.fan[:FAN_DAYS]
    paces = [[level + row[at] / day for day, row in enumerate(rows, 1)] for at in (LOW, LIKELY, HIGH)]
    return chart.Fan(made_on, *paces)


def _watched_name(counts: Counts | None) -> str:
    if counts is None or (counts.buyers is None and counts.new_buyers is None):
        return _("units")
    return _("new buyers") if counts.new_buyers is not None else _("buyers")
