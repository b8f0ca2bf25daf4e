"""Recorded observations: fed day by day on the market's clock, or replayed from a file."""

import gzip
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from config import clock
from matching import actions
from matching.models import Feed, Series, Signal

START = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
HEADING = "source,product,title,hs6,market,date,units,buyers,new_buyers\n"


@pytest.fixture
def replayed(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(clock, "now", lambda: START)

    def run(text: str, *options: str, name: str = "orders.csv") -> tuple[str, str]:
        path = tmp_path / name
        path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
        out, err = StringIO(), StringIO()
        call_command("replay", str(path), *options, stdout=out, stderr=err)
        return out.getvalue(), err.getvalue()

    return run


def lines(*days: str, units: int = 3) -> str:
    return HEADING + "".join(f"orders,hats,Hats,650500,US,{day},{units},2,1\n" for day in days)


def test_each_day_arrives_when_it_has_ended(db):
    shift = actions.start_feed("orders_2017", first_on=START.date())
    assert actions.feed_day(START) == 0
    assert actions.feed_day(START + timedelta(days=1)) == 61
    assert set(Signal.objects.values_list("on", flat=True)) == {START.date()}
    assert actions.feed_day(START + timedelta(days=1)) == 0
    assert actions.feed_day(START + timedelta(days=3)) == 122
    assert Feed.objects.get().fed_until_on == START.date() + timedelta(days=2 - shift)


def test_a_long_absence_is_made_up_in_batches(db, settings):
    settings.SIGNAL_BATCH_MAX = 1_000
    actions.start_feed("orders_2017", first_on=START.date())
    later = START + timedelta(days=40)
    fed = [actions.feed_day(later) for _ in range(4)]
    assert sum(fed) == Signal.objects.count() == 40 * 61
    assert max(fed) <= 1_000


def test_a_feed_starts_once_and_ends_with_its_file(db):
    assert actions.start_feed("orders_2017", first_on=START.date()) == actions.start_feed(
        "orders_2017", first_on=date(2030, 1, 1)
    )
    Feed.objects.update(fed_until_on=date(2017, 12, 30))
    end = START + timedelta(days=400)
    assert actions.feed_day(end) == 61
    assert actions.feed_day(end) == 0


@pytest.mark.parametrize("name", ["orders.csv", "orders.csv.gz"])
def test_a_file_is_replayed_through_the_same_verb(replayed, name: str):
    said, _ = replayed(lines("2017-01-01", "2017-01-02"), name=name)
    assert "2 days" in said
    assert "2 accepted" in said
    assert Series.objects.changed().count() == 1


def test_a_replay_again_changes_nothing(replayed):
    replayed(lines("2017-01-01"))
    said, _ = replayed(lines("2017-01-01"))
    assert "0 accepted, 0 corrected, 1 unchanged" in said


def test_only_the_days_asked_for_are_replayed(replayed):
    text = lines("2017-01-03", "2017-01-01", "2017-01-02", "2017-01-04")
    replayed(text, "--from", "2017-01-02", "--to", "2017-01-03")
    assert sorted(Signal.objects.values_list("on", flat=True)) == [date(2017, 1, 2), date(2017, 1, 3)]


def test_bad_lines_are_told_with_their_numbers_and_the_rest_is_kept(replayed):
    text = lines("2017-01-01") + "orders,hats\n" + "orders,hats,Hats,650500,US,someday,3,2,1\n"
    said, told = replayed(text + "orders,hats,Hats,650500,US,2017-01-05,many,2,1\n")
    assert "1 accepted" in said
    assert "3 lines with problems" in said
    assert "line 3: " in told
    assert "line 4: date: " in told
    assert "line 5: units: " in told


def test_a_pace_feeds_one_day_after_the_other(replayed):
    said, _ = replayed(lines("2017-01-01", "2017-01-02", "2017-01-03"), "--days-per-second", "1000")
    assert [line.split(":")[0] for line in said.splitlines()[:3]] == [
        "2017-01-01",
        "2017-01-02",
        "2017-01-03",
    ]


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        ("", (), "columns are missing"),
        ("source,product\n", (), "columns are missing: market, date, units"),
        (HEADING + "orders,hats,Hats,650500,US,never,3,2,1\n", (), "No line"),
        (lines("2017-01-01"), ("--days-per-second", "0"), "above 0"),
        (lines("2017-01-01"), ("--from", "monday"), "no day"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_words(
    replayed, text: str, options: tuple[str, ...], said: str
):
    with pytest.raises(CommandError, match=said):
        replayed(text, *options)
    assert not Signal.objects.exists()


def test_a_missing_file_is_named(db):
    with pytest.raises(CommandError, match=r"nowhere\.csv"):
        call_command("replay", "nowhere.csv", stdout=StringIO())
