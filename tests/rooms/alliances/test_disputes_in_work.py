"""Disputes about the work, while it goes on: they hold up its end, and not for ever."""

from datetime import datetime, timedelta

import pytest

from alliances import actions
from alliances.lifecycle import DisputeState, State
from alliances.models import Alliance, Dispute, Notice
from config.rows import Missing, Refused
from firms.models import User
from tests.builders.alliances import (
    HOUR,
    NOW,
    World,
    forming_world,
    fresh,
    operating,
    shown_shares,
    task,
    winding_down,
    work_off,
)
from tests.rooms.alliances.rulings import SETTLED, settlement_of, shares, uphold

pytestmark = pytest.mark.usefixtures("savepoint")
STAGE = operating


def test_a_dispute_about_the_work_holds_up_its_end(world: World, judge: User) -> None:
    alliance = operating(world)
    found = work_dispute(world, alliance)
    work_off(alliance)
    assert fresh(alliance).state == State.OPERATING
    claim = {"input": f"write_off|{world.firms.carrier.key}|EUR", "amount_minor": 300, "evidence": "photos"}
    with pytest.raises(Refused, match="unknown_input"):  # units are not counted yet
        uphold(judge, found, NOW)
    uphold(judge, found, NOW, corrections=[claim])
    told = Notice.objects.filter(alliance=alliance, kind="dispute_ended")
    assert {row.user for row in told} >= {world.firms.maker.owner, world.firms.carrier.owner}
    assert fresh(alliance).state == State.WINDING_DOWN
    actions.act(SETTLED)
    assert shares(alliance)["Swift Air"] == 15_000 - 300
    version = settlement_of(alliance).versions.get()
    assert (version.number, version.changes[0]["evidence"]) == (1, "photos")


def work_dispute(world: World, alliance: Alliance, now: datetime = NOW, code: str = "M6") -> Dispute:
    about = task(alliance, code).pk
    actions.dispute_work(world.firms.maker.owner.actor, str(alliance.key), text="wet", task_id=about, now=now)
    return Dispute.objects.latest("pk")


def test_a_dispute_while_winding_down_holds_up_the_settlement(world: World) -> None:
    alliance = winding_down(world)
    found = work_dispute(world, alliance)
    actions.act(SETTLED)
    assert fresh(alliance).state == State.WINDING_DOWN
    actions.withdraw_dispute(world.firms.maker.owner.actor, found.pk, now=SETTLED)
    actions.act(SETTLED + HOUR)
    assert fresh(alliance).state == State.SETTLING


def test_a_dispute_about_the_work_that_nobody_rules_on_ends_by_itself(world: World) -> None:
    alliance = operating(world)
    found = work_dispute(world, alliance)
    work_off(alliance)
    actions.act(NOW + timedelta(days=13))
    assert fresh(alliance).state == State.OPERATING
    actions.act(NOW + timedelta(days=14))
    found.refresh_from_db()
    assert (found.state, fresh(alliance).state) == (DisputeState.STOOD, State.WINDING_DOWN)


def test_a_firm_cannot_hold_up_the_end_for_ever(world: World) -> None:
    alliance = operating(world)
    maker = world.firms.maker.owner.actor
    for code in ("M6", "L4", "S3"):
        found = work_dispute(world, alliance, code=code)
        with pytest.raises(Refused, match="already_disputed"):
            work_dispute(world, alliance, code="E1")  # one waits already
        actions.withdraw_dispute(maker, found.pk, now=NOW)
        with pytest.raises(Refused, match="already_disputed"):
            work_dispute(world, alliance, code=code)  # the same matter again
    with pytest.raises(Refused, match="already_disputed"):
        work_dispute(world, alliance, code="E1")  # too often


def test_who_may_dispute_the_work(world: World) -> None:
    alliance, other = operating(world), operating(forming_world(firms=world.firms))
    key, firms = str(alliance.key), world.firms
    with pytest.raises(Refused, match="may_not_sign"):
        actions.dispute_work(firms.maker.worker.actor, key, text="wet", now=NOW)
    for stranger in (firms.outsider.owner, firms.operator):
        with pytest.raises(Missing):
            actions.dispute_work(stranger.actor, key, text="wet", now=NOW)
    with pytest.raises(Missing):
        foreign = task(other, "M6").pk
        actions.dispute_work(firms.maker.owner.actor, key, text="wet", task_id=foreign, now=NOW)
    settled = shown_shares(forming_world())
    with pytest.raises(Missing):
        actions.dispute_work(firms.maker.owner.actor, str(settled.key), text="wet", now=SETTLED)
