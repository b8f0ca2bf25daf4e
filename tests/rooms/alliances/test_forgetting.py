"""A person takes their data home and is forgotten; the record of what they did still holds."""

import json

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from alliances import actions
from alliances.ledger import verify_record
from alliances.models import Alliance, Event, Invitation, Note
from alliances.queries import sealed
from config.models import Command
from config.rows import Missing, Refused
from firms.models import AccessToken, Member, User
from tests.builders.alliances import (
    NOW,
    World,
    actor_of,
    decline,
    fresh,
    invitation,
    operating,
    winding_down,
)
from tests.builders.firms import PASSWORD

pytestmark = pytest.mark.usefixtures("savepoint")


def problems(alliance: Alliance) -> list[str]:
    return list(verify_record.check(sealed.record_file(alliance, None, NOW).encode()))


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def everything_in_the_database() -> str:
    rows = [
        *User.objects.values(),
        *Note.objects.values(),
        *Invitation.objects.values(),
        *Event.objects.values(),
    ]
    return repr([*rows, *Alliance.objects.values(), *Command.objects.values()])


def test_the_record_holds_after_its_people_are_forgotten(world: World) -> None:
    alliance = winding_down(
        world, M6={"done_units": 61, "shortfall": "my cloth was late"}, S3={"done_units": 61, "shortfall": "none left"}
    )  # fmt: skip
    actions.sequence(NOW)
    worker = world.firms.maker.worker
    before = [note.text for note in Note.objects.all()]
    assert "my cloth was late" in before
    assert "my cloth was late" in sealed.record_file(alliance, None, NOW)
    actions.erase(worker.actor, worker.actor.key, now=NOW)
    erased = Note.objects.filter(erased_at=NOW)
    assert {(note.text, note.salt) for note in erased} == {("", "")}
    assert "my cloth was late" not in everything_in_the_database() + repr(list(alliance.tasks.values()))
    assert "my cloth was late" not in sealed.record_file(alliance, None, NOW)
    assert "none left" in sealed.record_file(alliance, None, NOW)  # what others wrote stays
    assert problems(alliance) == []


def test_nothing_of_the_person_is_left_and_no_way_in(world: World) -> None:
    worker = world.firms.maker.worker
    name, address = worker.name, worker.email
    EmailAddress.objects.create(user=worker, email=address, verified=True)
    AccessToken.objects.issue(worker, "my program")
    inside = browser(worker)
    actions.erase(worker.actor, worker.actor.key, command_id="once", now=NOW)
    assert actions.erase(worker.actor, worker.actor.key, command_id="once", now=NOW)["erased"]
    row = User.objects.get(pk=worker.pk)
    assert (row.name, row.is_active, row.has_usable_password()) == ("", False, False)
    assert row.pseudonym == worker.pseudonym
    assert address not in everything_in_the_database()
    assert name not in row.email
    assert not EmailAddress.objects.filter(email=address).exists()
    assert not AccessToken.objects.filter(user=worker).exists()
    assert not Member.objects.active().filter(user=worker).exists()
    assert inside.get("/desk/").status_code == 302
    assert not Client().login(username=address, password=PASSWORD)
    with pytest.raises(Missing):
        actions.erase(worker.actor, worker.actor.key, now=NOW)


def test_reasons_of_a_decline_and_of_an_abort_go_too(world: World) -> None:
    alliance = world.approve()
    found = invitation(alliance, "maker")
    decline(found)
    actions.abort(world.operator, str(alliance.key), reason="a private reason", now=NOW)
    maker = actor_of(found.firm_id)
    actions.erase(maker, maker.key, now=NOW)
    actions.erase(world.operator, world.operator.key, now=NOW)
    assert Invitation.objects.get(pk=found.pk).decline_reason == ""
    assert fresh(alliance).ending_reason == ""
    assert "a private reason" not in everything_in_the_database()


def test_the_last_owner_of_a_firm_at_work_is_still_needed(world: World) -> None:
    alliance = operating(world)
    owner = world.firms.maker.owner
    with pytest.raises(Refused) as refused:
        actions.erase(owner.actor, owner.actor.key, now=NOW)
    assert refused.value.code == "last_owner"
    assert User.objects.get(pk=owner.pk).is_active
    assert Member.objects.active().filter(user=owner).exists()
    Member.objects.filter(user=world.firms.maker.manager).update(role="owner")
    actions.erase(owner.actor, owner.actor.key, now=NOW)
    assert alliance.grants.filter(ended_at=None).count() == 3


def test_an_owner_whose_firm_is_in_nothing_may_go(world: World) -> None:
    owner = world.firms.outsider.owner
    assert actions.erase(owner.actor, owner.actor.key, now=NOW) == {"erased": owner.actor.key}


def test_nobody_erases_another_but_an_operator(world: World) -> None:
    worker, owner = world.firms.maker.worker, world.firms.maker.owner
    with pytest.raises(Missing):
        actions.erase(owner.actor, worker.actor.key, now=NOW)
    actions.erase(world.operator, worker.actor.key, now=NOW)
    assert not User.objects.get(pk=worker.pk).is_active


def test_a_person_takes_their_data_home(world: World) -> None:
    operating(world)
    owner = world.firms.maker.owner
    answer = browser(owner).get(reverse("alliances:my-data-file"))
    data = json.loads(answer.content)
    assert data["profile"]["email"] == owner.email
    assert [row["firm__legal_name"] for row in data["roles"]] == ["Ningbo Trousers"]
    assert {"accepted"} <= {row["kind"] for row in data["did"]}
    assert [row["state"] for row in data["answered"]] == ["accepted"]
    assert world.firms.seller.owner.email not in answer.content.decode()


def test_the_pages_lead_through_it(world: World) -> None:
    operator, worker, owner = world.firms.operator, world.firms.maker.worker, world.firms.maker.owner
    mine = browser(worker)
    assert "Be forgotten" in mine.get(reverse("alliances:my-data")).content.decode()
    mine.post(reverse("alliances:erase-me"), {"email": "someone@else.example"})
    assert User.objects.get(pk=worker.pk).is_active
    mine.post(reverse("alliances:erase-me"), {"email": worker.email})
    assert not User.objects.get(pk=worker.pk).is_active
    page = browser(operator)
    shown = page.post(reverse("alliances:erase-person"), {"email": "nobody@nowhere.example"})
    assert "No account has this address" in shown.content.decode()
    page.post(reverse("alliances:erase-person"), {"email": world.firms.outsider.worker.email})
    assert not User.objects.get(pk=world.firms.outsider.worker.pk).is_active
    operating(world)
    refused = page.post(reverse("alliances:erase-person"), {"email": owner.email})
    assert "make somebody else an owner first" in refused.content.decode()
