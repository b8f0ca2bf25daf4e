"""Charts are well-formed pictures that say what they show."""

from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import chart

START = date(2026, 1, 1)


def story(units: list[int], **changes: object) -> chart.Story:
    told: dict[str, object] = {
        "first_on": START,
        "units": units,
        "watched": [value // 2 for value in units],
        "baseline": 3.0,
        "window_from_on": START + timedelta(days=1),
        "window_until_on": START + timedelta(days=3),
        "alarm_on": START + timedelta(days=2),
        "label": "hats <in> Germany",
    }
    return chart.Story(**{**told, **changes})  # type: ignore[arg-type]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=90), st.integers(-5, 200))
def test_any_numbers_make_a_picture_inside_its_frame(units: list[int], alarm: int):
    picture = ElementTree.fromstring(chart.series(story(units, alarm_on=START + timedelta(days=alarm))))
    dot = picture.find("circle")
    assert 0 <= float(dot.get("cx")) <= chart.WIDE.width
    assert 0 <= float(dot.get("cy")) <= chart.WIDE.height
    assert picture.get("aria-label") == "hats <in> Germany"


def test_what_was_foretold_follows_what_was_counted():
    fan = chart.Fan(START + timedelta(days=2), low=[1, 2], likely=[4, 4], high=[9, 30])
    told = story([1, 5, 9], fan=fan)
    picture = ElementTree.fromstring(chart.series(told))
    places = {path.get("class"): path.get("d") for path in picture.iter("path")}
    assert told.days == 5
    assert places["likely"].endswith(f"{chart.WIDE.width:.1f} {chart.WIDE.y(4, 9)}")
    assert places["fan"].endswith("z")
    assert story([1, 5, 9]).days == 3


@pytest.mark.parametrize(
    ("most", "told"), [(7, "7"), (691.48, "700"), (4_750, "5000"), (70_100, "80k"), (2_000_000, "2M")]
)
def test_the_axis_says_its_height_in_few_figures(most: int, told: str):
    assert f">{told}</text>" in chart.series(story([1, most, 1]))


def test_a_small_chart_marks_the_day_of_the_surge():
    picture = ElementTree.fromstring(chart.sparkline([1, 2, 9], label="hats", hot=2))
    assert picture.find("circle").get("cx") == str(float(chart.SPARK.width))
    assert picture.get("role") == "img"


@pytest.mark.parametrize("hot", [None, -1, 3])
def test_without_a_day_to_mark_there_is_no_mark(hot: int | None):
    assert "circle" not in chart.sparkline([1, 2, 9], label="hats", hot=hot)


def test_no_days_no_chart():
    assert chart.sparkline([], label="hats") == ""


def test_nothing_sold_is_a_flat_line():
    assert "NaN" not in chart.sparkline([0, 0, 0], label="hats")


def test_pictures_carry_no_style_of_their_own():
    assert "style=" not in chart.series(story([1, 5, 9])) + chart.sparkline([1, 2], label="hats")
