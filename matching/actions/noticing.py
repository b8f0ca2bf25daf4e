"""Look at what changed in the market: series that stay quiet go on where they stood, the others are read whole."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from config.wake import wake
from matching.episodes import QUIET, Episode, episodes
from matching.models import Series, Spike
from matching.observations import Counts, tables
from matching.queries.market import Name, counts_of, last_day, name_of
from matching.resume import Memory, by_age, remembered, resume, usable
from matching.spikes import detect

LOST_EVIDENCE = "A correction of the observations took its evidence away."
SEEN = ["onset_on", "last_on", "level", "strength", "peak_strength", "evidence"]
BATCH = 5_000
KEEP = """
UPDATE matching_series AS series SET memory = new.memory, memory_on = new.memory_on, last_on = new.last_on,
    changed_at = NULL, changed_from_on = NULL, noticed_at = %s
FROM unnest(%s::bigint[], %s::bytea[], %s::date[], %s::date[]) AS new(id, memory, memory_on, last_on)
WHERE series.id = new.id
"""
Kept = tuple[int, bytes | None, date | None, date | None]


def notice(now: datetime) -> dict[str, int]:
    """Run the detector over every series that has changed; keep the surges that it finds with their evidence.

    Batch by batch, each one transaction: signals are consumed, remembered and answered together or not at all.
    The same observations always give the same surges, and no day after `now` is looked at.
    """
    looked_at = surges = 0
    while found := _notice_batch(now):
        looked_at, surges = looked_at + found[0], surges + found[1]
    if looked_at:
        wake("console")
    return {"series": looked_at, "surges": surges}


@transaction.atomic
def _notice_batch(now: datetime) -> tuple[int, int] | None:
    """How many series were looked at, and how many surges they show; None when none has changed."""
    rows = (
        Series.objects.changed().select_for_update(skip_locked=True, no_key=True).order_by("changed_at", "pk")
    )
    changed = {name_of(series): series for series in rows[:BATCH]}
    if not changed:
        return None
    until = last_day(now)
    kept = _go_on(changed, until)
    closely = [series for name, series in changed.items() if name not in kept]
    found: dict[tuple[Name, date], Episode] = {}
    if closely:
        counts = counts_of(map(name_of, closely), until=until)
        found = _surges(counts)
        _keep(found, now)
        _drop_unfounded(closely, found, now)
        kept |= _read_whole(closely, counts)
    _keep_memories(kept.values(), now)
    return len(changed), len(found)


def _go_on(changed: Mapping[Name, Series], until: date) -> dict[Name, Kept]:
    """What is remembered of the series that go on where they stood, and stay quiet in every sense."""
    names = {_text(name): name for name in changed}
    known = _memories(changed)
    _leave_out_the_loud(known, names)
    days = _days_after(known, names, until)
    told = resume(days)
    return {
        names[text]: (changed[names[text]].pk, memory.data, memory.on, counts.last_on)
        for text, (before, counts) in days.items()
        if text not in told.loud and (memory := told.memories.get(text, before))
    }


def _memories(changed: Mapping[Name, Series]) -> dict[str, Memory]:
    """Of the series of which nothing has changed up to the day through which is remembered."""
    return {
        _text(name): Memory(series.memory_on, bytes(series.memory))
        for name, series in changed.items()
        if series.memory and series.memory_on and _begins_after(series, series.memory_on)
    }


def _days_after(
    known: Mapping[str, Memory], names: Mapping[str, Name], until: date
) -> dict[str, tuple[Memory, Counts]]:
    days: dict[str, tuple[Memory, Counts]] = {}
    for on, texts in by_age(known).items():
        counts = counts_of([names[text] for text in texts], until=until, after=on)
        given = {text: usable(counts[names[text]], known[text]) for text in texts if names[text] in counts}
        days |= {text: (known[text], found) for text, found in given.items() if found}
    return days


def _begins_after(series: Series, on: date) -> bool:
    """Whether nothing has changed up to this day."""
    return series.changed_from_on is not None and series.changed_from_on > on


def _leave_out_the_loud(known: dict[str, Memory], names: Mapping[str, Name]) -> None:
    """Series with a surge that the days to be read again could make longer, shorter or undone."""
    if not known:
        return
    oldest = min(memory.on for memory in known.values()) - QUIET
    products = {names[text][0] for text in known}
    for spike in Spike.objects.filter(product_id__in=products, last_on__gte=oldest):
        memory = known.get(_text(name_of(spike)))
        if memory and spike.last_on >= memory.on - QUIET:
            del known[_text(name_of(spike))]


def _read_whole(closely: Iterable[Series], counts: Mapping[Name, Counts]) -> dict[Name, Kept]:
    memories = remembered({_text(name): found for name, found in counts.items()})
    kept: dict[Name, Kept] = {}
    for series in closely:
        name = name_of(series)
        memory, last_on = memories.get(_text(name)), counts[name].last_on if name in counts else None
        kept[name] = series.pk, memory and memory.data, memory and memory.on, last_on
    return kept


def _keep_memories(rows: Iterable[Kept], now: datetime) -> None:
    columns: list[list[Any]] = [list(column) for column in zip(*rows, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(KEEP, [now, *columns])


def _text(name: Name) -> str:
    product, market, source = name
    return f"{product}/{market}/{source}"


def _surges(counts: dict[Name, Counts]) -> dict[tuple[Name, date], Episode]:
    names = {_text(name): name for name in counts}
    markets = {text: market for text, (_, market, _) in names.items()}
    rows = {_text(name): found for name, found in counts.items()}
    alarms = [alarm for table in tables(rows, markets) for alarm in detect(table)]
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
    Spike.objects.filter(pk__in=gone).update(dismissed_at=now, dismissal_reason=LOST_EVIDENCE, is_real=False)
