"""`detect` and `forecast` on odd files: a right answer, or one line that says what, where, and how to mend it."""

import csv
import re
import warnings
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

START = datetime(2026, 1, 1)  # noqa: DTZ001  (times of a file are compared among themselves)
DAY, HOUR, FIVE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=5)
HEAD, SURGE = "series,date,units,buyers,new_buyers", "t,value"
HUGE = 2**53


def daily(counts: list[int], *, step: timedelta = DAY) -> str:
    dates = [(START + at * step) for at in range(len(counts))]
    shown = [at.date().isoformat() if step == DAY else at.isoformat() for at in dates]
    return "\n".join([HEAD, *(f"a,{on},{n},{n},{n}" for on, n in zip(shown, counts, strict=True))]) + "\n"


def quiet_then_crowd(days: int = 60) -> list[int]:
    random = np.random.default_rng(1)
    return [*random.poisson(2, days).tolist(), *random.poisson(30, 8).tolist()]


def detected(folder: Path, text: str | bytes, *options: str) -> list[dict[str, str]]:
    source, out = folder / "given.csv", folder / "alarms.csv"
    source.write_bytes(text if isinstance(text, bytes) else text.encode())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        call_command("detect", str(source), "--out", str(out), *options)
    return list(csv.DictReader(out.open(encoding="utf-8")))


def foreseen(folder: Path, text: str | bytes, at: int, horizon: int) -> list[float]:
    source, out = folder / "surge.csv", folder / "quantiles.csv"
    source.write_bytes(text if isinstance(text, bytes) else text.encode())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        call_command("forecast", str(source), "--at", str(at), "--horizon", str(horizon), "--out", str(out))
    return [float(row["value"]) for row in csv.DictReader(out.open(encoding="utf-8"))]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "line 1, column series: the file is empty; its first line names the columns"),
        ("\n\n", "line 1, column series: the file is empty"),
        (
            "series;date;units\n",
            "line 1, column series: fields are separated by ';'; save the file with commas",
        ),
        ("series,units\n", "line 1, column date: this column is missing; the first line names the columns"),
        (HEAD + "\na,2026-01-01,-4,1,1\n", "line 2, column units: -4 is not a number from 0 on"),
        (HEAD + "\na,2026-01-01,nan,1,1\n", "line 2, column units: nan is not a number from 0 on"),
        (HEAD + "\na,2026-01-01,1e300,1,1\n", "line 2, column units: 1e300 is more than 9007199254740992"),
        (HEAD + "\na,2026-01-01,inf,1,1\n", "line 2, column units: inf is more than"),
        (HEAD + "\na,2026-01-01,1_000,1,1\n", "line 2, column units: '1_000' is not a number"),
        (HEAD + '\na,2026-01-01,"1,000",1,1\n', "line 2, column units: '1,000' is not a number"),
        (
            HEAD + "\na,2026-01-01,1,1,\n",
            "line 2, column new_buyers: is empty; write 0 where nothing was counted",
        ),
        (HEAD + "\na,2026-01-01,1.5,1,1\n", "line 2, column units: 1.5 is not a whole number"),
        (
            daily([1, 2]) + "a,2026-01-02,3,3,3\n",
            "line 4, column date: a has a row for 2026-01-02 already; add the",
        ),
        (HEAD + "\na,2026-01-01T09:00 Mars/Base,1,1,1\n", "is no date or time like 2026-01-31"),
        (
            HEAD + "\na,2026-01-01T09:00+99:00,1,1,1\n",
            "line 2, column date: '2026-01-01T09:00+99:00' is no date",
        ),
        (
            HEAD + "\na,31/01/2026,1,1,1\n",
            "line 2, column date: '31/01/2026' is no date or time like 2026-01-31",
        ),
        (HEAD + "\na,0001-01-01,1,1,1\n", "line 2, column date: 0001-01-01 is not in the years 1900 to 2199"),
        (HEAD + '\n"a,2026-01-01,1,1,1\n', "unexpected end of data; save the file as plain CSV"),
        (HEAD + "\na,2026-01-01,1\x00,1,1\n", r"line 2, column units: '1\x00' is not a number"),
        (daily([1, 2]).encode("utf-16"), "not UTF-8 (byte 0); save it as CSV in UTF-8"),
    ],
)
def test_detect_names_what_it_cannot_use(tmp_path: Path, text: str | bytes, told: str) -> None:
    with pytest.raises(CommandError) as error:
        detected(tmp_path, text)
    assert told in str(error.value)
    assert "\n" not in str(error.value)
    assert not (tmp_path / "alarms.csv").exists()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "line 1, column t: the file is empty; its first line names the columns: t,value"),
        ("t\tvalue\n0\t1\n", "fields are separated by '\\t'; save the file with commas"),
        ("t,value,value\n0,1,1\n", "line 1, column value: this column stands twice"),
        ("t,value\n0,1\n2,1\n", "line 3, column t: no row for 1; write 0 where nothing was wanted"),
        ("t,value\n0,1\n0,2\n", "line 3, column t: 0 stands on line 2 already"),
        ("t,value\n0.5,1\n", "line 2, column t: '0.5' is not a whole number of steps"),
        ("t,value\n0,-1\n", "line 2, column value: -1 is not a number from 0 on"),
        ("t,value\n0,NaN\n", "line 2, column value: NaN is not a number from 0 on"),
        ("t,value\n0,1e308\n", "line 2, column value: 1e308 is more than"),
        ("t,value\n0,\n", "line 2, column value: is empty; write 0 where nothing was counted"),
        ("t,value\n0,1,7\n", "line 2, column value: 3 fields where 2 belong"),
        ('t,value\n0,"1\n', "unexpected end of data"),
        ("t,value\n", "--at 1: 0 steps since the onset are in"),
        ("t,value\n-1,4\n0,1\n", None),
        (b"\xff\xfet", "not UTF-8 (byte 0); save it as CSV in UTF-8"),
    ],
)
def test_forecast_names_what_it_cannot_use(tmp_path: Path, text: str | bytes, told: str | None) -> None:
    if told is None:
        assert len(foreseen(tmp_path, text, 1, 5)) == 7
        return
    with pytest.raises(CommandError) as error:
        foreseen(tmp_path, text, 1, 5)
    assert told in str(error.value)
    assert "\n" not in str(error.value)
    assert not (tmp_path / "quantiles.csv").exists()


@pytest.mark.parametrize(("at", "horizon"), [(-1, 5), (0, 5), (4, 5), (2, 0), (2, -3), (2, 10**9)])
def test_forecast_stays_within_the_file_and_its_knowledge(tmp_path: Path, at: int, horizon: int) -> None:
    with pytest.raises(CommandError, match=r"--at -?\d+: 3 steps|--horizon -?\d+: look 1 to 10000"):
        foreseen(tmp_path, "t,value\n0,1\n1,2\n2,3\n", at, horizon)


def test_no_file_replaces_another(tmp_path: Path) -> None:
    source = tmp_path / "given.csv"
    source.write_text(daily([1, 2]))
    with pytest.raises(CommandError, match="named twice"):
        call_command("detect", str(source), "--out", str(source))
    with pytest.raises(CommandError, match="No such file or directory"):
        call_command("detect", str(source), "--out", str(tmp_path / "nowhere" / "alarms.csv"))
    with pytest.raises(CommandError, match="--market Mars: give an ISO 3166-1 alpha-2 code such as US"):
        call_command("detect", str(source), "--out", str(tmp_path / "alarms.csv"), "--market", "Mars")
    assert source.read_text() == daily([1, 2])


def variants() -> dict[str, str | bytes]:
    """The same observations, written in other ways."""
    plain = daily(quiet_then_crowd())
    head, *rows = plain.splitlines()
    order = np.random.default_rng(2).permutation(len(rows))
    return {
        "as it is": plain,
        "CRLF": plain.replace("\n", "\r\n"),
        "BOM": b"\xef\xbb\xbf" + plain.encode(),
        "unsorted": "\n".join([head, *(rows[at] for at in order)]),
        "no zero days": "\n".join([head, *(row for row in rows if ",0,0,0" not in row)]),
        "loud names": plain.replace(HEAD, " Series, DATE ,Units,BUYERS,New_Buyers"),
        "other columns": "\n".join([f"note,{head}", *(f"x,{row}" for row in rows)]),
        "quoted": "\n".join([head, *(re.sub("([^,]+)", r'"\1"', row) for row in rows)]),
        "offsets": re.sub(r"a,(\S{10}),", r"a,\1T01:00+01:00,", plain),
        "floats": re.sub(r",(\d+),(\d+),(\d+)\n", r",\1.0,\2.0,\3.0\n", plain),
    }


@pytest.mark.parametrize("name", variants())
def test_the_same_observations_give_the_same_alarms(tmp_path: Path, name: str) -> None:
    found = detected(tmp_path, variants()[name])
    assert found == detected(tmp_path, daily(quiet_then_crowd()))
    assert {row["date"] for row in found} <= {f"2026-03-0{day}" for day in range(1, 10)}
    assert len(found) >= 5


@pytest.mark.parametrize(
    "counts",
    [
        [],
        [5],
        [0] * 100,
        [7] * 100,
        [HUGE] * 80,
        [0] * 60 + [HUGE] * 10,
        [HUGE, 0] * 40,
        [1, 2, 3],
    ],
)
@pytest.mark.parametrize("columns", [3, 4, 5])
def test_plain_and_endless_counts_are_borne(tmp_path: Path, counts: list[int], columns: int) -> None:
    text = "\n".join(",".join(row.split(",")[:columns]) for row in daily(counts).splitlines())
    found = detected(tmp_path, text, "--market", "us", "--evidence", str(tmp_path / "why.csv"))
    assert all(np.isfinite(float(row["strength"])) for row in found)
    assert bool(found) == (counts[:2] == [0, 0] and max(counts) > 0 and columns > 3)


@pytest.mark.parametrize(("grain", "step"), [("hour", HOUR), ("5min", FIVE)])
def test_finer_steps_bear_the_same(tmp_path: Path, grain: str, step: timedelta) -> None:
    assert detected(tmp_path, daily([4] * 40, step=step), "--grain", grain) == []
    assert detected(tmp_path, daily([HUGE, 0] * 60, step=step), "--grain", grain) == []
    coarse = daily(quiet_then_crowd(), step=step)
    if grain == "hour":
        with pytest.raises(CommandError, match="has a row for 2026-01-01 already; add the two up"):
            detected(tmp_path, coarse)


@pytest.mark.parametrize(
    "values", [[0], [1], [0] * 30, [5] * 30, [HUGE] * 5, [0, HUGE], [HUGE, 0], [1e-300] * 3]
)
@pytest.mark.parametrize("horizon", [1, 48, 10_000])
@pytest.mark.parametrize("before", [(), (0, 0, 0), (HUGE,)])
def test_quantiles_never_cross_nor_fall_below_zero(
    tmp_path: Path, values: list[float], horizon: int, before: tuple[float, ...]
) -> None:
    rows = [f"{at - len(before)},{value}" for at, value in enumerate([*before, *values])]
    told = foreseen(tmp_path, "\r\n".join([SURGE, *rows]), len(values), horizon)
    assert np.isfinite(told).all()
    assert told == sorted(told)
    assert told[0] >= 0


def test_rows_of_a_surge_may_come_in_any_order(tmp_path: Path) -> None:
    plain = "t,value\n-1,2\n0,3\n1,9\n2,12\n"
    mixed = "\ufeffnote, T ,Value\n,2.0,12\n,0,3\n\n,-1,2\n,1,9"
    assert foreseen(tmp_path, mixed, 3, 14) == foreseen(tmp_path, plain, 3, 14)


WORDS = 'series date units t value , ; " a 2026-01-01 T25:00 +02:00 0 -1 1e999 nan ٣'
LINES = [" ", "\n", "\r\n", "\x00", "\ufeff", "series,date,units\n", "a,2026-01-01,3\n", "t,value\n0,4\n"]
PIECES = st.sampled_from([*WORDS.split(), *LINES])


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(PIECES, max_size=14).map("".join))
def test_whatever_is_in_a_file_nothing_else_is_raised(tmp_path: Path, text: str) -> None:
    for attempt in (lambda: detected(tmp_path, text), lambda: foreseen(tmp_path, text, 1, 3)):
        try:
            attempt()
        except CommandError as error:
            assert "\n" not in str(error)
