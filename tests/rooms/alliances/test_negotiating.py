"""Counter-offers: a firm proposes other terms in bounded rounds, an operator answers, nothing is left hanging."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from alliances import actions, terms
from alliances.lifecycle import InvitationState, State
from alliances.models import Alliance, CounterOffer, Event, Invitation
from alliances.queries import negotiation as queries
from config import clock
from config.rows import Missing, Refused
from firms.models import Reservation, User
from tests.builders.alliances import (
    HOUR,
    NOW,
    World,
    accept,
    accept_mandatory,
    actor_of,
    fresh,
    invitation,
    seat,
)
from tests.builders.firms import join

pytestmark = pytest.mark.usefixtures("savepoint")
TTL = timedelta(hours=48)
DEARER = {"prices": {0: 700}, "units": 60, "note": "cotton is dear"}


@pytest.fixture
def alliance(world: World) -> Alliance:
    return world.approve()


def propose(found: Invitation, now=NOW, **wish: Any) -> dict[str, Any]:
    found.refresh_from_db()
    sent = {"terms_hash": found.terms_hash, "now": now, **(wish or DEARER)}
    return actions.counter(actor_of(found.firm_id), str(found.key), **sent)


def answer(world: World, verb: str, found: Invitation, now=NOW, **more: Any) -> dict[str, Any]:
    last = found.counter_offers.count()
    return getattr(actions, verb)(world.operator, str(found.key), **{"number": last, "now": now, **more})


def kinds(found: Invitation) -> list[str]:
    return list(found.stream.events.order_by("version").values_list("kind", flat=True))


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


# -- the three answers --


@pytest.mark.parametrize("verb", ["accept_counter", "refuse_counter", "offer_other"])
def test_nobody_answers_what_their_own_firm_proposed(world: World, alliance: Alliance, verb: str) -> None:
    found = invitation(alliance, "maker")
    propose(found)
    join(world.operator_user, world.firms.maker)
    with pytest.raises(Refused, match="own_firm"):
        answer(world, verb, found)


def test_a_proposal_waits_and_the_offer_stands(alliance: Alliance) -> None:
    found = invitation(alliance, "maker")
    before = (found.terms, found.terms_hash, found.due_at)
    propose(found)
    found.refresh_from_db()
    assert (found.state, (found.terms, found.terms_hash, found.due_at)) == ("pending", before)
    assert kinds(found) == ["invited", "countered"]
    assert list(queries.open_proposals(alliance)) == [found]
    accept(found)  # what stands can still be accepted
    assert invitation(alliance, "maker").state == InvitationState.ACCEPTED
    assert not queries.open_proposals(alliance)


def test_a_taken_proposal_is_the_offer_and_is_accepted_by_its_hash(world: World, alliance: Alliance) -> None:
    found = invitation(alliance, "maker")
    old = found.terms_hash
    propose(found)
    answer(world, "accept_counter", found)
    found.refresh_from_db()
    offered = queries.offered(found)
    assert (offered["items"][0]["unit_minor"], offered["items"][0]["units"]) == (700, 60)
    assert offered == seat(alliance, "maker").terms
    assert found.terms_hash == terms.digest(found.terms) != old
    event = found.stream.events.get(kind="counter_accepted")
    told = json.loads(event.body)["changes"]["offer"]
    assert (told["old_hash"], told["new_hash"]) == (old, found.terms_hash)
    with pytest.raises(Refused, match="same_terms"):
        actions.accept(actor_of(found.firm_id), str(found.key), terms_hash=old, now=NOW)
    accept(found)
    held = Reservation.objects.live().below(str(alliance.key))
    assert sum(held.values_list("units", flat=True)) == 60
    alliance = accept_mandatory(alliance)
    assert alliance.state == State.COMMITTED  # and the platform signs exactly these terms
    rows = {row["seat"]: row["terms"] for row in json.loads(alliance.agreement.text)["seats"]}
    assert rows["maker-1"] == offered


def test_a_refused_proposal_leaves_the_offer_as_it_was(world: World, alliance: Alliance) -> None:
    found = invitation(alliance, "maker")
    before = found.terms
    propose(found)
    answer(world, "refuse_counter", found, note="too dear")
    found.refresh_from_db()
    assert (found.terms, found.state) == (before, "pending")
    accept(found)
    assert seat(alliance, "maker").terms["items"][0]["unit_minor"] == 600


def test_other_terms_in_turn_take_the_place_of_the_offer(world: World, alliance: Alliance) -> None:
    found = invitation(alliance, "maker")
    propose(found)
    answer(world, "offer_other", found, prices={0: 650})
    found.refresh_from_db()
    assert queries.offered(found)["items"][0] | {} == {
        **seat(alliance, "maker").terms["items"][0],
        "unit_minor": 650,
        "units": 100,
        "total_minor": 65_000,
    }
    propose(found, prices={0: 660})  # and the firm may propose again
    answer(world, "accept_counter", found)
    found.refresh_from_db()
    accept(found)
    assert seat(alliance, "maker").terms["items"][0]["unit_minor"] == 660


def test_rounds_are_bounded(world: World, alliance: Alliance) -> None:
    found = invitation(alliance, "maker")
    for price in (700, 690, 680):
        propose(found, prices={0: price})
        with pytest.raises(Refused, match="proposal_open"):
            propose(found, prices={0: 1})
        answer(world, "refuse_counter", found)
    with pytest.raises(Refused, match="rounds"):
        propose(found, prices={0: 670})
    assert queries.talk(found).rounds_left == 0
    accept(found)


# -- what is refused --


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"prices": {}}, "nothing"),
        ({"prices": {0: -1}}, "price"),
        ({"prices": {7: 1}}, "price"),
        ({"units": 101}, "units"),
        ({"units": 0}, "units"),
        ({"until_on": NOW.date() - timedelta(days=1)}, "dates"),
        ({"prices": {0: 1}, "terms_hash": "0" * 64}, "same_terms"),
        ({"prices": {0: 1}, "now": NOW + TTL}, "in_time"),
    ],
)
def test_what_cannot_be_proposed(alliance: Alliance, wish: dict[str, Any], code: str) -> None:
    found = invitation(alliance, "maker")
    with pytest.raises(Refused, match=code):
        propose(found, **wish)
    assert not CounterOffer.objects.exists()
    assert kinds(found) == ["invited"]


def test_who_may_propose_and_who_may_answer(world: World, alliance: Alliance) -> None:
    found = invitation(alliance, "maker")
    sent = {"terms_hash": found.terms_hash, "prices": {0: 1}, "now": NOW}
    with pytest.raises(Refused, match="may_not_sign"):
        actions.counter(world.firms.maker.worker.actor, str(found.key), **sent)
    for stranger in (world.firms.carrier.owner, world.rival.owner, world.firms.operator):
        with pytest.raises(Missing):
            actions.counter(stranger.actor, str(found.key), **sent)
    with pytest.raises(Refused, match="proposal"):
        answer(world, "accept_counter", found)  # nothing was proposed
    propose(found)
    for stranger in (world.firms.maker.owner, world.rival.owner):
        with pytest.raises(Missing):
            actions.accept_counter(stranger.actor, str(found.key), number=1, now=NOW)
    with pytest.raises(Refused, match="conflict"):
        answer(world, "accept_counter", found, number=2)


def test_an_answered_or_ended_invitation_takes_no_more(world: World, alliance: Alliance) -> None:
    found = invitation(alliance, "maker")
    propose(found)
    accept(found)
    for verb in ("accept_counter", "refuse_counter"):
        with pytest.raises(Refused, match="no_such_step"):
            answer(world, verb, found)
    with pytest.raises(Refused, match="no_such_step"):
        propose(found, prices={0: 1})


def test_a_repeated_command_is_one_proposal(alliance: Alliance) -> None:
    found = invitation(alliance, "maker")
    first = propose(found, prices={0: 700}, command_id="c-1")
    assert propose(found, prices={0: 700}, command_id="c-1") == first
    assert CounterOffer.objects.count() == 1


def test_what_was_said_cannot_be_changed(alliance: Alliance) -> None:
    propose(invitation(alliance, "maker"))
    for change in (CounterOffer.objects.all().delete, lambda: CounterOffer.objects.update(number=9)):
        with pytest.raises(DatabaseError, match="only added to"), transaction.atomic():
            change()


# -- time --


def test_an_answer_gives_time_to_look_at_it_but_never_more_than_an_invitation_has(
    world: World, alliance: Alliance, settings: Any
) -> None:
    found = invitation(alliance, "maker")
    late = NOW + TTL - HOUR
    propose(found, late)
    answer(world, "refuse_counter", found, late)
    found.refresh_from_db()
    assert found.due_at == late + timedelta(hours=24)
    assert fresh(alliance).due_at >= found.due_at  # the alliance waits for it
    settings.NEGOTIATION_EXTENSION = timedelta(days=30)
    propose(found, late)
    answer(world, "refuse_counter", found, late)
    found.refresh_from_db()
    assert found.due_at == late + TTL


def test_early_answers_leave_the_deadline_alone(world: World, alliance: Alliance) -> None:
    found = invitation(alliance, "maker")
    propose(found)
    answer(world, "refuse_counter", found)
    found.refresh_from_db()
    assert found.due_at == NOW + TTL


def test_an_unanswered_proposal_ends_with_the_invitation_and_everybody_is_told(
    world: World, alliance: Alliance
) -> None:
    found = invitation(alliance, "maker")
    propose(found)
    actions.act(NOW + TTL)
    found.refresh_from_db()
    assert found.state == InvitationState.EXPIRED
    last = found.stream.events.latest("version")
    assert last.note is not None
    assert (last.kind, last.note.text) == ("expired", "The firm's proposal was not answered in time.")
    assert Event.objects.filter(stream=alliance.forming, kind="unanswered").count() == 1
    assert invitation(alliance, "maker").firm_id == world.rival.id


def test_an_approval_may_give_another_time_to_answer(world: World) -> None:
    key = str(world.proposal.key)
    for wrong in (0, 337, -1):
        with pytest.raises(Refused, match="ttl_hours"):
            actions.approve(world.operator, key, ttl_hours=wrong, now=NOW)
    actions.approve(world.operator, key, ttl_hours=6, now=NOW)
    alliance = Alliance.objects.get(proposal=world.proposal)
    assert invitation(alliance, "maker").due_at == alliance.due_at == NOW + 6 * HOUR
    actions.act(NOW + 6 * HOUR)
    assert invitation(alliance, "maker").due_at == NOW + 12 * HOUR


def test_so_many_firms_are_asked_for_a_seat_and_no_more(world: World, settings: Any) -> None:
    settings.INVITATIONS_PER_SEAT = 1
    alliance = world.approve()
    actions.decline(actor_of(world.firms.maker.id), str(invitation(alliance, "maker").key), now=NOW)
    assert fresh(alliance).state == State.PROPOSED
    assert invitation(alliance, "maker").firm_id == world.firms.maker.id


# -- pages --


@pytest.fixture
def at_the_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    """For the doors, too, it is the time of the builders' world."""
    monkeypatch.setattr(clock, "now", lambda: NOW)


def form_of(found: Invitation, **changes: Any) -> dict[str, Any]:
    offered = queries.offered(found)
    sent = {"price_0": "6.00", "price_1": "50.00", "units": "100", "note": "", "terms_hash": found.terms_hash}
    return {**sent, "from_on": offered["from_on"], "until_on": offered["until_on"], **changes}


@pytest.mark.usefixtures("at_the_desk")
def test_a_firm_proposes_on_the_page_and_an_operator_answers_on_his(world: World, alliance: Alliance) -> None:
    found = invitation(alliance, "maker")
    client, page = browser(world.firms.maker.owner), reverse("alliances:invitation", args=[found.key])
    assert "Propose other terms" in client.get(page).content.decode()
    counter = reverse("alliances:counter", args=[found.key])
    wrong = client.post(counter, form_of(found, price_0="6.005"))
    assert wrong.status_code == 200
    assert "decimal places" in wrong.content.decode()
    assert client.post(counter, form_of(found, price_0="7.00", units="60", note="cotton")).status_code == 302
    shown = client.get(page).content.decode()
    assert "Your proposal waits for an operator" in shown
    assert "Propose other terms" not in shown
    assert "Your proposal waits for an answer" in client.get(reverse("alliances:desk")).content.decode()

    operator = browser(world.firms.operator)
    assert world.firms.maker.firm.legal_name in operator.get(reverse("alliances:list")).content.decode()
    detail = operator.get(reverse("alliances:detail", args=[alliance.key])).content.decode()
    for words in ("proposes other terms", "€7.00", "+€1.00", "cotton", "Margin of the plan"):
        assert words in detail
    taken = reverse("alliances:decide-counter", args=[found.key, "accept"])
    assert operator.post(taken, {"number": "1", "note": "fine"}).status_code == 302
    found.refresh_from_db()
    assert queries.offered(found)["items"][0]["unit_minor"] == 700
    assert "fine" in client.get(page).content.decode()


@pytest.mark.usefixtures("at_the_desk")
def test_an_operator_offers_other_terms_on_the_page(world: World, alliance: Alliance) -> None:
    found = invitation(alliance, "maker")
    propose(found)
    operator = browser(world.firms.operator)
    address = reverse("alliances:answer-counter", args=[found.key])
    assert operator.post(address, form_of(found, price_0="6.40", number="1")).status_code == 302
    found.refresh_from_db()
    assert queries.offered(found)["items"][0]["unit_minor"] == 640
    other = reverse("alliances:decide-counter", args=[found.key, "sell"])
    assert operator.post(other, {"number": "1"}).status_code == 404
