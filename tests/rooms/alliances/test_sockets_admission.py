"""Who may open which socket, and when it ends for them."""

import asyncio
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.test import Client

from alliances.live import hub as hubs
from config.wake import wake
from firms import actions
from firms.models import Member, Phone
from firms.models.people import digest_of
from tests.builders.firms import NOW
from tests.rooms.alliances.boards import (
    cookie_of,
    dissolve,
    end_grant,
    invitation_of,
    log_out,
    session_of,
    working_world,
)
from tests.rooms.alliances.sockets import HOST, ORIGIN, BoardClient, board, path_of, socket

NOBODY, UNSEEN, ENDED, FLOOD = 4401, 4404, 4410, 4429

pytestmark = pytest.mark.usefixtures("real_database")


@pytest.fixture(autouse=True)
def without_a_beat(monkeypatch):
    """What ends here ends by a wake, at once; not by the beat that looks at everybody every few seconds."""
    monkeypatch.setattr(hubs, "BEAT_SECONDS", 3600.0)


@pytest.fixture
async def world(real_database):
    return await sync_to_async(working_world)()


async def code_of(path, user=None, headers=None):
    """With which code the server closes an accepted socket."""
    async with socket(path, user, headers=headers) as (opened, accepted):
        assert accepted
        return await BoardClient(opened).closed()


async def test_partners_and_operators_see_a_board(world):
    firms = world.firms
    for user in (firms.maker.owner, firms.carrier.manager, firms.seller.worker, firms.operator):
        async with board(world.alliance, user) as client:
            assert client.state["alliance"]["title"] == "Wide trousers"


async def test_an_outsider_is_told_the_same_as_for_what_does_not_exist(world):
    missing = "/ws/alliances/00000000-0000-4000-8000-000000000000/"
    assert await code_of(path_of(world.alliance), world.firms.outsider.owner) == UNSEEN
    assert await code_of(missing, world.firms.maker.owner) == UNSEEN
    assert await code_of(missing, world.firms.operator) == UNSEEN


async def test_nobody_sees_nothing(world):
    for cookie in [b"", b"sessionid=", b"sessionid=nonsense", b"sessionid=\xff\x00; sessionid=x"]:
        headers = [HOST, ORIGIN, (b"cookie", cookie)]
        assert await code_of(path_of(world.alliance), headers=headers) == NOBODY
        assert await code_of("/ws/wakes/", headers=headers) == NOBODY


async def test_a_changed_password_ends_a_session(world):
    user = world.firms.maker.owner
    header = await sync_to_async(cookie_of)(user)
    user.set_password("another-flock-of-birds-7")
    await user.asave()
    assert await code_of(path_of(world.alliance), headers=[HOST, ORIGIN, header]) == NOBODY


async def test_an_invitation_is_seen_by_its_firm_alone(world):
    firms = world.firms
    invitation = await sync_to_async(invitation_of)(world.alliance, firms.seller)
    path = f"/ws/invitations/{invitation.key}/"
    async with socket(path, firms.seller.worker) as (opened, _):
        client = BoardClient(opened)
        await client.since()
        await client.hear()
        assert client.state["invitation"]["state"] == "pending"
    assert await code_of(path, firms.maker.owner) == UNSEEN


async def test_the_end_of_a_grant_closes_its_sockets_by_a_wake(world):
    async with (
        board(world.alliance, world.maker) as leaver,
        board(world.alliance, world.firms.seller.owner) as other,
    ):
        await sync_to_async(end_grant)(world, world.firms.maker)
        assert (await leaver.hear())["t"] == "end"
        assert await leaver.closed() == ENDED
        await other.until(1)
        assert leaver.version == 0


async def test_the_end_of_a_membership_closes_its_sockets_at_a_session_wake(world):
    async with board(world.alliance, world.maker) as client:
        await Member.objects.filter(user=world.maker).aupdate(ended_at=NOW)
        await sync_to_async(wake)(f"session:{world.maker.pk}")
        assert await client.closed() == ENDED


async def test_log_out_closes_only_the_sockets_of_that_session(world):
    here, there = [await sync_to_async(session_of)(world.maker) for _ in range(2)]
    async with (
        socket(path_of(world.alliance), headers=with_session(here)) as (first, _),
        socket(path_of(world.alliance), headers=with_session(there)) as (second, _),
    ):
        await asyncio.gather(BoardClient(first).since(), BoardClient(second).since())
        await sync_to_async(log_out)(here)
        await sync_to_async(wake)(f"session:{world.maker.pk}")
        assert await BoardClient(first).closed() == NOBODY
        assert (await BoardClient(second).hear())["t"] == "snapshot"


async def test_the_page_that_logs_out_closes_the_boards(world):
    browser = Client()
    await sync_to_async(browser.force_login)(world.maker)
    key = browser.cookies["sessionid"].value
    async with socket(path_of(world.alliance), headers=with_session(key)) as (opened, _):
        await BoardClient(opened).since()
        await sync_to_async(browser.post)("/accounts/logout/")
        assert await BoardClient(opened).closed() == NOBODY


async def test_a_lost_phone_hears_nothing_more_and_orders_nothing_more(world):
    maker, task = world.firms.maker, await sync_to_async(world.task)("M6")
    key, secret = await sync_to_async(session_of)(maker.worker), "of-the-phone"
    async with socket(path_of(world.alliance), headers=with_session(key)) as (opened, _):
        client = BoardClient(opened)
        await client.since()
        phone = await Phone.objects.acreate(firm=maker.firm, digest=digest_of(secret), since_at=NOW)
        assert await sync_to_async(actions.take_phone)(secret, maker.worker.pk, key, now=NOW)
        await sync_to_async(actions.end_phone)(maker.owner.actor, maker.key, phone.pk, now=NOW)
        assert await client.closed() == NOBODY
        await client.say(t="do", id=str(uuid4()), verb="start", task=task.pk, data={})
        assert await opened.is_quiet()
    await task.arefresh_from_db()
    assert task.state == "ready"


async def test_the_beat_finds_a_log_out_that_nobody_told(world, monkeypatch):
    monkeypatch.setattr(hubs, "BEAT_SECONDS", 0.05)
    key = await sync_to_async(session_of)(world.maker)
    async with socket(path_of(world.alliance), headers=with_session(key)) as (opened, _):
        client = BoardClient(opened)
        await client.since()
        await sync_to_async(log_out)(key)
        assert await client.closed() == NOBODY


async def test_dissolution_closes_every_socket_and_says_so(world):
    async with (
        board(world.alliance, world.maker) as partner,
        board(world.alliance, world.firms.operator) as operator,
    ):
        await sync_to_async(dissolve)(world)
        ended = await partner.hear()
        assert ended == {"t": "end", "is_over": True}
        assert await partner.closed() == await operator.closed() == ENDED
        assert operator.state["alliance"]["state"] == "dissolved"


async def test_a_socket_that_never_said_anything_ends_too(world):
    async with socket(path_of(world.alliance), world.maker) as (opened, _):
        await asyncio.sleep(0.1)
        await sync_to_async(end_grant)(world, world.firms.maker)
        assert await BoardClient(opened).closed() == ENDED


async def test_a_person_has_at_most_twenty_sockets(world):
    key = await sync_to_async(session_of)(world.maker)
    opened = [socket("/ws/wakes/", headers=with_session(key)) for _ in range(20)]
    for one in opened:
        await one.__aenter__()
    assert await code_of("/ws/wakes/", headers=with_session(key)) == FLOOD
    await opened.pop().__aexit__(None, None, None)
    async with socket("/ws/wakes/", headers=with_session(key)) as (again, _):
        assert (await again.json())["t"] == "hello"
    for one in opened:
        await one.__aexit__(None, None, None)


async def test_desks_and_the_console_hear_only_their_own_wakes(world):
    firms = world.firms
    async with (
        socket("/ws/wakes/", firms.maker.owner) as (desk, _),
        socket("/ws/wakes/", firms.operator) as (console, _),
    ):
        assert [(await one.json())["t"] for one in (desk, console)] == ["hello", "hello"]
        await asyncio.gather(
            desk.calm(), console.calm()
        )  # the line itself may have missed something before it opened
        await sync_to_async(wake)(f"desk:{firms.carrier.id}", "console")
        assert await console.text() == '{"t":"wake","topic":"console"}'
        assert await desk.is_quiet()
        await sync_to_async(wake)(f"desk:{firms.maker.id}")
        assert await desk.text() == '{"t":"wake","topic":"desk"}'


async def test_a_wakes_socket_takes_no_words(world):
    async with socket("/ws/wakes/", world.maker) as (opened, _):
        client = BoardClient(opened)
        await client.say(t="since", epoch=None, version=0)
        assert await client.closed() == 4400


def with_session(key):
    return [HOST, ORIGIN, (b"cookie", f"sessionid={key}".encode())]
