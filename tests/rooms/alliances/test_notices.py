"""What people are told: once, on the platform at once, by e-mail when they want it and are not asleep."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client

from alliances import actions
from alliances.actions import mailing
from alliances.models import Notice
from alliances.notices import KINDS, LAST_WORDS
from alliances.queries.notices import told
from firms.models import Firm, MailGroup, User
from firms.queries import readers
from tests.builders.alliances import (
    DAY,
    HOUR,
    NOW,
    World,
    accept,
    confirm_all,
    dissolved,
    fresh,
    invitation,
    operating,
    seat,
    settling,
    task,
    worker,
)

NIGHT = datetime(2026, 3, 4, 23, 0, tzinfo=UTC)  # the firms of the small world live in UTC

pytestmark = pytest.mark.usefixtures("savepoint")


def notices(user: User, kind: str = "") -> list[Notice]:
    rows = Notice.objects.filter(user=user).order_by("pk")
    return list(rows.filter(kind=kind) if kind else rows)


def deliver(now: datetime = NOW, instant: datetime | None = None) -> int:
    return actions.deliver(now, instant=instant or now)


def test_an_invitation_is_told_to_those_who_may_answer(world: World) -> None:
    alliance = world.approve()
    maker, found = world.firms.maker, invitation(alliance, "maker")
    for user in (maker.owner, maker.manager):
        (notice,) = notices(user)
        assert (notice.kind, notice.invitation_id, notice.send_at) == ("invitation", found.pk, NOW)
    assert not notices(maker.worker)
    assert not notices(world.firms.outsider.owner)


def test_an_invited_firm_is_told_of_no_other(world: World) -> None:
    alliance = world.approve()
    others = {firm.firm.legal_name for firm in (world.rival, world.firms.carrier, world.firms.seller)}
    for notice in told(world.firms.maker.owner.pk):
        assert not [name for name in others if name in f"{notice.subject} {notice.text} {notice.url}"]
    assert invitation(alliance, "maker").key


def test_reminders_come_halfway_and_six_hours_before(world: World) -> None:
    alliance = world.approve()
    accept(invitation(alliance, "seller"))
    owner = world.firms.maker.owner
    for hours, count in ((23, 0), (24, 1), (24, 1), (41, 1), (42, 2), (47, 2)):
        actions.act(NOW + hours * HOUR)
        assert len(notices(owner, "invitation_reminder")) == count, hours
    assert not notices(world.firms.seller.owner, "invitation_reminder")  # it has answered


def test_the_email_says_what_who_until_when_and_what_otherwise(world: World) -> None:
    alliance = world.approve()
    deliver()
    found = next(one for one in mail.outbox if one.to == [world.firms.maker.owner.email])
    assert alliance.title in found.subject
    for text in (
        "Ningbo Trousers is invited",
        "6 Mar 2026",
        "the next firm is asked",
        f"http://localhost:8000/invitations/{invitation(alliance, 'maker').key}/",
        "Times are those of UTC.",
    ):
        assert text in found.body
    assert found.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_the_email_is_in_the_readers_language_and_zone(world: World) -> None:
    owner = world.firms.maker.owner
    User.objects.filter(pk=owner.pk).update(language="zh-hans", time_zone="Asia/Shanghai")
    world.approve()
    deliver()
    found = next(one for one in mail.outbox if one.to == [owner.email])
    assert "2026年3月6日 17:00" in found.body  # 09:00 UTC
    assert "Asia/Shanghai" in found.body
    assert "制造商" in found.body


def test_an_email_is_sent_once(world: World) -> None:
    world.approve()
    first = deliver()
    assert first == len(mail.outbox) > 0
    assert deliver(NOW + HOUR) == 0
    assert len({one.extra_headers["Message-ID"] for one in mail.outbox}) == first


def test_quiet_hours_are_those_of_the_firm(world: World) -> None:
    alliance = operating(world)
    firm = world.firms.carrier
    Firm.objects.filter(pk=firm.id).update(time_zone="Asia/Shanghai")
    mentioned = readers([firm.id], may_sign=True)
    actions.notify("mention", mentioned, key="1", alliance=alliance, now=NIGHT - 8 * HOUR)
    sent = {row.send_at for row in Notice.objects.filter(kind="mention")}
    assert sent == {NIGHT}  # 23:00 UTC is 07:00 in Shanghai
    assert len(notices(firm.owner, "mention")) == 1  # on the platform at once


def test_an_invitation_that_would_expire_in_the_quiet_hours_goes_at_once(world: World, settings: Any) -> None:
    settings.INVITATION_TTL = 4 * HOUR
    alliance = world.approve(NIGHT)
    assert {row.send_at for row in Notice.objects.filter(alliance=alliance)} == {NIGHT}


def test_an_ordinary_invitation_waits_for_the_morning(world: World) -> None:
    alliance = world.approve(NIGHT)
    assert {row.send_at for row in Notice.objects.filter(alliance=alliance)} == {NIGHT + 8 * HOUR}
    assert deliver(NIGHT) == 0
    assert deliver(NIGHT + 8 * HOUR) > 0


def test_what_was_answered_meanwhile_is_not_sent(world: World) -> None:
    alliance = world.approve(NIGHT)
    accept(invitation(alliance, "maker"), NIGHT + HOUR)
    deliver(NIGHT + 8 * HOUR)
    assert [one for one in mail.outbox if one.to == [world.firms.maker.owner.email]] == []
    assert not Notice.objects.to_send().filter(send_at__lte=NIGHT + 8 * HOUR).exists()


def test_the_same_occasion_is_told_once(world: World) -> None:
    alliance = operating(world)
    people = readers([world.firms.maker.id])
    for _again in range(2):
        actions.notify("mention", people, key="comment/7", alliance=alliance, now=NOW)
    assert len(notices(world.firms.maker.owner, "mention")) == 1


def test_workers_are_told_on_the_platform_unless_they_want_more(world: World) -> None:
    alliance, maker = operating(world), world.firms.maker
    people = readers([maker.id])
    actions.notify("mention", people, key="1", alliance=alliance, now=NOW)
    assert notices(maker.worker, "mention")[0].send_at is None
    actions_of(maker.worker, [MailGroup.MENTIONS])
    actions_of(maker.owner, [MailGroup.MONEY])
    actions.notify("mention", readers([maker.id]), key="2", alliance=alliance, now=NOW)
    assert notices(maker.worker, "mention")[1].send_at == NOW
    assert notices(maker.owner, "mention")[1].send_at is None


def actions_of(user: User, groups: list[MailGroup]) -> None:
    client = signed_in(user)
    assert client.post("/firm/mail/", {"groups": [group.value for group in groups]}).status_code == 302


def test_people_of_the_sample_get_no_email(world: World) -> None:
    User.objects.filter(pk=world.firms.maker.owner.pk).update(is_sample=True)
    world.approve()
    assert [row.send_at for row in notices(world.firms.maker.owner)] == [None]


def test_a_signed_link_stops_one_kind_of_email(world: World) -> None:
    world.approve()
    deliver()
    owner = world.firms.maker.owner
    found = next(one for one in mail.outbox if one.to == [owner.email])
    link = re.search(r"<http://localhost:8000(/mail/stop/.*)>", found.extra_headers["List-Unsubscribe"])
    assert link
    program = Client(enforce_csrf_checks=True)
    assert b"Stop these e-mails" in program.get(link[1]).content
    assert fresh_user(owner).mail_choices == {}  # looking changes nothing: mail programs open links
    assert program.post(link[1], {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert fresh_user(owner).mail_choices == {"invitations": False}
    assert program.get(link[1][:-3] + "xyz/").status_code == 404


def test_who_stopped_it_meanwhile_gets_no_email(world: World) -> None:
    world.approve(NIGHT)
    owner = world.firms.maker.owner
    User.objects.filter(pk=owner.pk).update(mail_choices={"invitations": False})
    deliver(NIGHT + 8 * HOUR)
    assert [one for one in mail.outbox if one.to == [owner.email]] == []


class Broken(EmailBackend):
    """A mail server that is away."""

    def send_messages(self, messages: Any) -> int:
        raise OSError("no route")


def test_an_email_that_fails_is_tried_again_later_and_given_up_visibly(world: World, settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Broken"
    world.approve()
    instant = NOW
    for pause in mailing.PAUSES:
        assert deliver(NOW, instant) == 0
        before = Notice.objects.order_by("pk").first()
        assert before
        attempts = before.attempts
        deliver(NOW, instant)  # at once again: nothing is tried
        assert Notice.objects.get(pk=before.pk).attempts == attempts
        instant += pause
    assert not Notice.objects.to_send().exists()
    assert Notice.objects.undeliverable().count() == Notice.objects.filter(send_at__isnull=False).count()
    page = signed_in(world.firms.operator).get("/console/alliances/").content.decode()
    assert "could not be delivered" in page


def test_a_process_that_died_after_sending_sends_again_under_the_same_id(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.approve()
    deliver()
    ids = sorted(one.extra_headers["Message-ID"] for one in mail.outbox)
    Notice.objects.update(emailed_at=None)  # it never came to mark them
    assert deliver(NOW, NOW + timedelta(minutes=1)) == 0  # the lease
    deliver(NOW, NOW + timedelta(minutes=3))
    assert sorted(one.extra_headers["Message-ID"] for one in mail.outbox[len(ids) :]) == ids


def test_partners_are_told_of_the_settlement_and_reminded(world: World) -> None:
    alliance = settling(world)
    owner = world.firms.carrier.owner
    assert len(notices(owner, "settled")) == 1
    until = alliance.settlement.objections_until_at
    actions.confirm(world.firms.maker.owner.actor, str(alliance.key), now=until - 30 * HOUR)
    for before, count in ((25, 0), (24, 1), (20, 1)):
        actions.act(until - before * HOUR)
        assert len(notices(owner, "settlement_reminder")) == count
    assert not notices(world.firms.maker.owner, "settlement_reminder")
    actions.object_(owner.actor, str(alliance.key), text="why", now=until - HOUR)
    assert len(notices(world.firms.operator, "objected")) == 1


def test_a_firm_is_told_that_its_objection_was_answered(world: World) -> None:
    alliance = settling(world)
    owner, at = world.firms.carrier.owner, NOW + DAY + HOUR
    actions.object_(owner.actor, str(alliance.key), text="why", now=at)
    page = signed_in(world.firms.operator).get("/console/alliances/").content.decode()
    assert "objects to the settlement" in page
    objection = alliance.settlement.objections.get()
    actions.answer_objection(world.operator, objection.pk, answer="because", now=at + HOUR)
    assert len(notices(owner, "objection_answered")) == 1
    assert not notices(world.firms.maker.owner, "objection_answered")


def test_a_counter_offer_is_told_to_operators_and_its_answer_to_the_firm(world: World) -> None:
    alliance = world.approve()
    found, owner = invitation(alliance, "maker"), world.firms.maker.owner
    actions.counter(owner.actor, str(found.key), terms_hash=found.terms_hash, prices={0: 650}, now=NOW)
    (notice,) = notices(world.firms.operator, "countered")
    assert notice.params["firm"] == "Ningbo Trousers"
    actions.refuse_counter(world.operator, str(found.key), number=1, note="no", now=NOW + HOUR)
    assert len(notices(owner, "counter_answered")) == 1
    for other in (world.rival.owner, world.firms.seller.owner):
        assert {notice.kind for notice in notices(other)} == {"invitation"}


def test_whose_firm_is_mentioned_is_told(world: World) -> None:
    alliance = operating(world)
    found = task(alliance, "M1")
    carrying = seat(alliance, "forwarder").pk
    actions.comment(worker(found), found.pk, text="when can you come?", tell=[carrying], now=NOW)
    (notice,) = notices(world.firms.carrier.worker, "mention")
    assert (notice.task, notice.params["tasks"]) == (found, [found.title])
    assert "when" not in str(notice.params)  # what was said stays where it can be erased
    assert not notices(world.firms.maker.owner, "mention")


def test_operators_and_partners_are_told_of_mid_life(world: World) -> None:
    alliance = operating(world)
    actions.suspend(world.operator, str(alliance.key), reason="papers", now=NOW + HOUR)
    (notice,) = notices(world.firms.carrier.owner, "suspended")
    assert notice.send_at == NOW + HOUR
    until = fresh(alliance).due_at
    assert until
    for hours, count in ((25, 0), (24, 1), (20, 1)):
        actions.act(until - hours * HOUR)
        assert len(notices(world.firms.operator, "near_suspended")) == count


def test_when_it_is_dissolved_partners_are_told_where_the_record_is(world: World) -> None:
    alliance = settling(world)
    Notice.objects.update(send_at=NOW + 90 * DAY)
    confirm_all(alliance, NOW + DAY + HOUR)
    assert fresh(alliance).is_over
    for user in (world.firms.maker.owner, world.firms.maker.worker, world.firms.seller.manager):
        assert len(notices(user, "dissolved")) == 1
    left = set(Notice.objects.to_send().filter(alliance=alliance).values_list("kind", flat=True))
    assert left == LAST_WORDS  # nothing else is still to come


def test_operators_are_told_of_what_ends_soon(world: World) -> None:
    alliance = world.approve()
    actions.act(NOW + 48 * HOUR)  # nobody answered: back to planning, for 72 hours
    for hours, count in ((47, 0), (48, 1), (60, 1)):
        actions.act(NOW + 48 * HOUR + hours * HOUR)
        assert len(notices(world.firms.operator, "near_proposed")) == count
    assert fresh(alliance).state == "proposed"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def fresh_user(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_the_page_lists_them_and_puts_them_away(world: World) -> None:
    client = signed_in(world.firms.maker.owner)
    assert "Nothing to tell yet" in client.get("/notices/").content.decode()
    alliance = world.approve()
    page = client.get("/notices/").content.decode()
    assert f"/invitations/{invitation(alliance, 'maker').key}/" in page
    assert "<span>1<span" in client.get("/notices/bell/").content.decode()
    newest = re.search(r'name="up_to" value="(\d+)"', page)
    assert newest
    client.post("/notices/seen/", {"up_to": newest[1]})
    assert "<span>" not in client.get("/notices/bell/").content.decode()
    assert 'id="mark-seen"' not in client.get("/notices/").content.decode()


def test_nobody_puts_away_what_others_were_told(world: World) -> None:
    world.approve()
    signed_in(world.firms.carrier.owner).post("/notices/seen/", {"up_to": 10**9})
    assert all(row.seen_at is None for row in notices(world.firms.maker.owner))


def test_every_link_of_a_life_leads_somewhere(world: World) -> None:
    dissolved(world)
    for user in (world.firms.maker.owner, world.firms.operator, world.firms.seller.worker):
        client = signed_in(user)
        for notice in told(user.pk):
            assert client.get(notice.url).status_code == 200, notice


def test_every_kind_belongs_to_a_group_that_can_be_chosen() -> None:
    assert {kind.group for kind in KINDS.values()} == {group.value for group in MailGroup}
