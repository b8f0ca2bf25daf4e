"""The account of a firm: filed once, appealed, answered or upheld by the clock, forgotten, seen by nobody else."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from config.rows import Missing, Refused
from firms import actions, queries
from firms.models import Appeal, Firm, Observation, User
from firms.reputation import APPEAL_ANSWERED_IN, KEPT_FOR, Conduct, Outcome
from tests.builders.firms import NOW, FirmOf, Firms, file_deeds, join

DAY = timedelta(days=1)
Opened = Callable[[User], Client]


def trust(of: FirmOf) -> int:
    return Firm.objects.get(pk=of.id).trust


def broken_line(world: Firms) -> Observation:
    file_deeds(world.maker, (Outcome.KEPT, 4), (Outcome.BROKEN, 1))
    return Observation.objects.get(firm=world.maker.firm, outcome="broken")


def appealed(world: Firms) -> int:
    line = broken_line(world)
    made = actions.appeal(world.maker.owner.actor, world.maker.key, line.pk, text="customs held it", now=NOW)
    return int(made["appeal"])


# -- filing --


def test_a_deed_is_filed_once_however_often_it_is_told(world: Firms) -> None:
    key = uuid4()
    row = Conduct(world.maker.id, "maker", "6203", Outcome.KEPT, "task:M6", "Produce the pilot lot", NOW)
    other = Conduct(world.carrier.id, "forwarder", "DE", Outcome.LATE, "task:L4", "Line-haul by air", NOW)
    assert actions.file_observations(key, "Trousers", [row, other], now=NOW) == 2
    assert actions.file_observations(key, "Trousers", [row, other], now=NOW + DAY) == 0
    assert (trust(world.maker), trust(world.carrier)) == (636, 590)  # 7 / 11, 6.5 / 11
    assert Observation.objects.count() == 2


def test_standing_is_nothing_but_the_account(world: Firms) -> None:
    file_deeds(world.maker, (Outcome.KEPT, 20), (Outcome.LATE, 4), (Outcome.BROKEN, 1))
    firm = Firm.objects.get(pk=world.maker.id)
    assert (firm.trust, firm.promises_kept, firm.promises_late, firm.promises_broken) == (756, 20, 4, 1)
    assert queries.offers("620342", ["DE"], from_on=NOW.date(), weeks=4).makers[0].firm.trust == 756


def test_what_is_too_old_is_forgotten_by_the_clock(world: Firms) -> None:
    file_deeds(world.maker, (Outcome.BROKEN, 3))
    assert trust(world.maker) == 315  # 6 / 19
    assert actions.act(NOW + KEPT_FOR - DAY) == 0
    assert actions.act(NOW + KEPT_FOR) == 1
    firm = Firm.objects.get(pk=world.maker.id)
    assert (firm.trust, firm.trust_until_at, firm.promises_broken) == (600, None, 0)
    assert actions.act(NOW + KEPT_FOR) == 0


@pytest.mark.parametrize("write", ["update", "delete"])
def test_the_database_refuses_to_change_the_account(world: Firms, write: str) -> None:
    rows = Observation.objects.filter(pk=broken_line(world).pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(bad=0) if write == "update" else rows.delete()
    assert rows.get().bad == 3


# -- appeals --


def test_nobody_answers_the_appeal_of_their_own_firm(world: Firms) -> None:
    pk = appealed(world)
    join(world.operator, world.maker)
    for answer in (actions.uphold, actions.dismiss):
        with pytest.raises(Refused, match="own_firm"):
            answer(world.operator.actor, pk, answer="we are right", now=NOW)
    assert Appeal.objects.get(pk=pk).state == "open"


def test_an_upheld_appeal_strikes_the_line_and_leaves_it_visible(world: Firms, of: Opened) -> None:
    appeal = appealed(world)
    assert trust(world.maker) == 588  # 10 / 17
    answered = actions.uphold(world.operator.actor, appeal, answer="the papers show it", now=NOW + DAY)
    assert answered["trust"] == trust(world.maker) == 714  # 10 / 14
    shown = of(world.maker.worker).get(f"/firm/{world.maker.key}/reputation/").content.decode()
    assert "the papers show it" in shown
    assert "struck" in shown


def test_a_dismissed_appeal_has_reasons_and_changes_nothing(world: Firms) -> None:
    appeal = appealed(world)
    with pytest.raises(Refused, match="no_reason"):
        actions.dismiss(world.operator.actor, appeal, answer=" ", now=NOW)
    actions.dismiss(world.operator.actor, appeal, answer="the forwarder was ready", now=NOW)
    assert trust(world.maker) == 588
    for again in (actions.uphold, actions.dismiss):
        with pytest.raises(Refused, match="answered"):
            again(world.operator.actor, appeal, answer="no", now=NOW)


def test_the_clock_upholds_what_nobody_answers(world: Firms) -> None:
    appeal = appealed(world)
    assert actions.act(NOW + APPEAL_ANSWERED_IN - DAY) == 0
    assert actions.act(NOW + APPEAL_ANSWERED_IN) == 1
    found = Appeal.objects.get(pk=appeal)
    assert (found.state, found.answered_by, trust(world.maker)) == ("upheld", None, 714)
    assert actions.act(NOW + APPEAL_ANSWERED_IN) == 0


def test_who_may_appeal_and_only_once(world: Firms) -> None:
    line = broken_line(world)
    key, maker = world.maker.key, world.maker
    with pytest.raises(Refused, match="not_allowed"):
        actions.appeal(maker.worker.actor, key, line.pk, text="no", now=NOW)
    with pytest.raises(Refused, match="text_missing"):
        actions.appeal(maker.owner.actor, key, line.pk, text="  ", now=NOW)
    for stranger in (world.carrier.owner, world.operator):
        with pytest.raises(Missing):
            actions.appeal(stranger.actor, key, line.pk, text="no", now=NOW)
    with pytest.raises(Missing):
        actions.appeal(world.carrier.owner.actor, world.carrier.key, line.pk, text="not ours", now=NOW)
    actions.appeal(maker.owner.actor, key, line.pk, text="no", command_id="a", now=NOW)
    actions.appeal(maker.owner.actor, key, line.pk, text="no", command_id="a", now=NOW)
    with pytest.raises(Refused, match="appealed"):
        actions.appeal(maker.manager.actor, key, line.pk, text="no", now=NOW)
    for stranger in (maker.owner, world.carrier.owner):
        with pytest.raises(Missing):
            actions.uphold(stranger.actor, Appeal.objects.get().pk, now=NOW)


# -- pages --


def test_the_firm_sees_every_reason_and_others_none(world: Firms, of: Opened) -> None:
    appealed(world)
    page = f"/firm/{world.maker.key}/reputation/"
    shown = of(world.maker.owner).get(page).content.decode()
    for text in ("Wide trousers: DE", "Produce the pilot lot", "promised and not done", "6203"):
        assert text in shown
    for stranger in (world.carrier.owner, world.operator):
        assert of(stranger).get(page).status_code == 404
    figures = of(world.operator).get(f"/console/firms/{world.maker.key}/").content.decode()
    assert "Reputation by competency" in figures
    assert "Wide trousers: DE" not in figures


def test_an_appeal_goes_through_the_pages(world: Firms, of: Opened) -> None:
    line = broken_line(world)
    owner, operator = of(world.maker.owner), of(world.operator)
    answer = owner.post(f"/firm/{world.maker.key}/reputation/{line.pk}/appeal/", {"text": "it was customs"})
    assert answer.status_code == 302
    waiting = Appeal.objects.get()
    assert "it was customs" in operator.get("/console/appeals/").content.decode()
    assert "Appeals" in operator.get("/console/firms/").content.decode()
    operator.post(f"/console/appeals/{waiting.pk}/uphold/", {"answer": "right"})
    assert Appeal.objects.get().state == "upheld"
    assert "No appeal waits" in operator.get("/console/appeals/").content.decode()
