"""Flows on the map: where places lie, and arcs that go the shorter way round."""

from matching.geography import COUNTRIES, Carried, arcs, on_map


def test_the_map_begins_in_the_north_west():
    assert on_map((84, -180)) == (0, 0)
    assert on_map((0, 0)) == (180, 84)


def test_countries_lie_where_they_are():
    assert COUNTRIES["CN"][0] > 0 < COUNTRIES["CN"][1]
    assert COUNTRIES["US"][1] < -60
    assert COUNTRIES["AU"][0] < 0
    assert len(COUNTRIES) > 200


def test_wider_for_more_units_and_nothing_for_what_is_nowhere():
    rows = [
        Carried("CNNGB", "DE", "air", 900),
        Carried("CNNGB", "FR", "sea", 90),
        Carried("??XXX", "??", "sea", 1),
    ]
    few = arcs(rows, {"CNNGB": (29.9, 121.5)})
    assert [arc.carried.market for arc in few] == ["DE", "FR"]
    assert few[0].width > few[1].width
    assert few[0].path.startswith("M301.5 54.1Q")


def test_over_the_pacific_the_arc_leaves_the_map_and_comes_back():
    (arc,) = arcs([Carried("CNNGB", "US", "sea", 5)], {})
    assert arc.path.count("M") == 2


def test_no_flow_no_arc():
    assert arcs([], {}) == []
