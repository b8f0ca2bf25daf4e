"""Surges are noticed, and what only looks like one is not."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from matching.spikes import Alarm, Observations, State, detect, step
from matching.spikes.state import narrowed, widened
from matching.spikes.step import CHUNK

FIRST, DAYS, ONSET = date(2026, 1, 1), 120, 80
Table = NDArray[np.int64]


def quiet(series: int = 1, mean: float = 2.0, days: int = DAYS, seed: int = 1) -> Table:
    return np.random.default_rng(seed).poisson(mean, (series, days))


def crowd(table: Table, *, peak: float = 12.0, days: int = 12) -> Table:
    """More people each day, then fewer, from ONSET on."""
    shape = np.minimum(np.arange(1, days + 1) / 4, np.exp(-np.arange(days) / 6) * 1.6)
    extra = np.random.default_rng(2).poisson(peak * shape, (len(table), days))
    grown = table.copy()
    grown[:, ONSET : ONSET + days] += extra
    return grown


def observed(buyers: Table, *, units: Table | None = None, new: Table | None = None) -> Observations:
    names = tuple(f"s{row}" for row in range(len(buyers)))
    return Observations(
        names, FIRST, buyers if units is None else units, buyers, buyers if new is None else new
    )


def first_day(alarms: list[Alarm]) -> int:
    return (alarms[0].on - FIRST).days


def test_a_crowd_is_noticed_within_three_days() -> None:
    alarms = detect(observed(crowd(quiet())))
    assert ONSET <= first_day(alarms) <= ONSET + 3


def test_a_crowd_is_confirmed_after_it_was_watched() -> None:
    alarms = detect(observed(crowd(quiet(), peak=20)))
    confirmed = [alarm.on for alarm in alarms if alarm.level == "confirmed"]
    assert alarms[0].level == "watch"
    assert alarms[0].on < confirmed[0] <= date(2026, 3, 31)


def test_ordinary_days_raise_no_alarm() -> None:
    alarms = detect(observed(quiet(series=200)))
    assert len({alarm.series for alarm in alarms}) <= 3


def test_an_alarm_shows_its_evidence() -> None:
    buyers = crowd(quiet())
    evidence = detect(observed(buyers))[0].evidence
    day = first_day(detect(observed(buyers)))
    assert evidence["basis"] == "new buyers"
    assert evidence["counts"] == buyers[0, day + 1 - evidence["window_days"] : day + 1].tolist()
    assert evidence["observed"] == sum(evidence["counts"])
    assert 1.0 < evidence["baseline"] < 3.5
    assert FIRST.isoformat() < evidence["onset_on"] <= detect(observed(buyers))[0].on.isoformat()
    assert set(evidence["strength_by_window"]) == {"3", "5", "8"}


def test_one_large_order_is_no_crowd() -> None:
    buyers, units = quiet(), quiet()
    buyers[0, ONSET] += 1
    units[0, ONSET] += 200
    assert not [a for a in detect(observed(buyers, units=units)) if a.on >= date(2026, 3, 20)]


def test_a_one_day_sale_is_no_trend() -> None:
    buyers = quiet(series=20)
    buyers[:, ONSET] += 60
    late = {alarm.series for alarm in detect(observed(buyers)) if (alarm.on - FIRST).days >= ONSET}
    assert len(late) <= 1


def test_a_second_crowd_soon_after_the_first_is_noticed_too() -> None:
    buyers = quiet(series=20)
    for first in (ONSET - 25, ONSET):
        buyers[:, first : first + 10] += np.random.default_rng(first).poisson(14, (20, 10))
    alarms = detect(observed(buyers))
    assert len({a.series for a in alarms if ONSET <= (a.on - FIRST).days <= ONSET + 4}) >= 19


def test_what_goes_on_becomes_usual() -> None:
    buyers = quiet(series=20, days=220)
    buyers[:, ONSET:] += np.random.default_rng(4).poisson(6, (20, 220 - ONSET))
    late = {alarm.series for alarm in detect(observed(buyers)) if (alarm.on - FIRST).days >= ONSET + 90}
    assert len(late) <= 1


def test_an_alarm_ends_with_its_surge() -> None:
    buyers = quiet(series=20)
    buyers[:, ONSET : ONSET + 6] += 20
    alarms = [(alarm.on - FIRST).days for alarm in detect(observed(buyers))]
    assert ONSET + 5 in alarms
    assert sum(day > ONSET + 6 for day in alarms) <= 10


def test_a_sale_after_a_busy_day_is_no_trend() -> None:
    """Two high days would do, were the second not alone as high as it is."""
    buyers = quiet(series=20, mean=1.0)
    buyers[:, ONSET - 1 : ONSET + 1] = 6, 90
    late = {alarm.series for alarm in detect(observed(buyers)) if (alarm.on - FIRST).days >= ONSET}
    assert len(late) <= 2


def test_regular_accounts_that_order_a_lot_are_no_news() -> None:
    buyers, units, new = quiet(series=20), quiet(series=20), quiet(series=20)
    run = slice(ONSET, ONSET + 8)
    buyers[:, run] += 2
    units[:, run] += 30
    new[:, ONSET] += 2
    late = [a for a in detect(observed(buyers, units=units, new=new)) if (a.on - FIRST).days >= ONSET]
    assert len({alarm.series for alarm in late}) <= 1


def test_units_alone_suffice_and_the_alarm_says_so() -> None:
    names = tuple(f"s{row}" for row in range(10))
    alarms = detect(Observations(names, FIRST, crowd(quiet(series=10), peak=25)))
    assert len({alarm.series for alarm in alarms}) >= 9
    assert alarms[0].basis == "units; no count of buyers given"


def test_units_as_even_as_a_machine_are_no_crowd() -> None:
    units = quiet(series=20, mean=0.5)
    units[:, ONSET : ONSET + 8] += 30
    alarms = detect(Observations(tuple(f"s{row}" for row in range(20)), FIRST, units))
    assert not [alarm for alarm in alarms if (alarm.on - FIRST).days >= ONSET]


def test_without_new_buyers_the_alarm_says_so() -> None:
    buyers = crowd(quiet())
    assert (
        detect(Observations(("s",), FIRST, buyers, buyers))[0].basis == "buyers; no count of new buyers given"
    )


def test_a_weekly_rhythm_is_no_surge() -> None:
    week = np.array([1, 1, 1, 1, 1, 9, 9])
    buyers = np.random.default_rng(3).poisson(np.tile(week, 40)[:280], (20, 280))
    late = [alarm for alarm in detect(observed(buyers)) if (alarm.on - FIRST).days >= 90]
    assert len({alarm.series for alarm in late}) <= 1


def test_nothing_fires_while_a_series_is_being_learned() -> None:
    buyers = quiet(days=60)
    buyers[0, 10:20] += 50
    assert not [alarm for alarm in detect(observed(buyers)) if (alarm.on - FIRST).days < 28]


tables = st.tuples(st.integers(1, 5), st.integers(40, 90), st.floats(0.1, 20), st.integers(0, 1000)).map(
    lambda given: np.random.default_rng(given[3]).negative_binomial(1, 1 / (1 + given[2]), given[:2])
)


@given(tables, st.integers(1, 90))
@settings(max_examples=40, deadline=None)
def test_alarms_never_look_ahead(table: Table, days: int) -> None:
    known = table[:, :days]
    earlier = [alarm for alarm in detect(observed(table)) if (alarm.on - FIRST).days < days]
    assert detect(observed(known)) == earlier


@given(tables)
@settings(max_examples=40, deadline=None)
def test_live_is_batch_even_when_the_process_restarts_every_day(table: Table) -> None:
    state, fired = State.fresh(len(table)), []
    for day in range(table.shape[1]):
        state = State.from_bytes(state.to_bytes())
        strengths, levels = step(state, table[:, day], table[:, day], table[:, day])
        fired += [(f"s{row}", day, round(float(strengths[row]), 4)) for row in np.flatnonzero(levels)]
    assert fired == [(a.series, (a.on - FIRST).days, a.strength) for a in detect(observed(table))]


@given(tables)
@settings(max_examples=20, deadline=None)
def test_a_series_is_judged_by_itself(table: Table) -> None:
    alone = detect(Observations(("s0",), FIRST, table[:1], table[:1], table[:1]))
    assert alone == [alarm for alarm in detect(observed(table)) if alarm.series == "s0"]


def test_many_series_are_worked_on_in_parts() -> None:
    calm, busy = quiet(), crowd(quiet())
    day = first_day(detect(observed(busy)))
    table = np.tile(calm[:, : day + 1], (CHUNK + 2, 1))
    loud = [0, CHUNK - 1, CHUNK + 1]
    table[loud] = busy[:, : day + 1]
    alone = detect(observed(busy[:, : day + 1]))
    assert detect(observed(table)) == [replace(alarm, series=f"s{row}") for row in loud for alarm in alone]


def test_a_series_takes_at_most_64_bytes() -> None:
    assert State.fresh(3).bytes_a_series <= 64


def test_a_new_series_joins_a_running_state() -> None:
    table = crowd(quiet(series=2))
    state = State.fresh(1)
    for day in range(40):
        step(state, table[:1, day], table[:1, day], table[:1, day])
    state, fired = state.grown(1), []
    for day in range(40, DAYS):
        fired.append(step(state, table[:, day], table[:, day], table[:, day])[1].tolist())
    late = Observations(("s1",), FIRST, table[1:, 40:], table[1:, 40:], table[1:, 40:])
    alarms = {(alarm.on - FIRST).days for alarm in detect(late)}
    assert {day for day, levels in enumerate(fired) if levels[1]} == alarms


def test_a_count_beyond_all_bounds_breaks_nothing() -> None:
    buyers = crowd(quiet(), peak=30)
    buyers[0, 30] = 2**52
    alarms = detect(observed(buyers))
    assert np.isfinite([alarm.strength for alarm in alarms]).all()
    assert any((alarm.on - FIRST).days >= ONSET for alarm in alarms)


def test_the_counts_given_may_not_change() -> None:
    state = State.fresh(1)
    step(state, [1], [1], [1])
    with pytest.raises(ValueError, match="new buyers"):
        step(state, [1])


@pytest.mark.parametrize("data", [b'{"spikes": 1}\n', b'{"other": 1}\n', State.fresh(2).to_bytes()[:-3]])
def test_a_broken_checkpoint_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"version 2|buffer"):
        State.from_bytes(data)


def test_confirmation_keeps_its_promise_at_the_edge_of_what_it_calls_usual() -> None:
    """Demand half as much again as usual, for 300 days: at most 300/1000 of the series may be confirmed."""
    random, series = np.random.default_rng(5), 400
    usual, raised = random.poisson(4.0, (series, 100)), random.poisson(6.0, (series, 300))
    state = State.fresh(series)
    for day in usual.T:
        step(state, day, day, day)
    state.level[:] = 4.0
    confirmed = np.zeros(series, bool)
    for day in raised.T:
        state.level[:] = 4.0
        confirmed |= step(state, day, day, day)[1] == 2
    assert confirmed.mean() <= 0.3


def yearly(years: int, *, again: bool) -> Table:
    """A surge on the last twelve days; each year around that time if `again`."""
    days = 364 * years
    buyers = np.random.default_rng(7).poisson(2.0, (1, days))
    for year in range(1, years + 1):
        if again or year == years:
            buyers[0, year * 364 - 12 : year * 364] += 15
    return buyers


@pytest.mark.parametrize(
    ("years", "again", "kind"), [(2, True, "seasonal"), (2, False, "viral"), (1, True, "unknown")]
)
def test_a_surge_that_comes_every_year_is_the_season(years: int, again: bool, kind: str) -> None:
    alarms = detect(observed(yearly(years, again=again)))
    assert (alarms[-1].on - FIRST).days >= 364 * years - 12
    assert alarms[-1].evidence["season"]["kind"] == kind


ordinary = st.one_of(st.just(0.0), st.floats(2.0**-14, 65504, width=32))


@given(st.lists(ordinary, min_size=1, max_size=30))
@settings(max_examples=200, deadline=None)
def test_a_number_kept_in_two_bytes_is_the_nearest_there_is(numbers: list[float]) -> None:
    values = np.array(numbers, np.float32)
    kept = narrowed(values)
    assert (widened(kept) == kept.astype(np.float32)).all()
    error, least = (np.abs(values - two.astype(np.float32)) for two in (kept, values.astype(np.float16)))
    assert (error <= least).all()
