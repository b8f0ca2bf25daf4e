"""A plan's tasks in time."""

from xml.etree import ElementTree

from matching.blueprint import Route, Slot, graph
from matching.gantt import bars, drawing
from matching.problem.timing import MANDATORY

SPECS = graph(Route.B, MANDATORY, market_country="DE")


def test_nothing_begins_before_what_it_waits_for():
    by_code = {bar.task.code: bar for bar in bars(SPECS)}
    assert len(by_code) == len(SPECS)
    for bar in by_code.values():
        assert all(by_code[code].last <= bar.first + 1e-9 for code in bar.task.after)


def test_what_decides_the_first_unit_is_a_chain_that_ends_with_it():
    deciding = [bar for bar in bars(SPECS) if bar.is_critical]
    assert deciding[0].first == 0
    assert deciding[-1].task.code == "S2"
    assert "E2" not in {bar.task.code for bar in deciding}


def test_without_a_first_unit_nothing_decides_it():
    assert not any(bar.is_critical for bar in bars(graph(Route.B, {Slot.MAKER})[:2]))


def test_the_drawing_is_an_image_with_a_name_and_a_bar_for_each_task():
    rows = bars(SPECS)
    drawn = ElementTree.fromstring(drawing(rows, days=100, label='Plan "1" <&>', unit="day"))
    assert (drawn.get("role"), drawn.get("aria-label")) == ("img", 'Plan "1" <&>')
    rects = drawn.findall("rect")
    assert len(rects) == len(rows)
    right = float(drawn.get("viewBox", "").split()[2])
    assert all(0 <= float(one.get("x", "-1")) + float(one.get("width", "0")) <= right for one in rects)


def test_the_same_days_are_the_same_place_in_every_drawing():
    short, long = bars(SPECS)[:3], bars(SPECS)
    places = [
        [
            one.get("x")
            for one in ElementTree.fromstring(drawing(rows, days=90, label="", unit="")).findall("rect")
        ]
        for rows in (short, long)
    ]
    assert places[0] == places[1][:3]
