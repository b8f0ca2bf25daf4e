"""People come, act and go; a person's settings and tokens are their own."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from config.rows import Missing, Refused
from firms import actions
from firms.models import AccessToken, Member, MemberInvitation, User
from firms.queries import firms_of, may_sign, names, people
from tests.builders.firms import NOW, FirmOf, Firms, applicant_firm, person

Opened = Callable[[User], Client]


def page(client: Client, path: str, sent: dict[str, Any] | None = None) -> str:
    answer = client.post(path, sent, follow=True) if sent is not None else client.get(path, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def invite(client: Client, firm: FirmOf, email: str, role: str = "worker") -> str:
    """Invite through the page and return the path of the link that it shows."""
    shown = page(client, f"/firm/{firm.key}/members/", {"email": email, "role": role})
    found = re.search(r'<code id="link">http://testserver(/firms/invited/[^<]+)</code>', shown)
    assert found, shown
    return found[1]


def test_a_person_is_invited_and_takes_the_place(world: Firms, of: Opened) -> None:
    friend = person("friend")
    link = invite(of(world.maker.owner), world.maker, friend.email.upper())
    assert link in mail.outbox[0].body
    assert mail.outbox[0].to == [friend.email]
    client = of(friend)
    assert client.get(f"/firm/{world.maker.key}/").status_code == 404
    assert "Act for Ningbo Trousers" in page(client, link)
    assert "Who we are" in page(client, link, {})
    assert [(ref.id, ref.role) for ref in firms_of(friend.pk)] == [(world.maker.id, "worker")]
    assert client.get(link).status_code == 404  # works once
    shown = page(
        of(world.maker.owner), f"/firm/{world.maker.key}/members/", {"email": friend.email, "role": "owner"}
    )
    assert "already belongs" in shown


def test_before_a_firm_is_verified_no_word_of_it_is_sent_in_the_platforms_name(
    world: Firms, of: Opened
) -> None:
    owner = person("stranger")
    firm = applicant_firm("Your payout is on hold", owner=owner)
    friend = person("friend")
    address = f"/firm/{firm.key}/members/"
    shown = page(of(owner), address, {"email": friend.email, "role": "worker"})
    (sent,) = mail.outbox
    assert "payout" not in sent.subject + sent.body
    link = re.search(r"/firms/invited/\S+", sent.body)[0]  # type: ignore[index]
    assert link in shown
    assert "Waiting for verification" in page(of(friend), link)
    actions.verify(world.operator.actor, firm.key, now=NOW)
    page(of(owner), address, {"email": "next@example.com", "role": "worker"})
    assert "Your payout is on hold" in mail.outbox[1].subject
    assert "Waiting for verification" not in page(of(friend), link)


def test_a_persons_name_is_one_line_without_an_address(world: Firms, of: Opened) -> None:
    client = of(world.maker.owner)
    page(client, "/firm/me/", {"name": "Li\u3000 Wei\n", "language": "", "time_zone": ""})
    world.maker.owner.refresh_from_db()
    assert world.maker.owner.name == "Li Wei"
    for name, words in (("Li\u202eieW", "nobody can see"), ("see https://pay.example", "no web address")):
        assert words in page(client, "/firm/me/", {"name": name, "language": "", "time_zone": ""})
    page(client, "/firm/me/", {"name": "", "language": "", "time_zone": ""})
    world.maker.owner.refresh_from_db()
    assert world.maker.owner.name == ""


def test_the_link_is_only_for_the_address_it_was_sent_to(world: Firms, of: Opened) -> None:
    link = invite(of(world.maker.owner), world.maker, "expected@example.com")
    thief = of(world.outsider.owner)
    assert "for another address" in page(thief, link)
    assert "for another address" in page(thief, link, {})
    assert not Member.objects.filter(firm=world.maker.firm, user=world.outsider.owner).exists()
    assert thief.get("/firms/invited/some-other-secret/").status_code == 404
    assert Client().get(link)["Location"].startswith("/accounts/login/")
    late = User.objects.create_user("expected@example.com", "pass-word-12345")  # signs up afterwards
    assert "Who we are" in page(of(late), link, {})


def test_a_new_invitation_replaces_and_a_withdrawn_one_is_dead(world: Firms, of: Opened) -> None:
    friend, owner = person("friend"), of(world.maker.owner)
    first = invite(owner, world.maker, friend.email)
    second = invite(owner, world.maker, friend.email, "manager")
    assert of(friend).get(first).status_code == 404
    row = MemberInvitation.objects.open().get()
    page(owner, f"/firm/{world.maker.key}/members/invitations/{row.pk}/withdraw/", {})
    assert of(friend).get(second).status_code == 404
    foreign = f"/firm/{world.outsider.key}/members/invitations/{row.pk}/withdraw/"
    assert of(world.outsider.owner).post(foreign).status_code == 404


def test_managers_do_not_decide_about_owners_and_workers_about_nobody(world: Firms, of: Opened) -> None:
    address = f"/firm/{world.maker.key}/members/"
    sent = {"email": "x@example.com", "role": "owner"}
    assert "Only an owner decides" in page(of(world.maker.manager), address, sent)
    assert "Only owners and managers" in page(of(world.maker.worker), address, {**sent, "role": "worker"})
    owner = Member.objects.get(firm=world.maker.firm, role="owner")
    with pytest.raises(Refused, match="not_allowed"):
        actions.end_member(world.maker.manager.actor, world.maker.key, owner.pk, now=NOW)
    assert not MemberInvitation.objects.exists()


def test_a_role_ends_and_with_it_all_access(
    world: Firms, of: Opened, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    worker = Member.objects.get(firm=world.maker.firm, role="worker")
    address = f"/firm/{world.maker.key}/members/{worker.pk}/end/"
    assert "End the role of" in page(of(world.maker.manager), address)
    with django_capture_on_commit_callbacks() as wakes:
        page(of(world.maker.manager), address, {})
    assert any(f"session:{worker.user_id}" in wake.args[0] for wake in wakes if hasattr(wake, "args"))
    assert of(world.maker.worker).get(f"/firm/{world.maker.key}/").status_code == 404
    assert firms_of(worker.user_id) == []
    assert of(world.maker.manager).post(address).status_code == 404
    outside = of(world.outsider.owner).post(f"/firm/{world.outsider.key}/members/{worker.pk}/end/")
    assert outside.status_code == 404


def test_everybody_may_leave_but_not_the_last_owner(world: Firms, of: Opened) -> None:
    rows = {row.role: row for row in Member.objects.filter(firm=world.maker.firm)}
    shown = page(of(world.maker.worker), f"/firm/{world.maker.key}/members/{rows['worker'].pk}/end/", {})
    assert "Join with your firm" in shown
    shown = page(of(world.maker.owner), f"/firm/{world.maker.key}/members/{rows['owner'].pk}/end/", {})
    assert "A firm needs an owner" in shown


def test_a_person_with_several_firms_chooses(world: Firms, of: Opened) -> None:
    owner = world.maker.owner
    client = of(owner)
    assert client.get("/firm/")["Location"] == f"/firm/{world.maker.key}/"
    actions.add_member(world.operator.actor, world.carrier.key, owner.pk, "manager", now=NOW)
    shown = page(client, "/firm/")
    assert "Swift Air" in shown
    assert "Ningbo Trousers" in shown
    assert [ref.may_sign for ref in firms_of(owner.pk)] == [True, True]
    assert of(person("nobody")).get("/firm/")["Location"] == "/firms/join/"
    with pytest.raises(Missing):
        actions.add_member(owner.actor, world.carrier.key, owner.pk, "owner", now=NOW)
    with pytest.raises(Refused, match="already_member"):
        actions.add_member(world.operator.actor, world.carrier.key, owner.pk, "owner", now=NOW)


def test_who_may_sign_and_under_which_names(world: Firms) -> None:
    maker = world.maker
    assert may_sign(maker.owner.pk, maker.id)
    assert may_sign(maker.manager.pk, maker.id)
    assert not may_sign(maker.worker.pk, maker.id)
    assert not may_sign(maker.owner.pk, world.carrier.id)
    assert names([maker.id, world.carrier.id]) == {maker.id: "Ningbo Trousers", world.carrier.id: "Swift Air"}
    nameless = person("quiet")
    User.objects.filter(pk=nameless.pk).update(name="")
    told = people(firm_ids=[maker.id], user_ids=[nameless.pk])
    assert told[str(maker.owner.pseudonym)] == "Owner"
    assert told[str(nameless.pseudonym)] == nameless.email.split("@")[0]
    assert len(told) == 4


def test_a_token_is_shown_once_works_and_is_revoked(world: Firms, of: Opened) -> None:
    client = of(world.maker.owner)
    shown = page(client, "/firm/tokens/", {"name": "shop export"})
    secret = re.search(r'<code id="secret">([^<]+)</code>', shown)[1]  # type: ignore[index]
    assert secret not in page(client, "/firm/tokens/")
    row = AccessToken.objects.get()
    assert secret not in row.digest
    program = Client(headers={"Authorization": f"Bearer {secret}"})
    told = program.get("/api/me/").json()
    assert (told["email"], told["firms"][0]["key"]) == (world.maker.owner.email, world.maker.key)
    assert of(world.outsider.owner).post(f"/firm/tokens/{row.pk}/revoke/").status_code == 404
    page(client, f"/firm/tokens/{row.pk}/revoke/", {})
    answer = program.get("/api/me/")
    assert (answer.status_code, answer.json()["errors"][0]["detail"]) == (
        401,
        "This token is unknown or was revoked.",
    )


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("Bearer", "Write the header as"),
        ("Bearer one two", "Write the header as"),
        ("Token mur_nothing", "unknown or was revoked"),
        ("", "credentials were not provided"),
        ("Basic YTpi", "credentials were not provided"),
    ],
)
def test_without_a_right_token_the_answer_is_401_in_words(db: None, header: str, words: str) -> None:
    answer = Client(headers={"Authorization": header}).get("/api/me/")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert words in answer.json()["errors"][0]["detail"]


def test_a_token_of_somebody_who_left_the_platform_is_dead(world: Firms) -> None:
    secret = actions.issue_token(world.maker.owner.actor, "robot", now=NOW)
    User.objects.filter(pk=world.maker.owner.pk).update(is_active=False)
    assert Client(headers={"Authorization": f"Bearer {secret}"}).get("/api/me/").status_code == 401


def test_settings_choose_language_and_zone(world: Firms, of: Opened) -> None:
    client = of(world.maker.owner)
    sent = {"name": "Wang Fang", "language": "zh-hans", "time_zone": "Asia/Shanghai"}
    shown = page(client, "/firm/me/", sent)
    assert 'lang="zh-hans"' in shown
    assert 'data-zone="Asia/Shanghai"' in shown
    world.maker.owner.refresh_from_db()
    assert world.maker.owner.name == "Wang Fang"
    client.cookies["django_language"] = "en"  # chosen on this device
    assert 'lang="en"' in page(client, "/firm/me/")


@pytest.mark.parametrize("change", [{"language": "xx"}, {"time_zone": "Mars/Olympus"}])
def test_settings_that_do_not_exist_are_refused(world: Firms, change: dict[str, str]) -> None:
    sent = {"name": "", "language": "", "time_zone": "", **change}
    with pytest.raises(Refused, match="invalid"):
        actions.change_person(world.maker.owner.actor, **sent, now=NOW)


@pytest.mark.parametrize(
    ("cookie", "zone"),
    [
        ("Asia/Shanghai", "Asia/Shanghai"),
        ("Asia%2FShanghai", "Asia/Shanghai"),
        ("../etc/passwd", "UTC"),
        ("", "UTC"),
    ],
)
def test_without_a_setting_the_browsers_zone_counts(world: Firms, of: Opened, cookie: str, zone: str) -> None:
    client = of(world.maker.owner)
    client.cookies["tz"] = cookie
    assert f'data-zone="{zone}"' in page(client, "/firm/me/")
