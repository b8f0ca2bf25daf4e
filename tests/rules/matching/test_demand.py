"""The demand that follows a surge is told with intervals, and from what was seen only."""

from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.csv_rows import BadRow
from matching.demand import PROBABILITIES, Calibration, Kind, forecast
from matching.demand.table import read_surge

surges = st.lists(st.integers(0, 5000), min_size=1, max_size=60)


@given(surges, st.integers(1, 90), st.one_of(st.none(), st.floats(0, 1000)), st.sampled_from(Kind))
@settings(max_examples=100, deadline=None)
def test_quantiles_rise_and_lives_only_end(
    values: list[int], horizon: int, baseline: float | None, kind: Kind
) -> None:
    told = forecast(values, horizon=horizon, kind=kind, baseline=baseline)
    assert tuple(told.quantiles) == PROBABILITIES
    assert list(told.quantiles.values()) == sorted(told.quantiles.values())
    assert min(told.quantiles.values()) >= 0
    assert all(a >= b for a, b in zip(told.survival, told.survival[1:], strict=False))
    assert 0 <= told.survival[-1] <= told.survival[0] <= 1
    assert len(told.fan) == len(told.survival) == horizon
    assert (np.diff(np.array(told.fan), axis=0) >= 0).all()
    assert told.fan[-1] == tuple(told.quantiles.values())


@given(surges, st.integers(1, 60))
@settings(max_examples=20, deadline=None)
def test_the_same_values_give_the_same_forecast(values: list[int], horizon: int) -> None:
    assert forecast(values, horizon=horizon) == forecast(tuple(values), horizon=horizon)


def test_a_growing_surge_promises_more_than_a_fading_one() -> None:
    growing, fading = [5, 10, 20, 40], [40, 20, 10, 5]
    later = [forecast(values, horizon=14) for values in (growing, fading)]
    assert later[0].median > 3 * later[1].median
    assert later[0].alive_after(7) > later[1].alive_after(7)


def test_ten_times_the_demand_promises_about_ten_times_as_much() -> None:
    small, large = (forecast([k * v for v in (100, 220, 300, 280, 200)], horizon=14).median for k in (1, 10))
    assert large / small == pytest.approx(10, rel=0.35)


def test_survival_is_read_by_day() -> None:
    hours = forecast([3, 8, 20], horizon=48, kind=Kind.HOUR)
    assert hours.alive_after(0) == 1
    assert hours.alive_after(1) == pytest.approx(hours.survival[23])
    assert hours.alive_after(60) == hours.survival[-1]


@pytest.mark.parametrize(
    ("values", "horizon"), [([], 5), ([1, -1], 5), ([1], 0), ([float("nan")], 5), ([[1, 2]], 5)]
)
def test_what_cannot_be_forecast_is_refused(values: list[float], horizon: int) -> None:
    with pytest.raises(ValueError, match="horizon"):
        forecast(values, horizon=horizon)


def test_calibration_brings_the_cover_back() -> None:
    """Intervals that are far too narrow for the world cover nine of ten after a while, by themselves."""
    random, calibration, hits = np.random.default_rng(1), Calibration(), []
    for _ in range(600):
        told = forecast([5, 12, 20, 25], horizon=14, widening=calibration.widening)
        wanted = told.median * float(np.exp(random.normal(0, 1.6)))
        hits.append(told.quantiles[0.05] <= wanted <= told.quantiles[0.95])
        calibration = calibration.learned(told.quantiles, wanted)
    assert np.mean(hits[:60]) < 0.87
    assert 0.87 <= np.mean(hits[200:]) <= 0.93


def test_a_surge_starts_where_t_is_zero_and_the_days_before_are_what_was_usual() -> None:
    surge = read_surge(["t,value", "-2,1", "-1,3", "0,8", "1,9.5"])
    assert (surge.values, surge.baseline) == ((8.0, 9.5), 2.0)
    assert read_surge(["t,value", "5,8"]).baseline is None


@pytest.mark.parametrize(
    ("rows", "line", "column"),
    [
        (["t,units", "0,1"], 1, "value"),
        (["t,value", "0,1", "2,1"], 3, "t"),
        (["t,value", "0,1", "x,1"], 3, "t"),
        (["t,value", "0,-1"], 2, "value"),
        (["t,value", "0,inf"], 2, "value"),
        (["t,value", "0"], 2, "value"),
    ],
)
def test_a_bad_row_is_named(rows: list[str], line: int, column: str) -> None:
    with pytest.raises(BadRow) as error:
        read_surge(rows)
    assert (error.value.line, error.value.column) == (line, column)


def written(path: Path, values: list[int]) -> Path:
    path.write_text("t,value\n" + "".join(f"{t},{value}\n" for t, value in enumerate(values)))
    return path


def test_the_command_never_looks_beyond_what_was_seen(tmp_path: Path) -> None:
    seen = [4, 9, 15, 22]
    for name, later in (("a", [20, 18]), ("b", [500, 900, 2000])):
        source = written(tmp_path / name, seen + later)
        call_command("forecast", source, "--at", 4, "--horizon", 14, "--out", tmp_path / f"{name}.csv")
    text = (tmp_path / "a.csv").read_text()
    assert text == (tmp_path / "b.csv").read_text()
    assert [row.split(",")[0] for row in text.splitlines()] == ["probability", *map(str, PROBABILITIES)]


def test_the_command_may_be_told_the_grain(tmp_path: Path) -> None:
    values = [4, 9, 15, 22]
    source, found = written(tmp_path / "surge.csv", values), {}
    for grain in (Kind.DAY, Kind.HOUR, Kind.ANY):
        out = tmp_path / f"{grain}.csv"
        call_command("forecast", source, "--at", 4, "--horizon", 14, "--out", out, "--grain", grain)
        told = forecast(values, horizon=14, kind=grain).quantiles
        found[grain] = out.read_text()
        assert found[grain].splitlines()[1:] == [f"{p},{value:.4f}" for p, value in told.items()]
    assert found[Kind.DAY] != found[Kind.HOUR]
    out = tmp_path / "untold.csv"
    call_command("forecast", source, "--at", 4, "--horizon", 14, "--out", out)
    assert out.read_text() == found[Kind.ANY]


@given(surges, st.one_of(st.none(), st.floats(0, 1000)))
@settings(max_examples=60, deadline=None)
def test_a_grain_that_nobody_told_is_one_or_the_other(values: list[int], baseline: float | None) -> None:
    any_, day, hour = (
        forecast(values, horizon=1, kind=kind, baseline=baseline) for kind in (Kind.ANY, Kind.DAY, Kind.HOUR)
    )
    for probability, units in any_.quantiles.items():
        ends = sorted((day.quantiles[probability], hour.quantiles[probability]))
        assert ends[0] - 1e-6 <= units <= ends[1] + 1e-6 * (1 + ends[1])
    assert (
        min(day.survival, hour.survival)[0] - 1e-9
        <= any_.survival[0]
        <= max(day.survival, hour.survival)[0] + 1e-9
    )


def test_of_what_lies_beyond_the_usual_nothing_is_usual() -> None:
    surge = [5, 12, 20, 25]
    told = [forecast(surge, horizon=14, kind=Kind.BEYOND, baseline=level) for level in (None, 7.0)]
    assert told[0] == told[1]


@pytest.mark.parametrize(("at", "horizon"), [(0, 5), (9, 5), (2, 0)])
def test_the_command_refuses_what_the_file_does_not_hold(tmp_path: Path, at: int, horizon: int) -> None:
    source, out = written(tmp_path / "surge.csv", [1, 2, 3]), tmp_path / "quantiles.csv"
    with pytest.raises(CommandError, match=r"--at|--horizon"):
        call_command("forecast", source, "--at", at, "--horizon", horizon, "--out", out)
    assert not out.exists()


def test_the_command_names_a_bad_row_and_writes_nothing(tmp_path: Path) -> None:
    source, out = tmp_path / "surge.csv", tmp_path / "quantiles.csv"
    source.write_text("t,value\n0,1\n1,many\n")
    with pytest.raises(CommandError, match="line 3, column value: 'many'"):
        call_command("forecast", source, "--at", 1, "--horizon", 5, "--out", out)
    assert not out.exists()
