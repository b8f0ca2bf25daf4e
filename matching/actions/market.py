"""Look at what changed in the market, and set surges aside that are none."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from config.rows import Actor, Missing, Refused, claim
from config.wake import wake
from matching.episodes import Episode, episodes
from matching.models import Series, Spike
from matching.observations import Counts, tables
from matching.queries.market import Name, counts_of, name_of
from matching.spikes import detect

LOST_EVIDENCE = "A correction of the observations took its evidence away."
SEEN = ["onset_on", "last_on", "level", "strength", "peak_strength", "evidence"]


@transaction.atomic
def notice(now: datetime) -> dict[str, int]:
    """Run the detector over every series that has changed; keep the surges that it finds with their evidence.

    The same observations always give the same surges, and no day after `now` is looked at.
    """
    changed = list(Series.objects.changed().select_for_update(skip_locked=True, no_key=True).order_by("pk"))
    if not changed:
        return {"series": 0, "surges": 0}
    counts = counts_of(map(name_of, changed), until=now.date() + timedelta(days=1))
    found = _surges(counts)
    _keep(found, now)
    _drop_unfounded(changed, found, now)
    for series in changed:
        series.changed_at, series.noticed_at = None, now
        series.last_on = counts[name_of(series)].last_on if name_of(series) in counts else None
    Series.objects.bulk_update(changed, ["changed_at", "noticed_at", "last_on"])
    wake("console")
    return {"series": len(changed), "surges": len(found)}


def _surges(counts: dict[Name, Counts]) -> dict[tuple[Name, date], Episode]:
    names = {f"{product}/{market}/{source}": (product, market, source) for product, market, source in counts}
    texts = {name: text for text, name in names.items()}
    alarms = [
        alarm
        for table in tables({texts[name]: rows for name, rows in counts.items()})
        for alarm in detect(table)
    ]
    alarms.sort(key=lambda alarm: (alarm.on, alarm.series))
    return {(names[episode.series], episode.first_on): episode for episode in episodes(alarms)}


def _keep(found: dict[tuple[Name, date], Episode], now: datetime) -> None:
    rows = [
        Spike(
            product_id=product,
            market=market,
            source=source,
            level=episode.level,
            onset_on=episode.onset_on,
            first_on=first_on,
            last_on=episode.last_on,
            strength=episode.strength,
            peak_strength=episode.peak_strength,
            evidence=episode.evidence,
            noticed_at=now,
        )
        for ((product, market, source), first_on), episode in found.items()
    ]
    Spike.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["product", "market", "source", "first_on"],
        update_fields=SEEN,
    )


def _drop_unfounded(changed: list[Series], found: dict[tuple[Name, date], Episode], now: datetime) -> None:
    """Surges that nobody has answered and that the corrected observations no longer show."""
    names = {name_of(series) for series in changed}
    open_ones = Spike.objects.filter(
        product_id__in={name[0] for name in names}, answered_at=None, dismissed_at=None
    )
    gone = [
        spike.pk
        for spike in open_ones
        if name_of(spike) in names and (name_of(spike), spike.first_on) not in found
    ]
    Spike.objects.filter(pk__in=gone).update(dismissed_at=now, dismissal_reason=LOST_EVIDENCE)


@transaction.atomic
def dismiss_spike(actor: Actor, spike_id: int, *, reason: str, now: datetime) -> None:
    """An operator says that a surge is none, and why. Raises Refused when it was answered already."""
    if not actor.is_operator or not Spike.objects.filter(pk=spike_id).exists():
        raise Missing()
    if not reason.strip():
        raise Refused("no_reason", _("Say why."))
    open_ones = Spike.objects.filter(pk=spike_id, answered_at=None, dismissed_at=None)
    if not claim(
        open_ones, dismissed_at=now, dismissed_by_id=actor.user_id, dismissal_reason=reason.strip()[:400]
    ):
        raise Refused("spike_closed", _("This surge was answered or dismissed already."))
    wake("console")
