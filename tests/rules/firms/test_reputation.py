"""Reputation follows from deeds: bounded, monotone, within its window, and never by dividing by nothing."""

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firms.reputation import (
    KEPT_FOR,
    MOST_OF_ONE,
    NEWEST,
    SCALE,
    WEIGHTS,
    Conduct,
    Deed,
    Outcome,
    by_competency,
    counted,
    cumulative,
    figure,
    quantile,
    standing,
    until,
)

NOW = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def deed(number: int, outcome: Outcome, at: datetime = NOW, slot: str = "maker") -> Deed:
    weight = WEIGHTS[outcome]
    return Deed(number, slot, "6203", weight.dimension, outcome, weight.good, weight.bad, at)


def deeds(**times: int) -> list[Deed]:
    names = [Outcome(name) for name, count in times.items() for _ in range(count)]
    return [deed(number, outcome) for number, outcome in enumerate(names)]


tallies = st.dictionaries(st.sampled_from(list(Outcome)), st.integers(0, 60))
ages = st.lists(st.tuples(st.sampled_from(list(Outcome)), st.integers(0, 1500)), max_size=150)
shapes = st.floats(0.2, 400)


@pytest.mark.parametrize(
    ("tally", "expected"),
    [
        ({}, 600),  # 6 / 10
        ({"kept": 10}, 800),  # 16 / 20
        ({"late": 10}, 550),  # 11 / 20
        ({"broken": 1}, 461),  # 6 / 13
        ({"kept": 90}, 960),  # 96 / 100
        ({"kept": 20, "late": 4, "broken": 1}, 756),  # 28 / 37
        ({"answered": 20}, 800),  # half a deed each
        ({"silent": 4}, 500),  # 6 / 12
        ({"sound": 10, "faulty": 10}, 533),  # 16 / 30
    ],
)
def test_the_arithmetic_of_standing(tally: dict[str, int], expected: int) -> None:
    assert standing(deeds(**tally)) == expected


@settings(max_examples=80, deadline=None)
@given(tallies)
def test_it_stays_on_its_scale_and_follows_deeds(tally: dict[str, int]) -> None:
    rows = deeds(**tally)
    now, shown = standing(rows), figure(rows)
    assert 0 <= now < SCALE
    assert 0 < shown.low < shown.mean < shown.high < 1
    for outcome in (Outcome.KEPT, Outcome.SOUND, Outcome.ANSWERED):
        assert standing([*rows, deed(-1, outcome)]) >= now
        assert figure([*rows, deed(-1, outcome)]).mean > shown.mean
    for outcome in (Outcome.BROKEN, Outcome.FAULTY, Outcome.SILENT):
        assert standing([*rows, deed(-1, outcome)]) <= now
        assert figure([*rows, deed(-1, outcome)]).mean < shown.mean


@settings(max_examples=60, deadline=None)
@given(ages)
def test_only_the_newest_of_two_years_count(aged: list[tuple[Outcome, int]]) -> None:
    rows = [deed(n, outcome, NOW - timedelta(days=age)) for n, (outcome, age) in enumerate(aged)]
    kept = counted(rows, NOW)
    assert all(NOW - row.at < KEPT_FOR for row in kept)
    assert [row.at for row in kept] == sorted((row.at for row in kept), reverse=True)
    for dimension in {row.dimension for row in rows}:
        fresh = [row for row in rows if row.dimension == dimension and NOW - row.at < KEPT_FOR]
        assert sum(row.dimension == dimension for row in kept) == min(len(fresh), NEWEST)
    assert counted(kept, NOW) == kept


def test_a_hundred_newer_deeds_push_an_old_one_out() -> None:
    old = deed(0, Outcome.BROKEN, NOW - 300 * HOUR)
    newer = [deed(n, Outcome.KEPT, NOW - n * HOUR) for n in range(1, NEWEST + 1)]
    assert old in counted([old, *newer[:-1]], NOW)
    assert old not in counted([old, *newer], NOW)
    elsewhere = [deed(n, Outcome.KEPT, slot="quality") for n in range(1, NEWEST + 1)]
    assert old in counted([old, *elsewhere], NOW)


def test_one_alliance_hides_nothing_however_many_lines_it_has() -> None:
    busy, other = uuid4(), uuid4()
    old = [replace(deed(n, Outcome.BROKEN, NOW - 300 * HOUR), alliance=other) for n in range(5)]
    own = [replace(deed(n, Outcome.LATE, NOW - 200 * HOUR), alliance=busy) for n in range(5, 8)]
    flood = [replace(deed(n, Outcome.KEPT), alliance=busy) for n in range(10, 10 + 3 * NEWEST)]
    kept = counted([*old, *own, *flood], NOW)
    assert set(old + own) <= set(kept)
    assert len(kept) == len(old) + MOST_OF_ONE


def test_when_the_oldest_stops_to_count() -> None:
    assert until([]) is None
    first = deed(1, Outcome.KEPT, NOW - 50 * HOUR)
    ends = until([deed(2, Outcome.KEPT), first])
    assert ends is not None
    assert first in counted([first], ends - HOUR)
    assert first not in counted([first], ends)


def test_figures_are_kept_apart_by_competency_and_dimension() -> None:
    rows = [
        deed(1, Outcome.KEPT),
        deed(2, Outcome.SOUND),
        deed(3, Outcome.BROKEN, slot="listing:de"),
    ]
    found = by_competency(rows)
    assert list(found) == [("listing:de", "6203"), ("maker", "6203")]
    assert list(found["maker", "6203"]) == ["on_time", "quality"]
    assert found["maker", "6203"]["on_time"].observations == 1
    assert found["listing:de", "6203"]["on_time"].mean == pytest.approx(1.2 / 5)


def test_no_deed_is_no_blemish() -> None:
    nothing = figure([])
    assert (nothing.mean, nothing.observations) == (pytest.approx(0.6), 0)
    assert nothing.low < 0.15
    assert nothing.high > 0.95


def test_evidence_of_goods_that_were_partly_as_promised() -> None:
    short = Conduct(1, "maker", "6203", Outcome.FAULTY, "task:M6", "lot", NOW, share=0.25)
    assert short.evidence == (0.75, 0.25)
    assert short.dimension == "quality"


@settings(max_examples=80, deadline=None)
@given(shapes, shapes, st.floats(0.01, 0.99))
def test_the_beta_distribution_is_the_one_of_the_books(a: float, b: float, x: float) -> None:
    value = cumulative(x, a, b)
    assert 0 <= value <= 1
    assert value == pytest.approx(1 - cumulative(1 - x, b, a), abs=1e-9)
    assert value <= cumulative(min(x + 0.005, 1), a, b) + 1e-9
    if 0.001 < value < 0.999:  # where the curve is flat, many places have one value
        assert quantile(value, a, b) == pytest.approx(x, abs=1e-6)


@pytest.mark.parametrize(
    ("x", "a", "b", "value"),
    [
        (0.3, 1, 1, 0.3),
        (0.5, 2, 3, 0.6875),
        (0.2, 1, 4, 1 - 0.8**4),
        (0.9, 5, 1, 0.9**5),
        (0.25, 0.5, 0.5, 2 / math.pi * math.asin(0.5)),
        (0.0, 2, 2, 0),
        (1.0, 2, 2, 1),
    ],
)
def test_values_that_are_known_in_closed_form(x: float, a: float, b: float, value: float) -> None:
    assert cumulative(x, a, b) == pytest.approx(value, abs=1e-10)


def test_the_interval_narrows_with_evidence() -> None:
    few, many = figure(deeds(kept=3, broken=0)), figure(deeds(kept=60))
    assert many.high - many.low < few.high - few.low
    assert many.low > 0.9
