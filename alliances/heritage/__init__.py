"""What remains of an alliance: what its firms did, how long tasks took, what was learned. Pure."""

from alliances.heritage.conduct import (
    Asked,
    Done,
    conduct_of,
    conduct_of_leavers,
    conduct_of_unsigned,
    looked_at,
    scope_of,
)
from alliances.heritage.durations import ENOUGH, Change, Estimate, Seen, changes, estimate
from alliances.heritage.lessons import Life, Sentence, Step, lessons, longest_chain

__all__ = [
    "ENOUGH",
    "Asked",
    "Change",
    "Done",
    "Estimate",
    "Life",
    "Seen",
    "Sentence",
    "Step",
    "changes",
    "conduct_of",
    "conduct_of_leavers",
    "conduct_of_unsigned",
    "estimate",
    "lessons",
    "longest_chain",
    "looked_at",
    "scope_of",
]
