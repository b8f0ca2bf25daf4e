"""How sure is a surge? Kinds of sources that agree make it surer than one alone. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod

KINDS = ("orders", "customs", "social")
"""Kinds of sources that err independently; for the units that are wanted, the first that has risen is asked."""
PRIOR: Mapping[str, tuple[int, int]] = {"watch": (9, 10), "confirmed": (49, 50)}
"""Alarms that were real, of how many, on public sales (docs/spikes.md): what is believed before any was judged."""


@dataclass(frozen=True, slots=True)
class Record:
    """Past alarms of a level and kind of source: how many were judged, and how many of them were real."""

    judged: int = 0
    real: int = 0


def share_real(level: str, record: Record) -> float:
    """How many of such alarms are real: the platform's own record, beginning with the public one."""
    real, judged = PRIOR[level]
    return (real + record.real) / (judged + record.judged)


def confidence(levels: Mapping[str, str], records: Mapping[tuple[str, str], Record]) -> float:
    """Probability that a surge is real, from its level by kind of source; 0 when none shows it.

    It is none only if every kind errs, and kinds are taken to err independently. `records` by (level, kind).
    """
    wrong = (1 - share_real(level, records.get((level, kind), Record())) for kind, level in levels.items())
    return 1 - prod(wrong) if levels else 0.0
