"""Invitations into a firm are e-mails: nobody sends them without end, and none outlives who made it."""

from datetime import timedelta

import pytest

from config.rows import Refused
from firms import actions
from firms.actions import people
from firms.models import Member, MemberInvitation
from tests.builders.firms import NOW, Firms


def test_replaced_and_withdrawn_invitations_count_for_a_day(
    world: Firms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "MOST_IN_A_DAY", 2)
    owner, key = world.maker.owner.actor, world.maker.key
    for _time in range(2):
        actions.invite_member(owner, key, "victim@example.com", "worker", now=NOW)
    with pytest.raises(Refused, match="too_many"):
        actions.invite_member(owner, key, "victim@example.com", "worker", now=NOW)
    actions.invite_member(owner, key, "victim@example.com", "worker", now=NOW + timedelta(days=2))


def test_places_that_a_leaver_kept_are_closed(world: Firms) -> None:
    owner, worker, key = world.maker.owner, world.maker.worker, world.maker.key
    Member.objects.filter(user=worker).update(role=Member.Role.MANAGER)
    actions.invite_member(worker.actor, key, "other-address@example.com", "manager", now=NOW)
    actions.invite_member(owner.actor, key, "colleague@example.com", "worker", now=NOW)
    actions.end_member(owner.actor, key, Member.objects.get(user=worker).pk, now=NOW)
    assert [row.email for row in MemberInvitation.objects.open()] == ["colleague@example.com"]
