"""What was foretold is renewed day by day and held against what came; alarms are judged once their days have passed."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef, Q, Subquery

from config.wake import wake
from matching.characterise import beyond_usual, characterise, usual
from matching.models import Foretold, Opportunity, OpportunityMarket, Series, Spike
from matching.observations import Counts
from matching.queries.evidence import told_by, widening
from matching.queries.market import Name, counts_of, last_day, name_of, scale_of
from matching.verdict import RIPE_DAYS, judge

AT_ONCE = 200
FORETOLD_DAYS = 14
ALIVE = (*Opportunity.UNDECIDED, Opportunity.State.APPROVED)
P = {"low": 0.05, "likely": 0.5, "high": 0.95}


def look_back(now: datetime) -> None:
    """Renew forecasts, learn from those whose days have passed, and judge past alarms; each its own transaction."""
    learn_from_forecasts(now)
    renew_forecasts(now)
    judge_alarms(now)


@transaction.atomic
def renew_forecasts(now: datetime) -> int:
    """Forecast anew for the markets of living opportunities that have further days; returns how many."""
    here = {"product": OuterRef("opportunity__product"), "market": OuterRef("market")}
    last = Series.objects.filter(**here).order_by().values("market").annotate(on=Max("last_on")).values("on")
    answered = Spike.objects.answered().filter(**here)
    rows = (
        OpportunityMarket.objects.filter(opportunity__state__in=ALIVE, opportunity__until_at__gt=now)
        .annotate(seen_on=Subquery(last))
        .filter(
            Exists(answered), Q(forecast_on=None) | Q(seen_on__gt=F("forecast_on")), seen_on__isnull=False
        )
        .select_related("opportunity")
        .select_for_update(skip_locked=True, no_key=True, of=("self",))
    )
    found, wide = list(rows[:AT_ONCE]), widening()
    for row in found:
        _renew(row, now, wide)
        row.forecast_on = row.seen_on
    if found:
        OpportunityMarket.objects.bulk_update(found, ["forecast_on", "quantiles", "survival"])
        wake("console")
    return len(found)


def _renew(row: OpportunityMarket, now: datetime, wide: float) -> None:
    """Put the present forecast into the row; it stays as it is when the surge is not in the observations."""
    here = {"product_id": row.opportunity.product_id, "market": row.market}
    answered = Spike.objects.answered().filter(**here)
    spike = told_by(answered.order_by("-first_on", "-pk")[0])
    name = name_of(spike)
    counts = counts_of([name], until=last_day(now)).get(name)
    if counts is None or not counts.first_on <= spike.onset_on <= counts.last_on:
        return
    wanted = characterise(counts, spike.onset_on, scale=scale_of(spike.source), widening=wide)
    row.quantiles = {str(days): list(units) for days, units in wanted.quantiles.items()}
    row.survival = list(wanted.survival)
    _foretell(name, counts, spike, wide)


def _foretell(name: Name, counts: Counts, spike: Spike, wide: float) -> None:
    product, market, source = name
    told = beyond_usual(counts, spike.onset_on, widening=wide).over(FORETOLD_DAYS)
    series = Series.objects.filter(product_id=product, market=market, source=source).first()
    if series is not None:
        row = Foretold(
            series=series,
            onset_on=spike.onset_on,
            made_on=counts.last_on,
            days=FORETOLD_DAYS,
            **{field: told[p] for field, p in P.items()},
        )
        Foretold.objects.bulk_create([row], ignore_conflicts=True)


@transaction.atomic
def learn_from_forecasts(now: datetime) -> int:
    """Write down what came of the forecasts whose days have passed; returns how many."""
    ripe = Foretold.objects.filter(
        came=None, days=FORETOLD_DAYS, series__last_on__gte=F("made_on") + timedelta(days=FORETOLD_DAYS)
    ).select_related("series")
    rows = list(
        ripe.select_for_update(skip_locked=True, no_key=True, of=("self",)).order_by("made_on")[:AT_ONCE]
    )
    counts = _counts((row.series for row in rows), now)
    for row in rows:
        row.came = _came(row, counts[name_of(row.series)])
    return Foretold.objects.bulk_update(rows, ["came"]) if rows else 0


def _came(row: Foretold, counts: Counts) -> float:
    onset, made = ((on - counts.first_on).days for on in (row.onset_on, row.made_on))
    level = usual(counts.units, onset)
    return sum(max(value - level, 0.0) for value in counts.units[made + 1 : made + 1 + row.days])


@transaction.atomic
def judge_alarms(now: datetime) -> int:
    """Say of each alarm that is two weeks old whether it was real and how late it came; returns how many."""
    last = Series.objects.filter(
        product=OuterRef("product"), market=OuterRef("market"), source=OuterRef("source")
    )
    ripe = (
        Spike.objects.filter(is_real=None)
        .annotate(seen_on=Subquery(last.values("last_on")[:1]))
        .filter(seen_on__gte=F("first_on") + timedelta(days=RIPE_DAYS))
    )
    rows = list(
        ripe.select_for_update(skip_locked=True, no_key=True, of=("self",)).order_by("first_on")[:AT_ONCE]
    )
    counts = _counts(rows, now)
    for row in rows:
        found = counts[name_of(row)]
        told = judge(found.watched, found.first_on, row.onset_on, row.first_on)
        row.is_real, row.days_late = told.is_real, told.days_late
    return Spike.objects.bulk_update(rows, ["is_real", "days_late"]) if rows else 0


def _counts(rows: Iterable[Series | Spike], now: datetime) -> dict[Name, Counts]:
    return counts_of(map(name_of, rows), until=last_day(now))
