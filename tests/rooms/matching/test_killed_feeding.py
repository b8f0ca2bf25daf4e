"""A kill -9 at any moment neither loses a signal nor counts one twice, and what was noticed is the same."""

import os
import subprocess
import sys
from pathlib import Path

from django.db import connection
from django.db.models import Count, Sum

from matching import actions
from matching.models import Series, Signal, Spike
from tests.builders.firms import NOW
from tests.builders.matching import surge_units
from tests.databases import Clone
from tests.platforms import PROJECT

KILLS = 12
FIELDS = ["onset_on", "first_on", "last_on", "level", "strength", "peak_strength", "evidence"]


def test_kills_lose_and_double_nothing(real_database: Clone, tmp_path: Path):
    command = [sys.executable, "-m", "tests.rooms.matching.feeder", str(KILLS), "5", str(tmp_path / "told")]
    environment = {**os.environ, "DATABASE_URL": real_database.url, "PYTHONPATH": str(PROJECT)}
    subprocess.run(command, check=True, cwd=PROJECT, env=environment, timeout=120)
    assert (tmp_path / "told").read_text() == str(len(surge_units()))
    trousers = Signal.objects.current().filter(product__key="trousers")
    assert trousers.aggregate(n=Count("pk"), units=Sum("units")) == {
        "n": len(surge_units()),
        "units": sum(surge_units()),
    }
    assert Signal.objects.count() == 6 * len(surge_units())
    assert not Series.objects.changed().exists()

    noticed = list(Spike.objects.values(*FIELDS))
    memories = list(Series.objects.order_by("pk").values_list("memory", "memory_on", "last_on"))
    assert len(noticed) == 1
    Spike.objects.all().delete()
    Series.objects.update(memory=None, memory_on=None, changed_at=NOW)
    actions.notice(NOW)
    assert list(Spike.objects.values(*FIELDS)) == noticed
    assert [tuple(map(_plain, row)) for row in memories] == [
        tuple(map(_plain, row))
        for row in Series.objects.order_by("pk").values_list("memory", "memory_on", "last_on")
    ]
    connection.close()


def _plain(value: object) -> object:
    return bytes(value) if isinstance(value, memoryview) else value
