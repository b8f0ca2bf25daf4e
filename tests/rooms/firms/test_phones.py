"""Workers join by a code and take turns by PIN; a PIN is worth nothing on a device that is not the firm's."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from alliances.queries.admission import Kind, Knock, Refusal, admit
from config import clock
from config.base64url import encoded
from config.rows import Missing, Refused
from firms import actions
from firms.models import Member, Phone, Pin, User
from firms.pins import code_of, is_good_pin, locked_until, understood, written
from tests.builders.firms import NOW, PASSWORD, Firms, small_world
from tests.pushes import Phone as Browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def firms() -> Firms:
    clock.set_pace(1.0, start_at=NOW)
    return small_world()


def joined(client: Client, firms: Firms, name: str = "Li", pin: str = "4711", at: str = "maker") -> User:
    firm = getattr(firms, at)
    code = actions.make_code(firm.owner.actor, firm.key, now=clock.now())
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


def test_who_goes_on_guessing_waits_longer_each_time() -> None:
    waits = [locked_until(failures, NOW) for failures in (4, 5, 6, 10, 15, 20, 25, 30, 5_000)]
    minutes = [wait and (wait - NOW) / timedelta(minutes=1) for wait in waits]
    assert minutes == [None, 15, None, 30, 60, 120, 240, 240, 240]


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


def test_an_owner_ends_what_is_open_on_a_lost_phone(firms: Firms) -> None:
    lost, kept = Client(), Client()
    joined(lost, firms)
    joined(kept, firms, "Wang", "9083")
    row = Phone.objects.get(taken_by__name="Li")
    owner = Client()
    owner.force_login(firms.maker.owner)
    assert "Li" in owner.get(reverse("firms:phones", args=[firms.maker.key])).content.decode()
    assert owner.post(reverse("firms:end-phone", args=[firms.maker.key, row.pk])).status_code == 302
    assert lost.get(reverse("alliances:desk"))["Location"].startswith("/accounts/login/")
    assert kept.get(reverse("alliances:desk")).status_code == 200


def test_a_lost_phone_is_ended_also_where_somebody_has_signed_in_by_password(firms: Firms) -> None:
    phone, manager = Client(), firms.maker.manager
    phone.force_login(manager)
    phone.post(reverse("firms:share-phone", args=[firms.maker.key]))
    assert Phone.objects.get().taken_by == manager
    phone.post(reverse("account_logout"))
    phone.post(reverse("account_login"), {"login": manager.email, "password": PASSWORD})
    fresh = {"oldpassword": PASSWORD, "password1": "a-new-pass-word-7", "password2": "a-new-pass-word-7"}
    phone.post(reverse("account_change_password"), fresh)  # which gives the session another key
    manager.refresh_from_db()
    assert manager.check_password("a-new-pass-word-7")
    assert phone.get(reverse("alliances:desk")).status_code == 200
    actions.end_phone(firms.maker.owner.actor, firms.maker.key, Phone.objects.get().pk, now=NOW)
    assert phone.get(reverse("alliances:desk")).status_code == 302


def test_who_joins_another_firm_on_a_phone_has_nothing_to_do_with_the_first_firm_s(firms: Firms) -> None:
    device = Client()
    li = joined(device, firms)
    joined(device, firms, "Wang", "9083", at="carrier")
    first = Phone.objects.get(firm=firms.maker.firm)
    assert first.taken_by == li
    actions.end_phone(firms.maker.owner.actor, firms.maker.key, first.pk, now=NOW)
    assert device.get(reverse("alliances:desk")).status_code == 200


def test_sockets_of_the_one_before_are_shown_out_and_nobody_is_told_there(firms: Firms) -> None:
    phone, woken = Client(), set[str]()
    li, wang = joined(phone, firms), joined(Client(), firms, "Wang", "9083")
    browser = {"endpoint": "https://fcm.googleapis.com/x", **Browser().sent}
    assert phone.post(reverse("firms:subscribe"), browser).status_code == 302
    before = phone.session.session_key
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("firms.views.phones.wake", woken.add)
        phone.post(reverse("firms:switch"), {"user": wang.pk, "pin": "9083"})
    assert woken == {f"session:{li.pk}"}
    assert admit([Knock(Kind.WAKES, str(before))]) == [Refusal.NOBODY]
    assert not li.push_subscriptions.live().exists()


@pytest.mark.parametrize(
    "name",
    [
        "account_set_password",
        "account_change_password",
        "account_email",
        "mfa_index",
        "firms:tokens",
        "firms:join",
        "alliances:erase-me",
    ],
)
def test_a_turn_makes_no_way_in_that_outlasts_it(firms: Firms, name: str) -> None:
    phone = Client()
    li = joined(phone, firms)
    sent = {"password1": PASSWORD, "password2": PASSWORD, "name": "robot", "email": li.email}
    for answer in (phone.get(reverse(name)), phone.post(reverse(name), sent)):
        assert (answer.status_code, answer["Location"]) == (302, reverse("alliances:desk"))
    li.refresh_from_db()
    assert li.is_active
    assert not li.has_usable_password()
    assert not li.access_tokens.exists()


def test_keys_of_a_browser_that_nothing_can_be_sealed_for_are_refused(firms: Firms) -> None:
    good, send = Browser().sent, {"endpoint": "https://fcm.googleapis.com/x", "now": NOW}
    for wrong in ({"p256dh": encoded(b"\x04" + b"x" * 64)}, {"auth": "AAAA"}):
        with pytest.raises(Refused) as no:
            actions.subscribe(firms.maker.worker.actor, **send, **{**good, **wrong})
        assert no.value.code == "invalid"
    padded = {
        "p256dh": good["p256dh"] + "*" * 200,
        "auth": good["auth"],
    }  # base64 lets it pass, the column would not
    assert actions.subscribe(firms.maker.worker.actor, **send, **padded)


def test_a_phone_left_open_does_not_give_the_pin_away(firms: Firms) -> None:
    phone = Client()
    li, secret = joined(phone, firms), phone.cookies["phone"].value
    assert phone.post(reverse("firms:pin"), {"pin": "0852"}).status_code == 200
    assert phone.post(reverse("firms:pin"), {"pin": "0852", "present": "1357"}).status_code == 200
    assert actions.switch(secret, li.pk, "4711", now=NOW) == li
    assert phone.post(reverse("firms:pin"), {"pin": "0852", "present": "4711"}).status_code == 302
    assert actions.switch(secret, li.pk, "0852", now=NOW) == li


def test_who_binds_another_firm_takes_no_turns_either(firms: Firms) -> None:
    phone, worker = Client(), firms.maker.worker
    joined(phone, firms)
    actions.set_pin(worker.actor, pin="4711", now=NOW)
    assert phone.post(reverse("firms:switch"), {"user": worker.pk, "pin": "4711"}).status_code == 302
    actions.add_member(firms.operator.actor, firms.seller.key, worker.pk, Member.Role.OWNER, now=NOW)
    assert phone.get(reverse("alliances:desk"))["Location"].startswith("/accounts/login/")
    with pytest.raises(Missing):
        actions.switch(phone.cookies["phone"].value, worker.pk, "4711", now=NOW)


def test_whoever_comes_next_is_not_shown_what_the_phone_has_kept(firms: Firms) -> None:
    phone = Client()
    joined(phone, firms)
    assert "X-Keep" in phone.get(reverse("alliances:desk"))
    phone.post(reverse("account_logout"))
    for name in ("firms:switch", "account_login"):
        assert "X-Forget" in phone.get(reverse(name))
