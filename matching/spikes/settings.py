"""What the detector may be told: lengths in steps (days, hours or five minutes), limits and thresholds."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

CODES_A_UNIT = 32
"""One unit of surprise (a natural logarithm of a likelihood ratio) is kept as this many codes of a byte."""
WITHOUT_DAILY_RULES: dict[str, Any] = {"many": 0.0, "wild": 0.0, "jump": 0.0, "hold": 0, "going_on": 0.0}
"""What was fitted on people counted by the day, and makes other counts and grains worse (docs/spikes.md)."""


@dataclass(frozen=True, slots=True)
class Settings:
    """A detector's constants; the defaults are fitted on public daily sales (docs/spikes.md).

    `windows`: over how many steps surprise is summed. `lag`: after how many steps a value may be learned, at
    least the longest window. `memory`: steps that the baseline remembers. `season`: slots a season, of
    `season_shift` steps each. `roughness`: variance beyond Poisson, as a share of the squared mean, that a
    series has until seen otherwise; `doubt`: how hard it is to convince of otherwise. `lift`: multiple of the
    expected count that is no surprise yet. `cap`: the most that one step may add to the evidence. `wild`: a
    series varies so much more than it is known to, as variance beyond Poisson over the squared mean, that it
    takes a step more to be surprised by it. `jump`: a step counts in part when it lies this far above four
    times the one before, in square roots, until the next one shows whether it lasts. `collapse`: a step is
    forgotten when the next one's count lies this far below half of it. `hold`: so many steps of a surge are
    not learned at most. `going_on`: the least surprise of a step on which an alarm goes on. `many`: what
    `lift` grows by where many are sold. `crowding`: units a buyer above this multiple of the usual count as
    fewer buyers. `evenness`: least variance, as a multiple of Poisson's, of a surge of units that may be
    people. `warm_up`: steps before the first alarm.
    `watch`: the least strength that fires. `slack`, `bet`, `stake`, `run_length`: see `confirm`.
    """

    step: timedelta = timedelta(days=1)
    windows: tuple[int, ...] = (3, 5, 8)
    lag: int = 8
    memory: float = 60.0
    season: int = 7
    season_shift: int = 1
    roughness: float = 0.125
    doubt: float = 8.0
    lift: float = 1.1
    many: float = 0.3
    cap: float = 2.7
    wild: float = 0.3
    jump: float = 1.0
    collapse: float = 1.4
    hold: int = 21
    going_on: float = 0.5
    crowding: float = 1.75
    evenness: float = 0.0
    warm_up: int = 28
    watch: float = 2.9
    slack: float = 0.5
    bet: float = 0.9
    stake: float = 10.0
    run_length: float = 1000.0

    @property
    def longest(self) -> int:
        """The longest window, in steps."""
        return max(self.windows)

    def knowing(self, basis: str) -> "Settings":
        """With units alone: longer persistence in place of counted people, and nothing machine-like."""
        if basis != "units":
            return self
        return replace(self, roughness=0.3, cap=1.5, evenness=0.5, watch=2.1, **WITHOUT_DAILY_RULES)


DEFAULTS = DAILY = Settings()
HOURLY = Settings(
    step=timedelta(hours=1),
    windows=(3, 6, 12),
    lag=12,
    memory=24 * 14.0,
    season=24,
    **WITHOUT_DAILY_RULES,
    warm_up=72,
)
FIVE_MINUTES = Settings(
    step=timedelta(minutes=5),
    windows=(3, 6, 12),
    lag=12,
    memory=288 * 3.0,
    season=24,
    season_shift=12,
    lift=1.5,
    **WITHOUT_DAILY_RULES,
    warm_up=288,
)
GRAINS = {"day": DAILY, "hour": HOURLY, "5min": FIVE_MINUTES}
