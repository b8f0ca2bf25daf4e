"""Notices on devices and by robots: once, sealed for the reader, when they may be disturbed, to known services."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from py_vapid import Vapid02

from alliances import actions
from alliances.models import Alliance, Delivery, Notice
from alliances.queries.personal import everything
from config import push_key
from config.rows import Refused
from firms import actions as firms
from firms.models import PushSubscription, Robot, User
from firms.queries import readers
from tests.builders.alliances import NOW, World
from tests.pushes import Phone, Service, service

pytestmark = pytest.mark.usefixtures("savepoint")
NIGHT = datetime(2026, 3, 4, 23, 0, tzinfo=UTC)
MORNING = NIGHT.replace(day=5, hour=7)


@pytest.fixture
def line(settings: Any, tmp_path: Any) -> Any:
    with service() as kept:
        settings.PUSH_ENDPOINTS_ALSO = [kept.origin]
        settings.VAPID_KEY_FILE = tmp_path / "vapid.key"
        yield kept


def connect(user: User, line: Service, name: str = "phone") -> Phone:
    phone = Phone()
    firms.subscribe(user.actor, endpoint=f"{line.origin}/{name}", **phone.sent, device=name, now=NOW)
    return phone


def test_an_invitation_reaches_the_phone_sealed_and_signed(world: World, line: Service) -> None:
    owner = world.firms.maker.owner
    phone = connect(owner, line)
    alliance = world.approve()
    assert actions.push_out(NOW, instant=NOW) == 1
    ((path, headers, body),) = line.came
    told = phone.read(body)
    assert alliance.title in told["title"]
    assert told["url"].startswith("/invitations/")
    assert (path, headers["TTL"], headers["Urgency"]) == ("/phone", "86400", "high")
    claims = Vapid02.verify(headers["Authorization"])
    assert claims
    assert headers["Authorization"].endswith(f"k={push_key.public()}")
    assert actions.push_out(NOW, instant=NOW) == 0
    assert Delivery.objects.get().sent_at == NOW


def test_nobody_without_a_device_is_prepared_for(world: World, line: Service) -> None:
    world.approve()
    assert not Delivery.objects.exists()


def test_a_browser_that_is_gone_is_not_tried_again(world: World, line: Service) -> None:
    connect(world.firms.maker.owner, line)
    world.approve()
    line.status = 410
    assert actions.push_out(NOW, instant=NOW) == 0
    assert PushSubscription.objects.get().ended_at == NOW
    assert actions.push_out(NOW, instant=NOW + timedelta(days=1)) == 0
    assert len(line.came) == 1


def test_a_service_that_fails_is_tried_again_and_given_up_in_the_end(world: World, line: Service) -> None:
    connect(world.firms.maker.owner, line)
    world.approve()
    line.status, at = 503, NOW
    for _attempt in range(8):
        actions.push_out(NOW, instant=at)
        at += timedelta(hours=3)
    assert len(line.came) == 4
    assert Delivery.objects.get().failed_at is not None


def test_a_redirect_is_not_followed(world: World, line: Service) -> None:
    connect(world.firms.maker.owner, line)
    world.approve()
    line.status = 307
    actions.push_out(NOW, instant=NOW)
    assert [path for path, *_ in line.came] == ["/phone"]


def tell(world: World, user: User, now: datetime, key: str, kind: str = "cleared") -> None:
    """Tell one person of the maker something that is told at any hour but, by default, when it is quiet."""
    alliance = Alliance.objects.get()
    mine = [one for one in readers([world.firms.maker.firm.pk]) if one.user_id == user.pk]
    actions.notify(kind, mine, key=key, alliance=alliance, now=now, tasks=["Sellable"])


@pytest.fixture
def calm(world: World, line: Service) -> World:
    """An alliance in which nothing waits to be told."""
    world.approve()
    Notice.objects.all().delete()
    return world


def test_at_night_only_what_is_urgent_comes_and_the_rest_as_one_in_the_morning(
    calm: World, line: Service
) -> None:
    worker = calm.firms.maker.worker
    phone = connect(worker, line)
    for number in range(3):
        tell(calm, worker, NIGHT, f"{number}", kind="mention")
    assert actions.push_out(NIGHT, instant=NIGHT) == 0
    assert actions.push_out(MORNING, instant=MORNING) == 1
    content = phone.read(line.came[0][2])
    assert content["title"] == "3 notices"
    assert content["url"] == reverse("alliances:notices")
    tell(calm, worker, NIGHT, "urgent", kind="suspended")
    assert actions.push_out(NIGHT, instant=NIGHT) == 1
    assert "suspended" in phone.read(line.came[1][2])["title"]


def test_each_person_chooses_of_what_and_how_often(calm: World, line: Service) -> None:
    worker, at = calm.firms.maker.worker, NIGHT.replace(hour=12, minute=20)
    connect(worker, line)
    firms.choose_push(worker.actor, groups=["tasks", "mentions"], pace="hourly", now=NOW)
    tell(calm, worker, at, "life", kind="end_agreed")
    tell(calm, worker, at, "mentioned", kind="mention")
    assert [row.notice.kind for row in Delivery.objects.all()] == ["mention"]
    assert actions.push_out(at, instant=at) == 0
    assert actions.push_out(at.replace(hour=13, minute=0), instant=at) == 1


def test_what_was_seen_on_the_platform_is_not_told_again(calm: World, line: Service) -> None:
    worker = calm.firms.maker.worker
    connect(worker, line)
    tell(calm, worker, NIGHT, "1", kind="mention")
    actions.mark_seen(worker.actor, Notice.objects.latest("pk").pk, now=NIGHT)
    assert actions.push_out(MORNING, instant=MORNING) == 0
    assert not line.came


def test_who_has_left_the_firm_is_told_nothing(calm: World, line: Service) -> None:
    worker = calm.firms.maker.worker
    connect(worker, line)
    tell(calm, worker, NIGHT, "1", kind="mention")
    calm.firms.maker.firm.members.filter(user=worker).update(ended_at=NIGHT)
    assert actions.push_out(MORNING, instant=MORNING) == 0
    assert not line.came


@pytest.mark.parametrize(
    "endpoint",
    ["http://127.0.0.1:1/", "https://169.254.169.254/latest/", "https://fcm.googleapis.com@localhost/"],
)
def test_an_endpoint_that_is_no_push_service_is_refused(world: World, line: Service, endpoint: str) -> None:
    with pytest.raises(Refused) as no:
        firms.subscribe(world.firms.maker.owner.actor, endpoint=endpoint, **Phone().sent, now=NOW)
    assert no.value.code == "unknown_service"


def test_a_browser_tells_whoever_signed_in_on_it_last(world: World, line: Service) -> None:
    connect(world.firms.maker.owner, line)
    connect(world.firms.maker.worker, line)
    assert PushSubscription.objects.get().user == world.firms.maker.worker


def test_who_is_forgotten_has_no_devices_and_who_asks_sees_them(world: World, line: Service) -> None:
    worker = world.firms.maker.worker
    connect(worker, line)
    assert everything(worker.pk, str(worker.pseudonym), NOW)["told_on"][0]["device"] == "phone"
    actions.erase(worker.actor, str(worker.pseudonym), now=NOW)
    assert not PushSubscription.objects.exists()


def test_the_page_of_notices_connects_lists_and_stops_a_device(world: World, line: Service) -> None:
    worker, client = world.firms.maker.worker, Client()
    client.force_login(worker)
    sent = {"endpoint": f"{line.origin}/1", **Phone().sent, "device": "Chrome, Android"}
    assert client.post(reverse("firms:subscribe"), sent, headers={"accept": "application/json"}).json()["ok"]
    assert b"Chrome, Android" in client.get(reverse("firms:mail")).content
    choice = {"groups": ["tasks"], "pace": "daily"}
    client.post(reverse("firms:choose-push"), choice)
    worker.refresh_from_db()
    assert (worker.push_pace, worker.push_choices["life"]) == ("daily", False)
    client.post(reverse("firms:unsubscribe", args=[PushSubscription.objects.get().pk]))
    assert not PushSubscription.objects.live().exists()


def robot(world: World, line: Service, kind: str = "dingtalk") -> None:
    path = {"dingtalk": "/robot/send?access_token=t", "wecom": "/cgi-bin/webhook/send?key=k"}[kind]
    firms.set_robot(
        world.firms.maker.owner.actor,
        world.firms.maker.key,
        kind=kind,
        url=line.origin + path,
        secret="SEC" if kind == "dingtalk" else "",
        groups=["tasks", "mentions"],
        language="zh-hans",
        now=NOW,
    )


def test_the_robot_tells_the_group_once_though_several_are_told(calm: World, line: Service) -> None:
    robot(calm, line)
    line.status, line.answer = 200, b'{"errcode":0}'
    mine = readers([calm.firms.maker.firm.pk])
    alliance = Alliance.objects.get()
    actions.notify("mention", mine, key="1", alliance=alliance, now=NOW, tasks=["Sellable"])
    assert len(mine) > 1
    assert actions.push_out(NOW, instant=NOW) == 1
    ((path, _headers, body),) = line.came
    assert path.startswith("/robot/send?access_token=t&timestamp=")
    assert (
        "可销售" in json.loads(body)["markdown"]["text"]
        or alliance.title in json.loads(body)["markdown"]["text"]
    )
    assert Robot.objects.get().failed_at is None


def test_a_robot_that_refuses_is_shown_to_the_firm(calm: World, line: Service) -> None:
    robot(calm, line, "wecom")
    line.status, line.answer = 200, b'{"errcode":93000,"errmsg":"invalid webhook url"}'
    tell(calm, calm.firms.maker.owner, NOW, "1", kind="mention")
    assert actions.push_out(NOW, instant=NOW) == 0
    assert Robot.objects.get().failed_at == NOW
    client = Client()
    client.force_login(calm.firms.maker.owner)
    assert b"It takes no messages" in client.get(reverse("firms:robot", args=[calm.firms.maker.key])).content


def test_the_address_of_a_robot_is_checked_and_kept_sealed(world: World, line: Service) -> None:
    robot(world, line)
    assert "access_token" not in Robot.objects.get().sealed
    with pytest.raises(Refused):
        firms.set_robot(
            world.firms.maker.owner.actor,
            world.firms.maker.key,
            kind="wecom",
            url="https://127.0.0.1/cgi-bin/webhook/send?key=k",
            groups=["tasks"],
            now=NOW,
        )
