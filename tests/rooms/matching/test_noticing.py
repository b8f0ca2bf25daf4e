"""Surges are noticed from what has arrived and nothing else, and can be set aside by people."""

from datetime import timedelta

import pytest

from config.rows import CLOCK, Missing, Refused
from matching import actions
from matching.actions.noticing import LOST_EVIDENCE
from matching.models import Spike
from tests.builders.firms import NOW, person
from tests.builders.matching import QUIET_DAYS, days, surge, surge_units

FIELDS = ["onset_on", "first_on", "last_on", "level", "strength", "peak_strength", "evidence"]


@pytest.fixture
def operator(db: None):
    return person("operator", is_operator=True).actor


def test_a_surge_is_noticed_and_confirmed_with_its_evidence(db):
    surge()
    actions.notice(NOW)
    spike = Spike.objects.get()
    assert spike.level == Spike.Level.CONFIRMED
    assert spike.evidence["observed"] > 3 * spike.evidence["expected"]
    assert spike.onset_on >= NOW.date() - timedelta(days=9)
    assert len(spike.evidence["counts"]) == spike.evidence["window_days"]


def test_quiet_weeks_are_no_surge(db):
    actions.take_in(CLOCK, days(surge_units()[:QUIET_DAYS], NOW.date()), now=NOW)
    assert actions.notice(NOW) == {"series": 1, "surges": 0}


def test_only_changed_series_are_looked_at(db):
    surge()
    assert actions.notice(NOW)["series"] == 1
    assert actions.notice(NOW)["series"] == 0


def test_day_by_day_gives_the_same_surges_as_all_at_once(db):
    rows = surge()
    actions.notice(NOW)
    at_once = list(Spike.objects.values(*FIELDS))
    Spike.objects.all().delete()
    for day in range(QUIET_DAYS - 2, len(rows)):
        until = NOW - timedelta(days=len(rows) - day)
        actions.take_in(CLOCK, [{**rows[day], "units": rows[day]["units"] + 1}], now=NOW)
        actions.take_in(CLOCK, [rows[day]], now=NOW)
        actions.notice(until)
    assert list(Spike.objects.values(*FIELDS)) == at_once


def test_no_day_after_now_is_looked_at(db):
    surge()
    assert actions.notice(NOW - timedelta(days=12))["surges"] == 0


def test_a_watch_grows_into_a_confirmed_surge_without_a_second_row(db):
    rows = surge_units()
    levels = []
    for length in range(QUIET_DAYS + 1, len(rows) + 1):
        actions.take_in(CLOCK, days(rows[:length], NOW.date() - timedelta(days=len(rows) - length)), now=NOW)
        actions.notice(NOW)
        levels += [spike.level for spike in Spike.objects.all()]
    assert Spike.objects.count() == 1
    assert levels == sorted(levels, reverse=True)
    assert {"watch", "confirmed"} == set(levels)


def test_a_correction_takes_the_evidence_of_an_unanswered_surge_away(db):
    rows = surge()
    actions.notice(NOW)
    calm = [{**one, "units": 2, "buyers": 2, "new_buyers": 1} for one in rows[QUIET_DAYS:]]
    actions.take_in(CLOCK, calm, now=NOW)
    actions.notice(NOW)
    spike = Spike.objects.get()
    assert spike.dismissed_at == NOW
    assert spike.dismissal_reason == LOST_EVIDENCE


def test_a_surge_without_counts_of_buyers_says_on_what_it_rests(db):
    surge(buyers=None, new_buyers=None)
    actions.notice(NOW)
    assert Spike.objects.get().evidence["basis"].startswith("units")


def test_an_operator_sets_a_surge_aside_with_a_reason(operator):
    surge()
    actions.notice(NOW)
    spike = Spike.objects.get()
    with pytest.raises(Refused):
        actions.dismiss_spike(operator, spike.pk, reason=" ", now=NOW)
    actions.dismiss_spike(operator, spike.pk, reason="a data error", now=NOW)
    assert not Spike.objects.waiting().exists()
    with pytest.raises(Refused):
        actions.dismiss_spike(operator, spike.pk, reason="again", now=NOW)


def test_members_set_nothing_aside(operator):
    surge()
    actions.notice(NOW)
    with pytest.raises(Missing):
        actions.dismiss_spike(person("worker").actor, Spike.objects.get().pk, reason="no", now=NOW)
