"""Ways out and orders through the pages: what people see, and what their buttons do."""

import pytest
from django.test import Client
from django.urls import reverse

from alliances.lifecycle import State
from alliances.models import Change
from firms.models import User
from tests.builders.alliances import change_proposed, fresh, operating, seat
from tests.builders.firms import person

pytestmark = pytest.mark.usefixtures("savepoint")
STAGE = operating


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(user: User, name: str, key: object) -> str:
    return browser(user).get(reverse(f"alliances:{name}", args=[key])).content.decode()


def send(user: User, name: str, key: object, **data: str) -> str:
    answer = browser(user).post(reverse(f"alliances:{name}", args=[key]), data, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_owners_see_the_ways_out_and_workers_do_not(world):
    alliance = operating(world)
    assert "End early, or leave" in page(world.firms.maker.owner, "board", alliance.key)
    assert "End early, or leave" not in page(world.firms.maker.worker, "board", alliance.key)


def test_partners_agree_to_an_early_end_one_by_one(world):
    alliance = operating(world)
    assert "0 of 3 partners agree" in page(world.firms.maker.owner, "board", alliance.key)
    send(world.firms.maker.owner, "agree-to-end", alliance.key)
    assert "1 of 3 partners agree" in page(world.firms.carrier.owner, "board", alliance.key)
    send(world.firms.maker.owner, "go-on", alliance.key)
    for firm in (world.firms.maker, world.firms.carrier, world.firms.seller):
        send(firm.owner, "agree-to-end", alliance.key)
    assert fresh(alliance).state == State.WINDING_DOWN


def test_who_leaves_ends_on_its_desk_without_the_alliance(world):
    alliance = operating(world)
    shown = send(world.firms.maker.owner, "leave", alliance.key, reason="a fire in the hall")
    assert "Your firm has left." in shown
    assert alliance.title not in shown
    board = reverse("alliances:board", args=[alliance.key])
    assert browser(world.firms.maker.owner).get(board).status_code == 404


def test_a_proposed_change_shows_its_figures_and_is_confirmed(world):
    alliance = operating(world)
    change = change_proposed(alliance)
    operator = world.firms.operator
    shown = page(operator, "detail", alliance.key)
    assert "Demand has changed: revise the plan?" in shown
    back = reverse("alliances:detail", args=[alliance.key])
    assert "Confirmed and done." in send(operator, "confirm-change", change.key, back=back)
    change.refresh_from_db()
    assert (change.state, change.decided_by) == (Change.State.CONFIRMED, operator)
    assert "was decided already" in send(operator, "confirm-change", change.key, back=back)


def test_a_dismissal_wants_a_reason(world):
    change = change_proposed(operating(world))
    operator = world.firms.operator
    assert "Say why." in send(operator, "dismiss-change", change.key)
    assert "Dismissed: everything stays as it is." in send(
        operator, "dismiss-change", change.key, reason="no"
    )


def test_an_operator_suspends_and_another_one_clears(world):
    alliance = operating(world)
    operator, other = world.firms.operator, person("colleague", is_operator=True)
    send(operator, "suspend", alliance.key, reason="a complaint")
    assert "another operator has to clear it" in send(operator, "clear", alliance.key, reason="fine")
    send(other, "clear", alliance.key, reason="the papers came")
    assert fresh(alliance).state == State.OPERATING


def test_an_operator_replaces_a_partner_and_stops_an_alliance(world):
    alliance = operating(world)
    operator = world.firms.operator
    send(operator, "replace", seat(alliance, "maker").pk, reason="no answer")
    assert fresh(alliance).state == State.EVOLVING
    assert "Yiwu Trousers" not in page(world.firms.carrier.owner, "board", alliance.key)
    send(operator, "stop", alliance.key, reason="recalled")
    assert fresh(alliance).state == State.WINDING_DOWN
