"""`detect` reads a file of observations, refuses a bad one, and writes alarms."""

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.csv_rows import BadRow
from matching.spikes import FIVE_MINUTES, HOURLY, Alarm, detect
from matching.spikes.table import read_observations

START = datetime(2026, 1, 1)  # noqa: DTZ001  (times of a file are compared among themselves)
HEAD = "series,date,units,buyers,new_buyers"


def lines(*rows: str, head: str = HEAD) -> list[str]:
    return [head, *rows]


def test_days_without_a_row_are_zero_and_the_order_of_rows_is_free() -> None:
    (table,) = read_observations(lines("a,2026-01-03,4,2,1", "a,2026-01-01,7,3,0"))
    assert table.first_on.isoformat() == "2026-01-01"
    assert table.units.tolist() == [[7, 0, 4]]
    assert table.new_buyers is not None
    assert table.new_buyers.tolist() == [[0, 0, 1]]


def test_series_live_from_their_first_to_their_last_row() -> None:
    (table,) = read_observations(lines("a,2026-01-01,1,1,1", "b,2026-01-05,1,1,1", "c,2026-01-01,2,2,2"))
    assert (table.series, table.units.shape[1]) == (("a", "c", "b"), 5)
    assert (table.born, table.ended) == ((0, 0, 4), (0, 0, 4))


def test_lives_far_apart_do_not_share_a_table() -> None:
    rows = lines("a,1950-01-01,1,1,1", "b,2020-01-01,1,1,1", *(f"c{n},1950-01-01,1,1,1" for n in range(99)))
    assert [len(table.series) for table in read_observations(rows)] == [100, 1]


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 20), st.integers(1, 70)), min_size=2, max_size=4), st.integers(0, 99)
)
def test_series_side_by_side_are_as_each_alone(lives: list[tuple[int, int]], seed: int) -> None:
    random = np.random.default_rng(seed)
    rows = {
        f"s{number}": [
            f"s{number},{(START + timedelta(days=first + day)).date()},{count},{count},{count}"
            for day, count in enumerate(random.poisson(np.where(np.arange(length) > 40, 25, 2)))
        ]
        for number, (first, length) in enumerate(lives)
    }
    (table,) = read_observations(lines(*(row for mine in rows.values() for row in mine)))
    alone = [alarm for mine in rows.values() for alarm in detect(read_observations(lines(*mine))[0])]
    assert sorted(detect(table), key=_place) == sorted(alone, key=_place)


def _place(alarm: Alarm) -> tuple[str, str]:
    return alarm.series, alarm.on.isoformat()


def test_columns_of_buyers_may_be_missing() -> None:
    (table,) = read_observations(lines("a,2026-01-01,3", head="series,date,units"))
    assert (table.buyers, table.new_buyers, table.basis) == (None, None, "units; no count of buyers given")


def test_hours_are_told_apart() -> None:
    rows = lines("a,2026-01-01T08:15,1,1,1", "a,2026-01-01 10:00:00,2,2,2")
    (table,) = read_observations(rows, HOURLY.step)
    assert table.first_on == START + timedelta(hours=8)
    assert table.units.tolist() == [[1, 0, 2]]


@pytest.mark.parametrize(
    ("rows", "line", "column", "reason"),
    [
        (["series,date,buyers"], 1, "units", "missing"),
        (["series,date,units,units"], 1, "units", "twice"),
        (lines("a,2026-01-01,1,1,1", "a,2026-01-02,x,1,1"), 3, "units", "'x' is not a number"),
        (lines("a,2026-01-01,1,1,-1"), 2, "new_buyers", "-1"),
        (lines("a,2026-01-01,1.5,1,1"), 2, "units", "1.5"),
        (lines("a,2026-01-01,nan,1,1"), 2, "units", "nan"),
        (lines("a,2026-01-01,1,,1"), 2, "buyers", "empty"),
        (lines(",2026-01-01,1,1,1"), 2, "series", "empty"),
        (lines("a,9999-12-31T23:00-14:00,1,1,1"), 2, "date", "9999"),
        (["x" * 200_000], 1, "-", "larger than"),
        (lines("a,2026-02-30,1,1,1"), 2, "date", "2026-02-30"),
        (lines("a,2026-01-01,1,1,1", "", "a,2026-01-01,2,2,2"), 4, "date", "already"),
        (lines("a,2026-01-01,1,1"), 2, "new_buyers", "4 fields where 5 belong"),
        (lines("a,0001-01-01,1,1,1"), 2, "date", "years 1900 to 2199"),
    ],
)
def test_a_bad_row_is_named(rows: list[str], line: int, column: str, reason: str) -> None:
    with pytest.raises(BadRow, match=reason) as error:
        read_observations(rows)
    assert (error.value.line, error.value.column) == (line, column)


def test_a_series_has_an_end() -> None:
    with pytest.raises(BadRow, match="line 3, column date: more than 500000 steps"):
        read_observations(lines("a,1990-01-01,1,1,1", "a,1999-01-01,1,1,1"), FIVE_MINUTES.step)


def surging(path: Path, *, step: timedelta, steps: int, head: str = HEAD) -> Path:
    random = np.random.default_rng(1)
    counts = random.poisson(3, steps)
    counts[-12:] += random.poisson(20, 12)
    rows = [
        f"a,{(START + at * step).isoformat()}" + f",{n}" * (head.count(",") - 1)
        for at, n in enumerate(counts)
    ]
    path.write_text("\n".join([head, *rows]) + "\n")
    return path


def test_the_command_writes_the_alarms_and_the_same_again(tmp_path: Path) -> None:
    source = surging(tmp_path / "days.csv", step=timedelta(days=1), steps=90)
    for name in ("one.csv", "two.csv"):
        call_command("detect", source, "--out", tmp_path / name)
    text = (tmp_path / "one.csv").read_text()
    assert text.startswith("series,date,strength,level\na,2026-03-")
    assert "watch" in text
    assert "confirmed" in text
    assert text == (tmp_path / "two.csv").read_text()


@pytest.mark.parametrize(
    ("grain", "step", "steps"), [("hour", timedelta(hours=1), 400), ("5min", timedelta(minutes=5), 900)]
)
def test_finer_grains_find_surges_too(tmp_path: Path, grain: str, step: timedelta, steps: int) -> None:
    source = surging(tmp_path / "fine.csv", step=step, steps=steps)
    call_command("detect", source, "--out", tmp_path / "alarms.csv", "--grain", grain)
    first = (tmp_path / "alarms.csv").read_text().splitlines()[1].split(",")[1]
    began = START + (steps - 12) * step
    assert began <= datetime.fromisoformat(first) <= began + 4 * step


def test_the_command_says_when_it_had_to_do_without_buyers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = surging(tmp_path / "units.csv", step=timedelta(days=1), steps=90, head="series,date,units")
    call_command("detect", source, "--out", tmp_path / "alarms.csv")
    assert "on units; no count of buyers given" in capsys.readouterr().out


def test_the_command_writes_nothing_for_a_bad_file(tmp_path: Path) -> None:
    bad, out = tmp_path / "bad.csv", tmp_path / "alarms.csv"
    bad.write_text("series,date,units\na,2026-01-01,3\na,soon,3\n")
    with pytest.raises(CommandError, match="line 3, column date: 'soon'"):
        call_command("detect", bad, "--out", out)
    with pytest.raises(CommandError, match=r"missing\.csv"):
        call_command("detect", tmp_path / "missing.csv", "--out", out)
    assert not out.exists()
