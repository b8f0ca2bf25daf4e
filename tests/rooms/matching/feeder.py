"""Feeds a market day by day and is killed at random: `python -m tests.rooms.matching.feeder KILLS SEED`.

Each child sends the day after the last one that it was told is in, as a sender would that waits for the answer, and
lets the detector look. It dies by SIGKILL after a random moment; the last one may finish.
"""

import os
import random
import signal
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import django

LONGEST_LIFE_SECONDS = 0.6


def main() -> None:
    """Live and die so many times, then once to the end."""
    kills, seed, told = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    feed = prepared(told)
    moments = random.Random(seed)
    for _ in range(kills):
        child = born(feed)
        time.sleep(moments.uniform(0.02, LONGEST_LIFE_SECONDS))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    _, status = os.waitpid(born(feed), 0)
    sys.exit(status)


def born(work: Callable[[], None]) -> int:
    child = os.fork()
    if child:
        return child
    try:
        work()
    finally:
        os._exit(0)


def prepared(told: Path) -> Callable[[], None]:
    """Models can only be imported once Django is set up, and only before the children are born."""
    from config.rows import CLOCK
    from matching import actions
    from tests.builders.firms import NOW
    from tests.builders.matching import days, surge_units

    rows = days(surge_units(), NOW.date() - timedelta(days=1))

    def feed() -> None:
        done = int(told.read_text()) if told.exists() else 0
        for day in range(done, len(rows)):
            others = [
                {**rows[day], "product": f"quiet-{n}", "units": n, "buyers": n, "new_buyers": n}
                for n in range(5)
            ]
            actions.take_in(CLOCK, [rows[day], *others], now=NOW)
            actions.notice(NOW)
            told.with_suffix(".new").write_text(str(day + 1))
            told.with_suffix(".new").replace(told)

    return feed


if __name__ == "__main__":
    main()
