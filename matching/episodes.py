"""Alarms of following days are one surge. Pure, and without looking ahead: more days only add to its end."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from matching.spikes import Alarm

QUIET = timedelta(days=8)
"""As long as the detector's longest window: an alarm after a longer silence is another surge."""


@dataclass(frozen=True, slots=True)
class Episode:
    """One surge of one series."""

    series: str
    onset_on: date  # when the counts began to rise
    first_on: date  # first day on which the detector fired
    last_on: date  # last day on which it did
    level: Literal["watch", "confirmed"]  # the highest that it reached
    strength: float  # on the last day
    peak_strength: float
    evidence: dict[str, Any]  # of the last day; with the number of days that fired


def episodes(alarms: Iterable[Alarm]) -> list[Episode]:
    """Surges by series, in the order of their first day; the alarms come in the order of their days."""
    runs: list[list[Alarm]] = []
    latest: dict[str, list[Alarm]] = {}
    for alarm in alarms:
        run = latest.get(alarm.series)
        if run is None or alarm.on - run[-1].on > QUIET:
            run = latest[alarm.series] = []
            runs.append(run)
        run.append(alarm)
    return [_episode(run) for run in runs]


def _episode(run: list[Alarm]) -> Episode:
    first, last = run[0], run[-1]
    confirmed = [alarm.on for alarm in run if alarm.level == "confirmed"]
    evidence = {**last.evidence, "alarm_days": len(run), "as_of": last.on.isoformat()}
    if confirmed:
        evidence["confirmed_on"] = confirmed[0].isoformat()
    return Episode(
        series=last.series,
        onset_on=date.fromisoformat(first.evidence["onset_on"]),
        first_on=first.on,
        last_on=last.on,
        level="confirmed" if confirmed else "watch",
        strength=last.strength,
        peak_strength=max(alarm.strength for alarm in run),
        evidence=evidence,
    )
