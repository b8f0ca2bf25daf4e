"""What the platform notices from day to day is what `detect` finds in the file of the same observations."""

import csv
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from django.core.management import call_command

from config.rows import CLOCK
from matching import actions
from matching.episodes import QUIET
from matching.models import Series, Signal, Spike
from matching.resume import LATE_DAYS
from tests.builders.firms import NOW
from tests.builders.matching import row

DAY = timedelta(days=1)
DAYS, HISTORY = 64, 32
FIRST = (NOW - DAYS * DAY).date()
PRODUCTS = ("hats", "lamps", "mugs", "rugs")
pytestmark = pytest.mark.django_db


def observations() -> dict[str, list[dict[str, object]]]:
    """Four products: one surges, one does without counts of people, one while it is told late, one is quiet."""
    random = np.random.default_rng(8)
    means = {name: np.full(DAYS, 3.0) for name in PRODUCTS}
    means["hats"][36:42] = 25
    means["lamps"][50:60] = 30
    means["mugs"][44:50] = 14
    people = {"lamps": {"buyers": None, "new_buyers": None}}
    return {
        name: [
            row(FIRST + day * DAY, int(count), product=name, title=name, **people.get(name, {}))
            for day, count in enumerate(random.poisson(mean))
        ]
        for name, mean in means.items()
    }


def live(rows: dict[str, list[dict[str, object]]]) -> None:
    """Each day is told on the next one and noticed; mugs come three days late, the newest first."""
    past = [row for name in PRODUCTS for row in rows[name][:HISTORY]]
    actions.take_in(CLOCK, past, now=NOW - (DAYS - HISTORY) * DAY)
    for day in range(HISTORY, DAYS):
        batch = [rows[name][day] for name in ("hats", "lamps", "rugs")]
        if day % 4 == 3:
            batch += rows["mugs"][day - 3 : day + 1][::-1]
        now = NOW - (DAYS - day - 1) * DAY
        actions.take_in(CLOCK, batch, now=now)
        actions.notice(now)


def detected(rows: dict[str, list[dict[str, object]]], folder: Path) -> set[tuple[str, str, str]]:
    """Series, first and last day of each surge, as the command's file tells them."""
    found: set[tuple[str, str, str]] = set()
    for names in (("hats", "mugs", "rugs"), ("lamps",)):
        given, alarms = folder / "given.csv", folder / "alarms.csv"
        columns = ["series", "date", "units"] + ["buyers", "new_buyers"] * (names != ("lamps",))
        with given.open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, columns, extrasaction="ignore")
            writer.writeheader()
            writer.writerows({**one, "series": name} for name in names for one in rows[name])
        call_command("detect", str(given), "--out", str(alarms), stdout=StringIO())
        found |= surges(list(csv.DictReader(alarms.open(encoding="utf-8"))))
    return found


def surges(alarms: list[dict[str, str]]) -> set[tuple[str, str, str]]:
    runs: dict[str, list[list[str]]] = {}
    for alarm in alarms:
        mine = runs.setdefault(alarm["series"], [])
        if not mine or _day(alarm["date"]) - _day(mine[-1][-1]) > QUIET:
            mine.append([])
        mine[-1].append(alarm["date"])
    return {(name, run[0], run[-1]) for name, mine in runs.items() for run in mine}


def _day(text: str) -> datetime:
    return datetime.fromisoformat(text)


FIELDS = ["product__key", "onset_on", "first_on", "last_on", "level", "strength", "peak_strength", "evidence"]


def test_the_live_platform_raises_what_the_command_finds(tmp_path: Path):
    rows = observations()
    live(rows)
    noticed = Spike.objects.values_list("product__key", "first_on", "last_on")
    raised = {(name, first.isoformat(), last.isoformat()) for name, first, last in noticed}
    assert raised == detected(rows, tmp_path)
    assert {name for name, _, _ in raised} == {"hats", "lamps", "mugs"}
    assert not Signal.objects.filter(is_late=True).exists()

    by_day = list(Spike.objects.order_by("product__key", "first_on").values(*FIELDS))
    kept = {series.product.key: bytes(series.memory or b"") for series in Series.objects.all()}
    Spike.objects.all().delete()
    Series.objects.update(memory=None, memory_on=None, changed_at=NOW)
    actions.notice(NOW)
    assert list(Spike.objects.order_by("product__key", "first_on").values(*FIELDS)) == by_day
    assert {series.product.key: bytes(series.memory or b"") for series in Series.objects.all()} == kept


def test_a_signal_after_the_window_is_read_and_marked():
    rows = observations()["rugs"]
    actions.take_in(CLOCK, rows, now=NOW)
    actions.notice(NOW)
    late = [rows[DAYS - 1 - LATE_DAYS], rows[DAYS - LATE_DAYS]]
    actions.take_in(CLOCK, [{**one, "external_id": f"more-{at}"} for at, one in enumerate(late)], now=NOW)
    marked = Signal.objects.filter(is_late=True).values_list("on", flat=True)
    assert list(marked) == [FIRST + (DAYS - 1 - LATE_DAYS) * DAY]
    assert actions.notice(NOW)["series"] == 1
    series = Series.objects.get()
    assert series.memory_on == (series.last_on or FIRST) - LATE_DAYS * DAY
