"""What the detector may be told: lengths in steps (days, hours or five minutes), limits and thresholds."""

from dataclasses import dataclass
from datetime import timedelta

CODES_A_UNIT = 32
"""One unit of surprise (a natural logarithm of a likelihood ratio) is kept as this many codes of a byte."""


@dataclass(frozen=True, slots=True)
class Settings:
    """A detector's constants; the defaults are fitted on public daily sales (docs/spikes.md).

    `windows`: over how many steps surprise is summed. `lag`: after how many steps a value may be learned.
    `memory`: steps that the baseline remembers. `season`: slots a season, of `season_shift` steps each.
    `roughness`: size of the negative binomial, variance = mean + mean**2 / roughness. `cap`: the most that
    one step may add to the evidence. `warm_up`: steps before the first alarm. `crowding`: units a buyer above
    this multiple of the usual count as fewer buyers. `watch`: the least strength that fires. `slack`, `bet`,
    `stake`, `run_length`: of the confirmed level; see `confirm`.
    """

    step: timedelta = timedelta(days=1)
    windows: tuple[int, ...] = (3, 5, 8)
    lag: int = 8
    memory: float = 60.0
    season: int = 7
    season_shift: int = 1
    roughness: float = 8.0
    cap: float = 3.0
    warm_up: int = 28
    crowding: float = 3.0
    watch: float = 3.4
    slack: float = 1.0
    bet: float = 0.8
    stake: float = 6.0
    run_length: float = 1000.0

    @property
    def longest(self) -> int:
        """The longest window, in steps."""
        return max(self.windows)


DEFAULTS = DAILY = Settings()
HOURLY = Settings(
    step=timedelta(hours=1), windows=(3, 6, 12), lag=12, memory=24 * 14.0, season=24, warm_up=72
)
FIVE_MINUTES = Settings(
    step=timedelta(minutes=5),
    windows=(3, 6, 12),
    lag=12,
    memory=288 * 3.0,
    season=24,
    season_shift=12,
    warm_up=288,
)
GRAINS = {"day": DAILY, "hour": HOURLY, "5min": FIVE_MINUTES}
