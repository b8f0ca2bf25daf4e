"""The pace of the sample world: slow while somebody is asked, and no time at all while nothing runs."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from alliances import actions
from config import clock
from config.models import Clock
from config.sample import actors, director, visitors
from config.sample.world import OPERATOR
from firms.models import User
from tests.builders.alliances import HOUR, accept_mandatory, forming_world, operating, task
from tests.builders.firms import NOW

pytestmark = pytest.mark.django_db
NIGHT = timedelta(hours=10)


def stopped_at(market: datetime, *, speed: float = director.WORKING) -> None:
    """A platform that ended ten hours ago, when the market's clock showed this time."""
    ended_at = timezone.now() - NIGHT
    Clock.objects.create(pk=1, anchor_at=ended_at, anchor_market_at=market, speed=speed)


def test_a_night_without_the_platform_is_no_time_of_the_market() -> None:
    stopped_at(NOW)
    assert clock.now() > NOW + timedelta(days=1000)
    director.resume()
    assert NOW <= clock.now() < NOW + HOUR


def test_the_market_never_goes_back_behind_what_was_recorded() -> None:
    forming_world(NOW).approve(NOW + HOUR)
    stopped_at(NOW, speed=1.0)
    director.resume()
    assert clock.now() >= NOW + HOUR


def test_an_empty_world_has_no_clock_to_resume() -> None:
    director.resume()
    assert not Clock.objects.exists()


def test_time_is_slow_while_somebody_is_asked_and_until_the_launch(settings: Settings) -> None:
    settings.SAMPLE_HASTE = 3.0
    assert director.pace() == 3 * director.IDLE
    alliance = forming_world().approve()
    assert director.pace() == director.ASKING
    assert accept_mandatory(alliance).state == "committed"
    assert director.pace() == director.ASKING
    actions.act(NOW)
    assert director.pace() == 3 * director.WORKING


def test_what_a_visitor_could_do_is_left_to_the_visitor_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    alliance = operating(forming_world())
    ready = task(alliance, "M1")
    assert ready.seat and ready.seat.firm
    ready.seat.firm.is_sample = True
    ready.seat.firm.save()
    owner = ready.seat.firm.members.get(role="owner").user
    owner.last_login = timezone.now()
    owner.save()
    assert director.pace() == director.ASKING

    actors.work(NOW)
    assert task(alliance, "M1").state == "ready"
    monkeypatch.setattr(visitors, "PATIENCE_SECONDS", 0.0)
    actors.work(NOW)
    assert task(alliance, "M1").state == "started"


@pytest.mark.parametrize(("mean", "state"), [(500, "approved"), (-500, "dismissed")])
def test_the_sample_operator_approves_what_pays_and_sets_the_rest_aside(mean: int, state: str) -> None:
    world = forming_world()
    User.objects.filter(pk=world.firms.operator.pk).update(email=OPERATOR)
    report = world.proposal.risk_reports.get()
    report.figures = {"margin": {"mean": mean, "p_loss": 0.4}}
    report.save()
    assert actors.decide(NOW + HOUR) == 1
    world.proposal.opportunity.refresh_from_db()
    assert world.proposal.opportunity.state == state
