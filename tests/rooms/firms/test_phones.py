"""Workers join by a code and take turns by PIN; a PIN is worth nothing on a device that is not the firm's."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from config import clock
from config.rows import Missing, Refused
from firms import actions
from firms.models import Member, Phone, Pin, User
from firms.pins import code_of, is_good_pin, understood, written
from tests.builders.firms import NOW, Firms, small_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def firms() -> Firms:
    clock.set_pace(1.0, start_at=NOW)
    return small_world()


def joined(client: Client, firms: Firms, name: str = "Li", pin: str = "4711") -> User:
    code = actions.make_code(firms.maker.owner.actor, firms.maker.key, now=clock.now())
    answer = client.post(reverse("firms:work"), {"code": written(code).lower(), "name": name, "pin": pin})
    assert answer.status_code == 302, answer.content
    return User.objects.get(name=name)


def test_a_code_makes_a_worker_and_the_phone_one_of_the_firms(firms: Firms) -> None:
    phone = Client()
    worker = joined(phone, firms)
    assert worker.memberships.get().role == Member.Role.WORKER
    assert phone.get(reverse("alliances:desk")).status_code == 200
    assert Phone.objects.get().firm == firms.maker.firm
    assert phone.cookies["phone"]["httponly"]
    joined(phone, firms, "Wang")
    assert Phone.objects.count() == 1


def test_turns_are_taken_by_pin_on_that_phone_only(firms: Firms) -> None:
    phone = Client()
    li, wang = joined(phone, firms), joined(phone, firms, "Wang", "9083")
    assert phone.post(reverse("firms:switch"), {"user": li.pk, "pin": "4711"}).status_code == 302
    assert phone.session["_auth_user_id"] == str(li.pk)
    assert phone.post(reverse("account_logout"))["Location"] == reverse("firms:switch")
    assert phone.post(reverse("firms:switch"), {"user": wang.pk, "pin": "9083"}).status_code == 302
    other = Client()
    assert other.post(reverse("firms:switch"), {"user": li.pk, "pin": "4711"}).status_code == 302
    assert "_auth_user_id" not in other.session


def test_five_wrong_pins_and_even_the_right_one_has_to_wait(firms: Firms) -> None:
    phone = Client()
    li, secret = joined(phone, firms), phone.cookies["phone"].value
    for _try in range(5):
        with pytest.raises(Refused) as no:
            actions.switch(secret, li.pk, "0852", now=NOW)
        assert no.value.code == "invalid"
    with pytest.raises(Refused) as no:
        actions.switch(secret, li.pk, "4711", now=NOW + timedelta(minutes=14))
    assert no.value.code == "locked"
    assert actions.switch(secret, li.pk, "4711", now=NOW + timedelta(minutes=16)) == li
    assert "4711" not in Pin.objects.get(user=li).hash


def test_a_code_ends_in_time_and_with_the_next_one(firms: Firms) -> None:
    owner, sent = firms.maker.owner.actor, {"name": "Li", "pin": "4711"}
    first = actions.make_code(owner, firms.maker.key, now=NOW)
    second = actions.make_code(owner, firms.maker.key, now=NOW)
    for code, at in ((first, NOW), (second, NOW + timedelta(minutes=30)), ("", NOW)):
        with pytest.raises(Refused):
            actions.join_by_code(code, **sent, now=at)
    assert actions.join_by_code(second, **sent, now=NOW).secret
    with pytest.raises(Refused):
        actions.make_code(firms.maker.worker.actor, firms.maker.key, now=NOW)


def test_who_binds_the_firm_takes_no_turns_and_a_lost_phone_opens_nothing(firms: Firms) -> None:
    owner, phone = firms.maker.owner, Client()
    li, secret = joined(phone, firms), phone.cookies["phone"].value
    actions.set_pin(owner.actor, pin="4711", now=NOW)
    with pytest.raises(Missing):
        actions.switch(secret, owner.pk, "4711", now=NOW)
    actions.end_phone(owner.actor, firms.maker.key, Phone.objects.get().pk, now=NOW)
    with pytest.raises(Missing):
        actions.switch(secret, li.pk, "4711", now=NOW)


def test_a_manager_shows_code_and_qr_once(firms: Firms) -> None:
    manager = Client()
    manager.force_login(firms.maker.manager)
    page = manager.post(reverse("firms:phones", args=[firms.maker.key])).content.decode()
    assert "data:image/svg+xml" in page
    assert "/work/?code=" in page
    assert "/work/?code=" not in manager.get(reverse("firms:phones", args=[firms.maker.key])).content.decode()


@pytest.mark.parametrize("pin", ["1111", "1234", "9876", "123", "123456789", "12a4", "１２４３", ""])
def test_pins_that_anybody_would_try_are_refused(pin: str) -> None:
    assert not is_good_pin(pin)


def test_codes_are_read_as_they_are_typed() -> None:
    code = code_of(lambda letters: letters[0])
    assert understood(f" {written(code).lower()} ") == code
    assert is_good_pin("4711")
