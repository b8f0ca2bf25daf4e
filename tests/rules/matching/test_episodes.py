"""Alarms of following days are one surge; days without a row are zero."""

from datetime import date, timedelta

from matching.episodes import QUIET, episodes
from matching.observations import Counts, Day, filled, tables
from matching.spikes import Alarm

START = date(2026, 1, 1)


def on(day: int) -> date:
    return START + timedelta(days=day)


def alarm(day: int, series: str = "a", level: str = "watch", strength: float = 4.0) -> Alarm:
    evidence = {"basis": "units", "onset_on": on(day - 1).isoformat(), "window_days": 3, "counts": [1, 2, 3]}
    return Alarm(series, on(day), strength, level, evidence)  # type: ignore[arg-type]


def test_alarms_close_together_are_one_surge():
    (one,) = episodes([alarm(3), alarm(4, strength=6.0), alarm(9)])
    assert (one.first_on, one.last_on, one.onset_on) == (on(3), on(9), on(2))
    assert (one.strength, one.peak_strength) == (4.0, 6.0)
    assert one.evidence["alarm_days"] == 3


def test_a_long_silence_begins_another_surge():
    apart = QUIET.days + 1
    assert len(episodes([alarm(1), alarm(1 + QUIET.days)])) == 1
    assert len(episodes([alarm(1), alarm(1 + apart)])) == 2


def test_series_do_not_mix():
    found = episodes([alarm(1, "a"), alarm(1, "b"), alarm(2, "a")])
    assert [(one.series, one.last_on) for one in found] == [("a", on(2)), ("b", on(1))]


def test_a_surge_stays_confirmed_and_keeps_the_day():
    (one,) = episodes([alarm(1), alarm(2, level="confirmed"), alarm(3)])
    assert one.level == "confirmed"
    assert one.evidence["confirmed_on"] == on(2).isoformat()


def test_more_days_only_add_to_the_end():
    alarms = [alarm(1), alarm(4, level="confirmed"), alarm(20), alarm(22)]
    for length in range(1, len(alarms) + 1):
        starts = [one.first_on for one in episodes(alarms[:length])]
        assert starts == [one.first_on for one in episodes(alarms)][: len(starts)]


def test_missing_days_are_zero_and_rows_of_one_day_add_up():
    counts = filled([Day(on(0), 2, 1, 1), Day(on(3), 4, 2, 1), Day(on(3), 1, 1, 0)])
    assert counts == Counts(on(0), (2, 0, 0, 5), (1, 0, 0, 3), (1, 0, 0, 1))
    assert counts.last_on == on(3)


def test_a_count_that_is_missing_on_a_day_is_not_used():
    counts = filled([Day(on(0), 2, 1, None), Day(on(1), 4, None, 1)])
    assert (counts.buyers, counts.new_buyers) == (None, None)


def test_series_with_the_same_kinds_of_counts_stand_in_one_table():
    one, other = (filled([Day(on(0), 1, 1, 1), Day(on(5), units, 1, 1)]) for units in (2, 3))
    short = filled([Day(on(1), 1, None, None)])
    late = filled([Day(on(4), 7, 1, 1)])
    found = tables({"b": other, "a": one, "c": short, "d": late})
    assert [table.series for table in found] == [("a", "b", "d"), ("c",)]
    assert found[0].units.tolist() == [[1, 0, 0, 0, 0, 2], [1, 0, 0, 0, 0, 3], [0, 0, 0, 0, 7, 0]]
    assert (found[0].born, found[0].ended) == ((0, 0, 4), (5, 5, 4))
    assert found[1].buyers is None
