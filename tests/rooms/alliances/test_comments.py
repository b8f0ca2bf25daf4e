"""Comments on tasks: who may speak, who is called, what is withdrawn; and the page of a task."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from alliances import actions
from alliances.actions import commenting
from alliances.models import Alliance, Comment, Delivery, Event, Mention, Note, Notice, Task
from alliances.queries import desk
from config import clock
from config.rows import Missing, Refused
from firms.models import User
from tests.builders.alliances import DAY, NOW, World, forming_world, operating, seat, task, worker

pytestmark = pytest.mark.usefixtures("savepoint")


@pytest.fixture(scope="module")
def built(module_transaction: None) -> World:
    clock.set_pace(1.0, start_at=NOW)
    world = forming_world()
    operating(world)
    return world


@pytest.fixture
def alliance(world: World) -> Alliance:
    return operating(world)


@pytest.fixture
def first(alliance: Alliance) -> Task:
    return task(alliance, "M1")


def say(user: User, first: Task, text: str, **more: Any) -> Comment:
    made = actions.comment(user.actor, first.pk, text=text, now=NOW, **more)
    return Comment.objects.get(pk=made["comment"])


def called(made: Comment) -> set[int]:
    return set(made.mentions.values_list("firm_id", flat=True))


def page(user: User, first: Task, language: str = "en") -> Any:
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    return client.get(reverse("alliances:task-page", args=[first.alliance.key, first.pk]))


# -- speaking --


def test_every_partner_and_the_operator_may_speak_on_every_task(world: World, first: Task) -> None:
    for user in (world.firms.maker.worker, world.firms.carrier.owner, world.operator_user):
        say(user, first, "When does it begin?")
    assert task(first.alliance, "M1").comment_count == 3
    with pytest.raises(Missing):
        say(world.firms.outsider.owner, first, "hello")
    with pytest.raises(Refused, match="text_missing"):
        say(world.firms.maker.worker, first, "  ")


def test_the_record_holds_the_salted_hash_and_the_counters_row(world: World, first: Task) -> None:
    made = say(world.firms.carrier.owner, first, "Ask Maria at the door")
    event = Event.objects.filter(stream=first.alliance.stream).latest("version")
    assert (event.kind, event.note) == ("commented", made.note)
    assert "Maria" not in event.body
    assert json.loads(event.body)["changes"]["tasks"][str(first.pk)]["comment_count"] == 1


def test_a_comment_is_no_edit_of_the_task(world: World, first: Task) -> None:
    say(world.firms.carrier.owner, first, "Hurry up")
    actions.start(worker(first), first.pk, expected_version=first.version, now=NOW)


# -- calling --


@pytest.mark.parametrize(
    ("text", "firms"),
    [
        ("please look, @Maker", {"maker"}),
        ("@seller of record and @FORWARDER: ready", {"seller", "carrier"}),
        ("@{maker.firm} when?", {"maker"}),
        ("mail me at a@makers.example", set()),
        ("@nobody @", set()),
    ],
)
def test_who_is_called_by_name_or_role(world: World, first: Task, text: str, firms: set[str]) -> None:
    text = text.replace("{maker.firm}", world.firms.maker.firm.legal_name)
    wanted = {getattr(world.firms, name).id for name in firms}
    assert called(say(world.operator_user, first, text)) == wanted


def test_roles_are_called_in_the_readers_language_too(world: World, first: Task) -> None:
    with translation.override("zh-hans"):
        name = translation.gettext("Maker")
        assert called(say(world.operator_user, first, f"请看@{name}的照片")) == {world.firms.maker.id}


def test_seats_are_told_by_choice_and_nobody_tells_himself(world: World, first: Task) -> None:
    seats = [seat(first.alliance, slot).pk for slot in ("forwarder", "maker")]
    made = say(world.firms.maker.worker, first, "look", tell=seats)
    assert called(made) == {world.firms.carrier.id}
    for wrong in ([987_654], ["x"], [True]):
        with pytest.raises(Refused, match="invalid"):
            say(world.firms.maker.worker, first, "look", tell=wrong)


def test_the_desk_of_who_was_called_shows_it_until_it_is_seen(world: World, first: Task) -> None:
    say(world.firms.maker.worker, first, "look, @forwarder")
    carrier = world.firms.carrier.owner
    assert [one.comment.task for one in desk.desk(carrier.pk, NOW).mentions] == [first]
    assert not desk.desk(world.firms.seller.owner.pk, NOW).mentions
    actions.read_mentions(carrier.actor, first.pk, now=NOW)
    assert not desk.desk(carrier.pk, NOW).mentions
    say(world.firms.maker.worker, first, "and again, @forwarder")
    say(carrier, first, "seen")  # an answer is as good
    assert not desk.desk(carrier.pk, NOW).mentions
    assert Mention.objects.filter(read_at=None).count() == 0


# -- taking back --


def test_ones_own_comment_is_withdrawn_within_minutes(world: World, first: Task) -> None:
    user = world.firms.maker.worker
    made = say(user, first, "wrong words, @forwarder")
    with pytest.raises(Missing):
        actions.withdraw_comment(world.firms.maker.owner.actor, made.pk, now=NOW)
    with pytest.raises(Refused, match="too_late"):
        actions.withdraw_comment(user.actor, made.pk, now=NOW + timedelta(minutes=11))
    for _ in range(2):
        actions.withdraw_comment(user.actor, made.pk, now=NOW + timedelta(minutes=9))
    assert Note.objects.get(pk=made.note_id).text == ""
    assert not called(made)
    assert task(first.alliance, "M1").comment_count == 0
    kinds = list(Event.objects.filter(stream=first.alliance.stream).values_list("kind", flat=True))
    assert kinds[-2:] == ["commented", "comment_withdrawn"]


def test_a_withdrawn_comment_tells_nobody_any_more(world: World, first: Task) -> None:
    user, carrier = world.firms.maker.worker, world.firms.carrier.owner
    made = say(user, first, "wrong words, @forwarder")
    kept = say(user, first, "right words, @forwarder")
    read = say(user, first, "read words, @forwarder")
    Notice.objects.filter(user=carrier, key__startswith=f"mention/{read.pk}/").update(seen_at=NOW)
    for gone in (made, read):
        actions.withdraw_comment(user.actor, gone.pk, now=NOW + timedelta(minutes=1))
    unseen = Notice.objects.unseen(carrier.pk).filter(kind="mention")
    assert [one.key.split("/")[1] for one in unseen] == [str(kept.pk)]
    waiting = Notice.objects.to_send().filter(kind="mention")
    assert {one.key.split("/")[1] for one in waiting} == {str(kept.pk)}
    pushed = Delivery.objects.to_send().filter(notice__kind="mention")
    assert {one.notice.key.split("/")[1] for one in pushed} <= {str(kept.pk)}


def test_withdrawn_comments_count_among_those_that_were_made(
    world: World, first: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commenting, "MOST_COMMENTS", 1)
    user = world.firms.maker.worker
    actions.withdraw_comment(user.actor, say(user, first, "@forwarder").pk, now=NOW)
    with pytest.raises(Refused, match="too_many_comments"):
        say(user, first, "@forwarder")


# -- the page --


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_page_of_a_task_shows_all_that_belongs_to_it(world: World, first: Task, language: str) -> None:
    maker = world.firms.maker.worker
    actions.start(maker.actor, first.pk, now=NOW)
    actions.post_evidence(maker.actor, first.pk, text="measured twice", good_units=5, now=NOW)
    say(world.firms.carrier.owner, first, "very good, @maker")
    shown = page(maker, first, language).content.decode()
    for words in ("measured twice", "very good, @maker", world.firms.carrier.firm.legal_name):
        assert words in shown
    assert 'enctype="multipart/form-data"' in shown
    assert reverse("alliances:read-mentions", args=[first.alliance.key, first.pk]) in shown
    others = page(world.firms.seller.owner, first, language).content.decode()
    assert 'enctype="multipart/form-data"' not in others
    assert "very good, @maker" in others


def test_forms_lead_back_to_the_page(world: World, first: Task) -> None:
    client = Client()
    client.force_login(world.firms.maker.worker)
    here = reverse("alliances:task-page", args=[first.alliance.key, first.pk])
    started = reverse("alliances:task", args=[first.alliance.key, first.pk, "start"])
    assert client.post(started, {"back": here})["Location"] == here
    comment = reverse("alliances:comment", args=[first.alliance.key, first.pk])
    told = [seat(first.alliance, "forwarder").pk]
    assert client.post(comment, {"text": "hello", "tell": told})["Location"] == f"{here}#comments"
    assert called(Comment.objects.get()) == {world.firms.carrier.id}
    wrong = reverse("alliances:post-exception", args=[first.alliance.key])
    sent = {"kind": "shortage", "text": "ten are missing", "task": first.pk, "back": here}
    assert client.post(wrong, sent)["Location"] == here
    assert "Find or replace" in client.get(here).content.decode()


def test_a_page_costs_a_fixed_number_of_queries(
    world: World, first: Task, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    for number in range(5):
        say(world.firms.carrier.owner, first, f"{number} @maker")
        actions.post_evidence(worker(first), first.pk, text="look", now=NOW + DAY)
    with django_assert_max_num_queries(40):
        assert page(world.firms.maker.worker, first).status_code == 200


def test_no_two_things_on_the_page_have_one_name(world: World, first: Task) -> None:
    actions.start(worker(first), first.pk, now=NOW)
    shown = page(world.firms.maker.worker, first).content.decode()
    ids = re.findall(r'\bid="([^"]+)"', shown)
    assert sorted(ids) == sorted(set(ids))
