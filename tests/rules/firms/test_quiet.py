"""Quiet hours: by the wall clocks of the firm's zone, also when those are put forward or back."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firms.quiet import QuietHours, send_at

MINUTE = timedelta(minutes=1)
ZONES = [
    "UTC",
    "Asia/Shanghai",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Apia",
]
SHANGHAI, BERLIN = QuietHours("Asia/Shanghai"), QuietHours("Europe/Berlin")
NIGHT_SHIFT = QuietHours("Europe/Berlin", time(2, 30), time(3, 30))


def at(zone: str, *when: int, fold: int = 0) -> datetime:
    return datetime(*when, tzinfo=ZoneInfo(zone), fold=fold)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("hours", "made", "sent"),
    [
        (SHANGHAI, at("Asia/Shanghai", 2026, 3, 4, 12), at("Asia/Shanghai", 2026, 3, 4, 12)),
        (SHANGHAI, at("Asia/Shanghai", 2026, 3, 4, 20, 59, 59), at("Asia/Shanghai", 2026, 3, 4, 20, 59, 59)),
        (SHANGHAI, at("Asia/Shanghai", 2026, 3, 4, 21), at("Asia/Shanghai", 2026, 3, 5, 7)),
        (SHANGHAI, at("Asia/Shanghai", 2026, 3, 5, 0, 30), at("Asia/Shanghai", 2026, 3, 5, 7)),
        (SHANGHAI, at("Asia/Shanghai", 2026, 3, 5, 6, 59, 59), at("Asia/Shanghai", 2026, 3, 5, 7)),
        (SHANGHAI, at("Asia/Shanghai", 2026, 3, 5, 7), at("Asia/Shanghai", 2026, 3, 5, 7)),
        (SHANGHAI, at("UTC", 2026, 3, 4, 15), at("UTC", 2026, 3, 4, 23)),  # the firm's zone, not the server's
        # the night in which clocks are put forward is an hour shorter, the one in which they go back is longer
        (BERLIN, at("Europe/Berlin", 2026, 3, 28, 21), at("UTC", 2026, 3, 29, 5)),
        (BERLIN, at("Europe/Berlin", 2026, 10, 24, 21), at("UTC", 2026, 10, 25, 6)),
        # hours that begin in the time that does not exist, and in the time that comes twice
        (NIGHT_SHIFT, at("UTC", 2026, 3, 29, 1), at("UTC", 2026, 3, 29, 1, 30)),
        (NIGHT_SHIFT, at("Europe/Berlin", 2026, 10, 25, 2, 45), at("UTC", 2026, 10, 25, 1, 0)),
        (NIGHT_SHIFT, at("Europe/Berlin", 2026, 10, 25, 2, 45, fold=1), at("UTC", 2026, 10, 25, 2, 30)),
        (QuietHours("UTC", time(7), time(7)), at("UTC", 2026, 3, 4, 3), at("UTC", 2026, 3, 4, 3)),  # none
        (QuietHours("UTC", time(12), time(14)), at("UTC", 2026, 3, 4, 13), at("UTC", 2026, 3, 4, 14)),
    ],
)
def test_an_email_waits_until_the_quiet_hours_are_over(
    hours: QuietHours, made: datetime, sent: datetime
) -> None:
    assert send_at(made, hours) == sent


NIGHT = at("Asia/Shanghai", 2026, 3, 4, 23)
MORNING = at("Asia/Shanghai", 2026, 3, 5, 7)


@pytest.mark.parametrize(
    ("until", "is_urgent", "sent"),
    [
        (None, False, MORNING),
        (None, True, NIGHT),
        (MORNING - MINUTE, False, NIGHT),
        (MORNING, False, NIGHT),
        (MORNING + MINUTE, False, MORNING),
    ],
)
def test_what_cannot_wait_goes_at_once(until: datetime | None, is_urgent: bool, sent: datetime) -> None:
    assert send_at(NIGHT, SHANGHAI, until=until, is_urgent=is_urgent) == sent


def test_without_quiet_hours_everything_goes_at_once() -> None:
    assert send_at(NIGHT, None) == NIGHT


clocks = st.times().map(lambda wall: wall.replace(second=0, microsecond=0, tzinfo=None))
moments = st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - given below


@settings(max_examples=60, deadline=None)
@given(zone=st.sampled_from(ZONES), begins=clocks, ends=clocks, made=moments)
def test_it_is_the_first_minute_that_is_not_quiet(
    zone: str, begins: time, ends: time, made: datetime
) -> None:
    hours = QuietHours(zone, begins, ends)
    sent = send_at(made, hours)
    assert made <= sent
    assert not hours.hold(sent)
    if sent != made:
        assert hours.hold(made)
        assert sent - made <= timedelta(hours=49)  # a day, and one that clocks or a date line took
        waited = range(int((sent - made) / MINUTE))
        assert all(
            hours.hold(sent - MINUTE * (1 + minutes))
            for minutes in waited
            if sent - MINUTE * (1 + minutes) > made
        )


@given(zone=st.sampled_from(ZONES), wall=clocks, made=moments)
def test_hours_that_end_when_they_begin_are_none(zone: str, wall: time, made: datetime) -> None:
    assert send_at(made, QuietHours(zone, wall, wall)) == made
