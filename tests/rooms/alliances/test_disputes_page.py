"""Objections, versions and disputes through HTTP, as a firm and two operators see them."""

import hashlib
from datetime import datetime

import pytest
from django.utils import timezone

from alliances import actions
from alliances.models import Dispute
from tests.builders.alliances import (
    DAY,
    World,
    forming_world,
    fresh,
    operating,
    shown_shares,
    task,
    work_off,
)
from tests.builders.firms import person
from tests.rooms.alliances.test_desk import board, of, page

pytestmark = pytest.mark.usefixtures("savepoint")
FIX = {"input-0": "sales||EUR", "units-0": "90", "amount-0": "2,100.50", "evidence-0": "the bank"}


@pytest.fixture(scope="module")
def now() -> datetime:
    return timezone.now()


@pytest.fixture(scope="module")
def built(module_transaction: None, now: datetime) -> World:
    world = forming_world(now)
    shown_shares(world, now - DAY)
    return world


def test_an_objection_goes_all_the_way_to_a_new_version(world: World, now: datetime) -> None:
    alliance = shown_shares(world, now - DAY)
    maker, operator = of(world.firms.maker.owner), of(world.firms.operator)
    judge = of(person("judge", is_operator=True))
    shown = page(maker, board(alliance, "settlement/"))
    assert "Sales in EUR" in shown
    assert "Write-off that Swift Air bears, in EUR" in shown
    page(maker, board(alliance, "object/"), text="sold less", matter="sales||EUR")
    pk = alliance.settlement.objections.get().pk
    back = board(alliance, "settlement/")
    assert "Answered." in page(operator, f"/console/objections/{pk}/answer/", answer="as told", back=back)
    shown = page(maker, back)
    assert "Accept the answer" in shown
    assert "as told" in shown
    assert "The dispute is open" in page(maker, f"/objections/{pk}/dispute/", text="look again", back=back)
    found = Dispute.objects.get()
    assert f"/disputes/{found.pk}/withdraw/" in page(maker, back)
    assert "waits for a ruling" in page(operator, f"/console/alliances/{alliance.key}/")
    rule = f"/console/disputes/{found.pk}/rule/"
    assert "Somebody else has to rule" in page(
        operator, rule, outcome="uphold", reasons="right", back=back, **FIX
    )
    assert "Ruled." in page(judge, rule, outcome="uphold", reasons="the bank is right", back=back, **FIX)
    shown = page(maker, back)
    for words in ("Version 2", "the bank is right", "€2,500.00 → €2,100.50", "100 → 90", "Upheld"):
        assert words in shown
    assert "in the meantime" in page(maker, board(alliance, "confirm/"), expected_version="1")
    assert "You have confirmed" in page(maker, board(alliance, "confirm/"), expected_version="2")


@pytest.mark.parametrize("wrong", ["12.345", "many", "1e99", "NaN", "-5"])
def test_an_amount_that_is_none_is_refused_in_words(world: World, now: datetime, wrong: str) -> None:
    alliance = shown_shares(world, now - DAY)
    page(of(world.firms.maker.owner), board(alliance, "object/"), text="sold less")
    pk = alliance.settlement.objections.get().pk
    shown = page(
        of(world.firms.operator),
        f"/console/objections/{pk}/answer/",
        answer="so",
        back=board(alliance, "settlement/"),
        **FIX | {"amount-0": wrong},
    )
    assert "Answered." not in shown
    assert fresh(alliance).settlement.version == 1


@pytest.mark.parametrize("wrong", ["abc", "-50"])
def test_a_ruling_that_is_refused_keeps_what_was_typed(now: datetime, wrong: str) -> None:
    world = forming_world(now)
    alliance = operating(world, now)
    page(of(world.firms.maker.owner), board(alliance, "dispute/"), text="it came wet")
    found = Dispute.objects.get()
    work_off(alliance, now)
    owes = f"penalty|{world.firms.carrier.firm.key}|EUR"
    sent = {"outcome": "uphold", "reasons": "it was wet", "input-0": owes, "evidence-0": "photo 12"}
    rule, back = f"/console/disputes/{found.pk}/rule/", board(alliance, "disputes/")
    judge = of(person("judge", is_operator=True))
    shown = page(judge, rule, back=back, **sent, **{"amount-0": wrong})
    for kept in ("it was wet</textarea>", f'value="{wrong}"', 'value="photo 12"', f'value="{owes}" selected'):
        assert kept in shown
    assert f'<div class="error" id="rule-{found.pk}-amount-0_error">Write an amount' in shown
    assert f'name="back" value="{back}"' in shown
    shown = page(judge, rule, back=back, **sent | {"evidence-0": ""}, **{"amount-0": "250"})
    assert "Name the evidence of each correction." in shown
    assert 'value="250"' in shown
    assert "Ruled." in page(judge, rule, back=back, **sent, **{"amount-0": "250"})
    for shown in (page(judge, back), page(of(world.firms.carrier.owner), back)):
        ruled = shown[shown.index("it was wet") :]
        for words in ("Penalty that Swift Air owes, in EUR", "photo 12", "€250.00"):
            assert words in ruled
    assert "This dispute is over." in page(judge, rule, back=back, **sent, **{"amount-0": "250"})


def test_the_inputs_are_a_file_with_the_hash_of_the_page(world: World, now: datetime) -> None:
    alliance = shown_shares(world, now - DAY)
    client = of(world.firms.carrier.worker)
    answer = client.get(board(alliance, "settlement/inputs/"))
    digest = hashlib.sha256(answer.content).hexdigest()
    assert digest == alliance.settlement.inputs_hash
    assert digest in page(client, board(alliance, "settlement/"))
    assert answer["Content-Disposition"].endswith('-1.json"')
    working = operating(forming_world(now, world.firms), now)
    assert client.get(board(working, "settlement/inputs/")).status_code == 404


def test_work_is_disputed_from_its_own_page(now: datetime) -> None:
    world = forming_world(now)
    alliance = operating(world, now)
    maker = of(world.firms.maker.owner)
    assert board(alliance, "disputes/") in page(maker, board(alliance))
    assert "Nothing is disputed" in page(maker, board(alliance, "disputes/"))
    about = task(alliance, "M6")
    shown = page(maker, board(alliance, "dispute/"), text="it came wet", task=str(about.pk))
    assert "it came wet" in shown
    found = Dispute.objects.get()
    judge = of(person("judge", is_operator=True))
    assert "Penalty that Swift Air owes" in page(judge, board(alliance, "disputes/"))
    assert "Withdrawn." in page(maker, f"/disputes/{found.pk}/withdraw/", back=board(alliance, "disputes/"))


def test_a_firm_accepts_an_answer_on_the_page(world: World, now: datetime) -> None:
    alliance = shown_shares(world, now - DAY)
    actions.object_(world.firms.maker.owner.actor, str(alliance.key), text="why", now=now)
    pk = alliance.settlement.objections.get().pk
    actions.answer_objection(world.operator, pk, answer="so", now=now)
    back = board(alliance, "settlement/")
    assert "You accept the answer" in page(
        of(world.firms.maker.owner), f"/objections/{pk}/accept/", back=back
    )
    assert "Accept the answer" not in page(of(world.firms.maker.owner), back)


def test_firms_are_settled_in_their_own_currencies(now: datetime) -> None:
    world = forming_world(now)
    alliance = operating(world, now - DAY)
    seat = alliance.seats.get(slot="forwarder")
    seat.terms["items"] = [item | {"currency": "JPY"} for item in seat.terms["items"]]
    seat.save()
    work_off(alliance, now - DAY)
    actions.act(now)
    due = set(fresh(alliance).settlement.shares.values_list("firm__legal_name", "currency", "amount_minor"))
    assert due == {
        ("Swift Air", "JPY", 15_000),
        ("Berlin Reach", "JPY", -15_000),
        ("Ningbo Trousers", "EUR", 65_000),
        ("Berlin Reach", "EUR", -65_000),
    }
    shown = page(of(world.firms.carrier.owner), board(alliance, "settlement/"))
    assert "¥15,000" in shown  # yen have no hundredths
    assert "¥150.00" not in shown
    for firm in (world.firms.maker, world.firms.carrier, world.firms.seller):
        page(of(firm.owner), board(alliance, "confirm/"), expected_version="1")
    assert fresh(alliance).state == "dissolved"
