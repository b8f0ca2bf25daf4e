"""The operator's pages of alliances, through HTTP."""

from datetime import datetime

import pytest
from django.utils import timezone

from alliances.models import Alliance, Decision
from tests.builders.alliances import (
    DAY,
    World,
    accept,
    decline,
    forming_world,
    fresh,
    invitation,
    open_risk,
    operating,
    settling,
    task,
)
from tests.rooms.alliances.test_desk import json_of, of, page

pytestmark = pytest.mark.usefixtures("savepoint")


@pytest.fixture(scope="module")
def now() -> datetime:
    return timezone.now()


def proposal(world: World, verb: str) -> str:
    return f"/proposals/{world.proposal.key}/{verb}/"


def test_a_proposal_is_approved_in_the_browser(world: World) -> None:
    operator = of(world.firms.operator)
    assert "The firms of the plan are invited now" in page(
        operator, proposal(world, "approve"), reason="pays"
    )
    alliance = Alliance.objects.get()
    assert (alliance.state, Decision.objects.get().by) == ("inviting", world.firms.operator)
    assert alliance.title in page(operator, "/console/alliances/")


def test_without_the_opened_risk_nothing_is_approved(world: World) -> None:
    world.proposal.risk_reports.get().openings.all().delete()
    status, told = json_of(of(world.firms.operator), proposal(world, "approve"))
    assert (status, told["code"]) == (409, "risk_not_opened")
    open_risk(world.proposal, world.firms.operator, timezone.now())
    assert json_of(of(world.firms.operator), proposal(world, "approve"))[0] == 200


def test_a_proposal_is_rejected_with_a_reason(world: World) -> None:
    operator = of(world.firms.operator)
    assert json_of(operator, proposal(world, "reject"), reason="")[0] == 409
    assert json_of(operator, proposal(world, "reject"), reason="too thin")[0] == 200
    assert Decision.objects.get().reason == "too thin"


def test_one_page_tells_the_whole_story(world: World, now: datetime) -> None:
    alliance = world.approve(now)
    decline(invitation(alliance, "maker"), now)
    accept(invitation(alliance, "maker"), now)
    shown = page(of(world.firms.operator), f"/console/alliances/{alliance.key}/")
    for words in (
        "A firm declined",
        "A firm accepted its seat",
        "Approved by an operator",
        "it pays",
        "Yiwu Trousers",
    ):
        assert words in shown


def test_the_list_counts_by_state_and_shows_what_is_late(world: World, now: datetime) -> None:
    late = operating(world, now - 30 * DAY)
    waiting = forming_world(now).approve(now)
    operator = of(world.firms.operator)
    shown = page(operator, "/console/alliances/")
    assert late.title in shown
    assert '<span class="late">' in shown
    only = page(operator, "/console/alliances/?state=inviting")
    assert waiting.title in only
    assert late.title not in only


def test_an_alliance_is_stopped_with_a_reason(world: World, now: datetime) -> None:
    alliance = world.approve(now)
    stop = f"/console/alliances/{alliance.key}/abort/"
    operator = of(world.firms.operator)
    assert "Say why" in page(operator, stop, reason=" ")
    assert "Stopped." in page(operator, stop, reason="a recall")
    assert fresh(alliance).state == "aborted"


def test_operators_see_the_board_and_the_settlement(world: World, now: datetime) -> None:
    alliance = settling(world, now)
    operator = of(world.firms.operator)
    assert task(alliance, "M1").title in page(operator, f"/alliances/{alliance.key}/")
    shown = page(operator, f"/alliances/{alliance.key}/settlement/")
    assert "Confirm my share" not in shown


def test_after_an_answer_people_stay_on_our_pages(world: World) -> None:
    operator = of(world.firms.operator)
    answer = operator.post(proposal(world, "reject"), {"reason": "thin", "back": "https://evil.example/"})
    assert answer["Location"] == "/console/alliances/"
