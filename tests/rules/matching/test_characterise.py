"""How many units a surge still asks for, and for how long."""

from datetime import date, timedelta

import pytest

from matching.characterise import HORIZON_DAYS, LEAST_DAYS, by_hand, characterise, usual
from matching.observations import Counts
from matching.problem import remaining

START = date(2026, 1, 1)


def surge(*after: int, usual_units: int = 10) -> Counts:
    return Counts(START, (usual_units,) * 30 + after, None, None)


def test_what_is_usual_is_the_mean_of_the_weeks_before():
    assert usual([4, 6, 5, 100], 3) == 5
    assert usual([100], 0) == 0


def test_only_what_is_beyond_the_usual_is_wanted():
    onset = START + timedelta(days=30)
    calm = characterise(surge(10, 10, 10), onset, scale=1)
    wild = characterise(surge(60, 80, 90), onset, scale=1)
    assert 3 * calm.units_p50 < wild.units_p50


def test_one_counted_unit_stands_for_many():
    onset = START + timedelta(days=30)
    small, large = (characterise(surge(60, 80, 90), onset, scale=scale) for scale in (1, 40))
    assert large.units_p50 == pytest.approx(40 * small.units_p50, rel=0.01)
    assert large.survival == small.survival


def test_days_after_the_day_of_asking_do_not_count():
    onset = START + timedelta(days=30)
    early = characterise(surge(60, 80), onset, scale=1)
    assert characterise(surge(60, 80, 5_000), onset, scale=1, until=onset + timedelta(days=1)) == early


def test_a_surge_outside_the_counts_is_refused():
    with pytest.raises(ValueError, match="outside"):
        characterise(surge(60), START + timedelta(days=90), scale=1)


def test_figures_by_hand_halve_after_the_half_life():
    wanted = by_hand((100, 300, 900), 10)
    assert (wanted.units_p10, wanted.units_p50, wanted.units_p90) == (100, 300, 900)
    assert wanted.half_life_days == pytest.approx(10)
    assert wanted.survival[0] == 1
    assert sum(wanted.demand_by_day) == pytest.approx(300, abs=HORIZON_DAYS)


@pytest.mark.parametrize(
    ("half_life", "least", "most"), [(1, LEAST_DAYS, LEAST_DAYS), (10, 60, 75), (300, 75, 75)]
)
def test_an_opportunity_ends_when_hardly_any_trend_lives(half_life: float, least: int, most: int):
    assert least <= by_hand((1, 2, 3), half_life).until_days <= most


def test_what_remains_of_a_trend_starts_at_one_again():
    assert remaining([1.0, 0.8, 0.4, 0.2], 1, 2) == (1.0, 0.5)
    assert remaining([1.0, 0.0], 1, 5) == ()
    assert remaining([1.0], 9, 5) == ()
