"""Notice a surge of demand, day by day and without looking ahead. Pure: counts in, alarms out."""

from matching.spikes.batch import Alarm, Observations, detect
from matching.spikes.counts import Counts
from matching.spikes.memory import packed, unpacked
from matching.spikes.settings import DAILY, DEFAULTS, FIVE_MINUTES, GRAINS, HOURLY, Settings
from matching.spikes.state import Basis, State
from matching.spikes.step import Reading, read, step

__all__ = [
    "DAILY",
    "DEFAULTS",
    "FIVE_MINUTES",
    "GRAINS",
    "HOURLY",
    "Alarm",
    "Basis",
    "Counts",
    "Observations",
    "Reading",
    "Settings",
    "State",
    "detect",
    "packed",
    "read",
    "step",
    "unpacked",
]
