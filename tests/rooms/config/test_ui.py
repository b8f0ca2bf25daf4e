"""What templates can say about money, numbers, times and states, in the reader's language."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django import forms
from django.template import Context, Template
from django.utils import timezone, translation

from alliances.lifecycle import DisputeState, InvitationState, SeatState, State, TaskState
from config.context import Market
from config.templatetags.states import LABELS, TONES
from firms.models import Firm, Reservation

AT = datetime(2010, 12, 3, 17, 30, tzinfo=UTC)


@pytest.fixture(params=["en", "zh-hans"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    with translation.override(request.param), timezone.override("Asia/Shanghai"):
        yield request.param


def shown(source: str, **context: object) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("source", "english", "chinese"),
    [
        ('{{ 123456|money:"USD" }}', "$1,234.56", "US$1,234.56"),
        ('{{ 123456|money:"CNY" }}', "CN¥1,234.56", "¥1,234.56"),
        ('{{ 1234|money:"JPY" }}', "¥1,234", "JP¥1,234"),
        ('{{ 123456|whole_money:"USD" }}', "$1,235", "US$1,235"),
        ("{{ 98765|units }}", "98,765", "98,765"),
        ("{{ 3.14159|units:1 }}", "3.1", "3.1"),
        ("{{ 0.345|percent }}", "34%", "34%"),
        ("{{ 0.345|percent:1 }}", "34.5%", "34.5%"),
        ("{{ 0.002|percent }}", "<1%", "<1%"),
        ("{{ 250|basis_points }}", "2.5%", "2.5%"),
        ('{{ "winding_down"|label_of }}', "Winding down", "收尾中"),
        ("{{ length|span }}", "3 hours", "3小时"),
    ],
)
def test_words_and_figures(source: str, english: str, chinese: str, language: str) -> None:
    text = shown("{% autoescape off %}" + source + "{% endautoescape %}", length=timedelta(hours=3))
    assert text == (english if language == "en" else chinese)


@pytest.mark.parametrize(
    "filter_", ['money:"USD"', 'whole_money:"USD"', "units", "percent", "basis_points", "span"]
)
def test_nothing_is_an_en_dash(filter_: str) -> None:
    assert shown("{{ none|" + filter_ + " }}", none=None) == "–"


def test_a_moment_is_local_and_says_its_utc(language: str) -> None:
    text = shown("{% when at %}", at=AT)
    assert 'datetime="2010-12-03T17:30:00+00:00" data-kind="moment"' in text
    assert ("4 Dec 2010, 01:30" if language == "en" else "2010年12月4日 01:30") in text


def test_a_day_has_no_zone(language: str) -> None:
    expected = "3 Dec 2010" if language == "en" else "2010年12月3日"
    assert f'datetime="2010-12-03" data-kind="day">{expected}<' in shown("{% day on %}", on=date(2010, 12, 3))


@pytest.mark.parametrize(
    ("far", "english", "chinese"),
    [
        (timedelta(hours=5), "in 5 hours", "5小时后"),
        (timedelta(days=-2), "2 days ago", "2天前"),
        (timedelta(seconds=20), "now", "现在"),
    ],
)
def test_distance_is_by_market_time(far: timedelta, english: str, chinese: str, language: str) -> None:
    text = shown("{% until at %}", at=AT + far, market=Market(AT, 1440.0, True))
    assert f">{english if language == 'en' else chinese}</time>" in text


def test_every_state_has_words_and_a_tone() -> None:
    machines = [State, TaskState, SeatState, InvitationState, DisputeState, Firm.State, Reservation.State]
    states = {str(state.value) for machine in machines for state in machine}
    assert states - set(LABELS) == set()
    assert states - set(TONES) == set()


def test_a_badge_is_escaped() -> None:
    assert "&lt;b&gt;" in shown('{% badge "open" words %}', words="<b>")


def test_an_icon_is_silent_unless_named() -> None:
    assert 'aria-hidden="true"' in shown('{% icon "truck" %}')
    assert 'role="img"><title>Carrier</title>' in shown('{% icon "truck" "Carrier" %}')


class Order(forms.Form):
    units = forms.IntegerField(min_value=1, help_text="How many")
    price = forms.DecimalField(required=False, initial=Decimal(1))
    mode = forms.ChoiceField(choices=[("sea", "Sea")], widget=forms.RadioSelect)


def test_a_wrong_field_is_tied_to_its_error_and_listed() -> None:
    text = shown("{% fields form %}", form=Order({"units": "0", "mode": "sea"}))
    assert 'href="#id_units"' in text
    assert 'aria-describedby="id_units_helptext id_units_error"' in text
    assert 'id="id_units_error"' in text
    assert 'aria-invalid="true"' in text
    assert "<legend>" in text
    assert text.count("data-problems") == 1


def test_a_good_form_has_no_summary() -> None:
    assert "data-problems" not in shown("{% fields form %}", form=Order())
