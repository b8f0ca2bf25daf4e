"""How far may a firm be trusted? 0 to 1000, from what it did in alliances, and nothing else.

A promise is a task or a delivery that the firm had signed for. One kept in time counts as 1, one kept late as
1/2, a broken one as 0 with the weight of three. To them come ten imagined promises of which six were kept, so
that a firm without a history stands at 600, one slip does not ruin it, and no single good deed makes 1000.
"""

from dataclasses import dataclass

SCALE = 1000
PRIOR_PROMISES = 10
PRIOR_KEPT = 6
WEIGHT_OF_BROKEN = 3


@dataclass(frozen=True)
class History:
    """How many promises a firm kept in time, kept late, and broke. None is negative."""

    kept: int = 0
    late: int = 0
    broken: int = 0

    @property
    def promises(self) -> int:
        return self.kept + self.late + self.broken


def trust(history: History) -> int:
    """Return the standing, from 0 (never) to 1000 (always), rounded down."""
    halves_kept = 2 * (PRIOR_KEPT + history.kept) + history.late
    weight = PRIOR_PROMISES + history.kept + history.late + WEIGHT_OF_BROKEN * history.broken
    return SCALE * halves_kept // (2 * weight)
