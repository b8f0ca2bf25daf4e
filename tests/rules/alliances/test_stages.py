"""The states of an alliance in time."""

from datetime import UTC, datetime, timedelta

from alliances.queries.stages import in_order

NOW = datetime(2026, 5, 10, tzinfo=UTC)
ENTERED = [("operating", "2026-05-03T00:00:00Z"), ("inviting", "2026-05-01T00:00:00Z")]


def test_each_state_lasts_until_the_next_and_the_last_goes_on():
    first, last = in_order(ENTERED, NOW, is_over=False)
    assert (first.state, first.length, first.until_at) == ("inviting", timedelta(days=2), last.from_at)
    assert (last.state, last.length, last.until_at) == ("operating", timedelta(days=7), None)


def test_what_is_over_does_not_go_on():
    *_, last = in_order([*ENTERED, ("dissolved", "2026-05-05T00:00:00Z")], NOW, is_over=True)
    assert (last.state, last.length) == ("dissolved", timedelta())


def test_states_of_one_moment_follow_as_in_a_life_and_a_state_entered_anew_goes_on():
    again = [("inviting", "2026-05-02T00:00:00Z"), ("committed", "2026-05-03T00:00:00Z")]
    moment = [("negotiating", "2026-05-03T00:00:00Z")]
    found = in_order([*ENTERED[1:], *again, *moment], NOW, is_over=False)
    assert [(row.state, row.length.days) for row in found] == [
        ("inviting", 2),
        ("negotiating", 0),
        ("committed", 7),
    ]


def test_nothing_has_happened_yet():
    assert in_order([], NOW, is_over=False) == []
