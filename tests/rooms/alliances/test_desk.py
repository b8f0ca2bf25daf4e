"""A firm's desk and its pages, through HTTP: an alliance from the invitation to the confirmed share."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from alliances import actions
from alliances.models import Alliance, Invitation
from config import clock
from firms.models import User
from tests.builders.alliances import (
    DAY,
    World,
    forming_world,
    fresh,
    invitation,
    operating,
    settling,
    task,
    work_off,
)

pytestmark = pytest.mark.usefixtures("savepoint")


@pytest.fixture(scope="module")
def now() -> datetime:
    return timezone.now()


def of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(client: Client, path: str, **sent: Any) -> str:
    answer = client.post(path, sent, follow=True) if sent else client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def json_of(client: Client, path: str, **sent: Any) -> tuple[int, dict[str, Any]]:
    answer = client.post(path, sent, headers={"Accept": "application/json"})
    return answer.status_code, answer.json()


def address(found: Invitation, verb: str = "") -> str:
    return f"/invitations/{found.key}/{verb}"


def board(alliance: Alliance, rest: str = "") -> str:
    return f"/alliances/{alliance.key}/{rest}"


def verb(alliance: Alliance, code: str, name: str) -> str:
    return board(alliance, f"tasks/{task(alliance, code).pk}/{name}/")


# -- invitations --


def test_an_empty_desk_says_what_will_come(world: World) -> None:
    assert "Nothing waits for you" in page(of(world.firms.outsider.owner), "/desk/")


def test_an_invitation_shows_all_that_is_needed_to_decide(world: World, now: datetime) -> None:
    found = invitation(world.approve(now), "maker")
    owner = of(world.firms.maker.owner)
    assert address(found) in page(owner, "/desk/")
    shown = page(owner, address(found))
    for words in (
        "Units made",
        "€6.00",
        "€600.00",
        "€650.00",
        "Forwarder",
        "Capacity that is held",
        found.terms_hash,
        "Accept and sign",
        "Trend lives then",
    ):
        assert words in shown


def test_an_invitation_is_accepted_in_the_browser(world: World, now: datetime) -> None:
    found = invitation(world.approve(now), "maker")
    shown = page(of(world.firms.maker.owner), address(found, "accept/"), terms_hash=found.terms_hash)
    assert "You have accepted" in shown
    assert fresh_invitation(found).state == "accepted"


def fresh_invitation(found: Invitation) -> Invitation:
    return Invitation.objects.get(pk=found.pk)


@pytest.mark.parametrize(("sent", "code"), [({"terms_hash": "0"}, "same_terms"), ({}, "same_terms")])
def test_a_refusal_is_told_in_words_and_to_scripts_in_json(
    world: World, now: datetime, sent: dict, code: str
) -> None:
    found = invitation(world.approve(now), "maker")
    owner = of(world.firms.maker.owner)
    assert "The terms have changed since." in page(owner, address(found, "accept/"), x="", **sent)
    status, told = json_of(owner, address(found, "accept/"), **sent)
    assert (status, told["ok"], told["code"]) == (409, False, code)


def test_a_worker_sees_it_but_does_not_sign(world: World, now: datetime) -> None:
    found = invitation(world.approve(now), "maker")
    worker = of(world.firms.maker.worker)
    assert "Only an owner or a manager" in page(worker, address(found))
    for name in ("accept", "decline"):
        assert "Only an owner or a manager" in page(
            worker, address(found, name + "/"), terms_hash=found.terms_hash
        )
    assert fresh_invitation(found).state == "pending"


def test_a_declined_invitation_goes_to_the_next_firms_desk(world: World, now: datetime) -> None:
    found = invitation(world.approve(now), "maker")
    assert "You have declined" in page(of(world.firms.maker.owner), address(found, "decline/"), reason="full")
    following = Invitation.objects.filter(seat=found.seat).latest("pk")
    assert address(following) in page(of(world.rival.owner), "/desk/")
    assert address(found) not in page(of(world.firms.maker.owner), "/desk/")


# -- work --


def test_a_task_is_done_from_the_desk(world: World, now: datetime) -> None:
    alliance = operating(world, now)
    worker = of(world.firms.maker.worker)
    assert verb(alliance, "M1", "start") in page(worker, "/desk/")
    page(worker, verb(alliance, "M1", "start"), expected_version="2")
    assert verb(alliance, "M1", "finish") in page(worker, "/desk/")
    page(worker, verb(alliance, "M1", "finish"), expected_version="3")
    assert task(alliance, "M1").state == "finished"
    assert "Source sample material" in page(worker, "/desk/")


def test_quantities_are_read_as_people_write_them(world: World, now: datetime) -> None:
    alliance = work_off(operating(world, now), now, until="S3")
    worker = of(world.firms.seller.worker)
    page(worker, verb(alliance, "S3", "start"), x="")
    page(worker, verb(alliance, "S3", "progress"), done_units=" 40 ", revenue_minor="1,000,00")
    page(worker, verb(alliance, "S3", "progress"), done_units="60", revenue_minor="")
    assert (task(alliance, "S3").done_units, task(alliance, "S3").revenue_minor) == (60, 100_000)
    assert "Write a whole number" in page(worker, verb(alliance, "S3", "progress"), done_units="some")
    status, told = json_of(worker, verb(alliance, "S3", "finish"), done_units="60")
    assert (status, told["code"]) == (409, "quantity")


def test_a_stale_edit_shows_the_present_state(world: World, now: datetime) -> None:
    alliance = operating(world, now)
    worker = of(world.firms.maker.worker)
    assert json_of(worker, verb(alliance, "M1", "start"), expected_version="2")[0] == 200
    status, told = json_of(worker, verb(alliance, "M1", "finish"), expected_version="2")
    assert (status, told["code"]) == (409, "conflict")
    assert (told["detail"]["task"]["state"], told["detail"]["task"]["version"]) == ("started", 3)


def test_a_command_sent_twice_is_done_once(world: World, now: datetime) -> None:
    alliance = operating(world, now)
    worker = of(world.firms.maker.worker)
    first = json_of(worker, verb(alliance, "M1", "start"), command_id="a-b-c")
    assert json_of(worker, verb(alliance, "M1", "start"), command_id="a-b-c") == first


def test_stock_and_exceptions_are_posted_from_the_board(world: World, now: datetime) -> None:
    alliance = operating(world, now)
    carrier = of(world.firms.carrier.worker)
    page(carrier, board(alliance, "stock/"), place="Hamburg", units="12")
    assert alliance.stock_reports.get().units == 12
    about = task(alliance, "L1").pk
    page(carrier, board(alliance, "exceptions/"), kind="customs_hold", text="papers", task=str(about))
    assert alliance.tasks.get(code="X1").exception_kind == "customs_hold"
    for rest, told in (("stock/", "Give a place"), ("exceptions/", "Choose what is wrong")):
        assert told in page(carrier, board(alliance, rest), units="many")


@pytest.mark.parametrize("sent", [{}, {"expected_version": "x"}, {"units": "x"}])
def test_what_a_stranger_sends_is_not_even_read(world: World, now: datetime, sent: dict) -> None:
    """A wrong number in a form must not tell that the alliance exists."""
    alliance = operating(world, now)
    stranger = of(world.firms.outsider.owner)
    paths = [verb(alliance, "M1", "start"), board(alliance, "stock/"), board(alliance, "exceptions/")]
    assert [stranger.post(path, sent).status_code for path in paths] == [404] * 3


def test_a_task_of_another_alliance_is_not_found_here(world: World, now: datetime) -> None:
    alliance, other = operating(world, now), operating(forming_world(now), now)
    operator = of(world.firms.operator)
    for wrong in (task(other, "M1").pk, 10**30):
        assert operator.post(board(alliance, f"tasks/{wrong}/start/")).status_code == 404
    assert operator.post(verb(alliance, "M1", "conquer")).status_code == 404


# -- the end --


def test_a_share_is_seen_with_its_reasons_and_confirmed(world: World, now: datetime) -> None:
    alliance = settling(world, now)
    owner = of(world.firms.maker.owner)
    assert board(alliance, "settlement/") in page(owner, "/desk/")
    shown = page(owner, board(alliance, "settlement/"))
    for words in ("€650.00", "€600.00", "Price per unit", "-€800.00", alliance.settlement.inputs_hash):
        assert words in shown.replace("−", "-")
    assert "You have confirmed" in page(owner, board(alliance, "confirm/"), x="")
    assert board(alliance, "settlement/") not in page(owner, "/desk/")


def test_an_objection_is_made_answered_and_then_it_ends(world: World, now: datetime) -> None:
    alliance = settling(world, now)
    page(of(world.firms.maker.owner), board(alliance, "object/"), text="ten units are missing")
    operator = of(world.firms.operator)
    shown = page(operator, f"/console/alliances/{alliance.key}/")
    assert "ten units are missing" in shown
    answer = f"/console/objections/{alliance.settlement.objections.get().pk}/answer/"
    assert "Answered." in page(operator, answer, answer="counted", back=f"/console/alliances/{alliance.key}/")
    for firm in (world.firms.maker, world.firms.carrier, world.firms.seller):
        page(of(firm.owner), board(alliance, "confirm/"), x="")
    assert fresh(alliance).state == "dissolved"
    owner = of(world.firms.maker.owner)
    assert "What my firm has earned" in page(owner, "/desk/")
    gone = [board(alliance), board(alliance, "settlement/")]
    assert [owner.get(path).status_code for path in gone] == [404, 404]


def test_desks_take_a_fixed_number_of_queries(
    world: World, now: datetime, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    operating(world, now)
    client = of(world.firms.maker.owner)
    with django_assert_max_num_queries(25) as one:
        client.get("/desk/")
    for _ in range(2):
        operating(forming_world(now, world.firms), now)
    with django_assert_max_num_queries(len(one)):
        client.get("/desk/")


def test_the_markets_clock_decides_what_is_late(world: World) -> None:
    """In the sample world a day lasts a moment: an invitation of market time ends by market time."""
    start = timezone.now()
    found = invitation(world.approve(start), "maker")
    clock.set_pace(1.0, start_at=start + timedelta(hours=49))
    told = page(of(world.firms.maker.owner), address(found, "accept/"), terms_hash=found.terms_hash)
    assert "The invitation has expired." in told
    actions.act(start + 3 * DAY)
    assert fresh_invitation(found).state == "expired"
