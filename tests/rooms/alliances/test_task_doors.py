"""What a person does with a task, through both doors: a form, and an order on a board's socket."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from alliances.models import Alliance, Comment, Task
from alliances.orders.order import Do
from alliances.orders.verbs import carry_out
from config import clock
from firms.models import User
from tests.builders.alliances import NOW, forming_world, fresh, operating, seat, task, winding_down, work_off

pytestmark = pytest.mark.django_db
Order = Callable[..., dict[str, Any]]


def by_form(user: User, found: Task, verb: str, **data: Any) -> dict[str, Any]:
    client = Client(headers={"accept": "application/json"})
    client.force_login(user)
    key = found.alliance.key
    if verb == "post_exception":
        return dict(
            client.post(reverse("alliances:post-exception", args=[key]), {**data, "task": found.pk}).json()
        )
    if verb in {"comment", "post_evidence"}:
        address = reverse(f"alliances:{verb.replace('_', '-')}", args=[key, found.pk])
    else:
        address = reverse("alliances:task", args=[key, found.pk, verb])
    return dict(client.post(address, {"command_id": str(uuid4()), **data}).json())


def by_socket(user: User, found: Task, verb: str, **data: Any) -> dict[str, Any]:
    is_of_task = verb != "post_exception"
    more = data if is_of_task else {**data, "task_id": found.pk}
    order = Do(str(uuid4()), verb, found.pk if is_of_task else None, None, more)
    return carry_out(order, user.actor, found.alliance.key, "en")


@pytest.fixture(params=[by_form, by_socket])
def order(request: pytest.FixtureRequest) -> Order:
    clock.set_pace(1.0, start_at=NOW)
    door: Order = request.param
    return door


@pytest.fixture
def lot() -> tuple[User, Alliance, Task]:
    """The lot of an alliance, ready to be made, and a worker of its maker."""
    world = forming_world()
    alliance = work_off(operating(world), until="M6")
    return world.firms.maker.worker, alliance, task(alliance, "M6")


def test_a_task_handed_back_keeps_what_was_done(order: Order, lot: tuple[User, Alliance, Task]) -> None:
    user, alliance, found = lot
    for verb, data in (("start", {}), ("progress", {"done_units": 40}), ("hand_back", {})):
        assert order(user, found, verb, **data)["ok"]
    found = task(alliance, "M6")
    assert (found.state, found.done_units, found.started_at) == ("ready", 40, None)
    assert order(user, found, "start")["result"]["task"]["done_units"] == 40


def test_a_shortage_about_a_task_holds_its_end(order: Order, lot: tuple[User, Alliance, Task]) -> None:
    user, alliance, found = lot
    order(user, found, "start")
    opened = order(user, found, "post_exception", kind="shortage", text="ten are missing")["result"]["task"]
    refused = order(user, found, "finish", done_units=100)
    assert refused["code"] == "no_holds"
    answer = Task.objects.get(pk=opened)
    assert order(user, answer, "start")["ok"]
    assert order(user, answer, "finish")["ok"]
    assert order(user, found, "finish", done_units=90)["code"] == "quantity"
    assert order(user, found, "finish", done_units=90, shortfall="ten were torn")["ok"]
    assert task(alliance, "M6").shortfall == "ten were torn"


def test_who_answers_a_report_says_that_it_was_not_so(order: Order, lot: tuple[User, Alliance, Task]) -> None:
    user, alliance, _found = lot
    firm = seat(alliance, "seller").firm
    seller = User.objects.get(memberships__firm=firm, memberships__role="worker")
    sent = {"kind": "shortage", "text": "ten are missing"}
    opened = order(seller, task(alliance, "L4"), "post_exception", **sent)["result"]["task"]
    answer = Task.objects.get(pk=opened)
    assert order(user, answer, "start")["ok"]
    assert order(user, answer, "finish", unfounded=True)["ok"]
    assert Task.objects.get(pk=opened).is_unfounded


def test_evidence_and_comments(order: Order, lot: tuple[User, Alliance, Task]) -> None:
    user, alliance, found = lot
    assert order(user, found, "post_evidence", text="98 of 100 are good", good_units=98, bad_units=2)["ok"]
    assert order(user, found, "comment", text="look, @forwarder")["ok"]
    assert order(user, found, "comment", text="")["code"] in {"invalid", "text_missing"}
    found = task(alliance, "M6")
    assert (found.evidence_count, found.comment_count, found.version) == (1, 1, lot[2].version)
    assert Comment.objects.get().mentions.count() == 1


def test_a_task_is_reopened_once_in_the_cooling_off(order: Order) -> None:
    world = forming_world()
    alliance = winding_down(world)
    user, last = world.firms.seller.worker, task(alliance, "E3")
    assert order(user, last, "reopen")["ok"]
    assert fresh(alliance).state == "operating"
    assert order(user, last, "finish")["ok"]
    assert fresh(alliance).state == "winding_down"
    assert order(user, last, "reopen")["code"] == "reopenable"
    assert fresh(alliance).state == "winding_down"
