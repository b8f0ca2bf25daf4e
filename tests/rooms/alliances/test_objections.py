"""Confirming the shares and objecting to them: what holds up the end, and who may."""

from datetime import timedelta

import pytest

from alliances import actions
from alliances.lifecycle import State
from alliances.models import Alliance
from config.rows import Missing, Refused
from tests.builders.alliances import (
    HOUR,
    World,
    confirm_all,
    fresh,
    settling,
)
from tests.builders.firms import join
from tests.rooms.alliances.rulings import SETTLED

pytestmark = pytest.mark.usefixtures("savepoint")
STAGE = settling


def objection(world: World, alliance: Alliance, now: object = SETTLED) -> int:
    actions.object_(world.firms.maker.owner.actor, str(alliance.key), text="units are missing", now=now)
    return int(alliance.settlement.objections.latest("pk").pk)


def test_when_all_have_confirmed_it_dissolves_at_once(world: World) -> None:
    alliance = settling(world)
    confirm_all(alliance, SETTLED + HOUR)
    assert (fresh(alliance).state, fresh(alliance).dissolved_at) == (State.DISSOLVED, SETTLED + HOUR)


def test_without_an_objection_the_period_is_enough(world: World) -> None:
    alliance = settling(world)
    actions.act(SETTLED + 71 * HOUR)
    assert fresh(alliance).state == State.SETTLING
    actions.act(SETTLED + 72 * HOUR)
    assert fresh(alliance).state == State.DISSOLVED


def test_an_objection_holds_it_up_until_it_is_answered(world: World) -> None:
    alliance = settling(world)
    pk = objection(world, alliance)
    confirm_all(alliance, SETTLED + HOUR)
    actions.act(SETTLED + 73 * HOUR)
    assert fresh(alliance).state == State.SETTLING
    actions.answer_objection(world.operator, pk, answer="counted again", now=SETTLED + 74 * HOUR)
    assert fresh(alliance).state == State.DISSOLVED


def test_nobody_answers_an_objection_in_an_alliance_of_their_own_firm(world: World) -> None:
    alliance = settling(world)
    pk = objection(world, alliance)
    join(world.operator_user, world.firms.carrier)
    with pytest.raises(Refused, match="own_firm"):
        actions.answer_objection(world.operator, pk, answer="counted again", now=SETTLED)


def test_what_nobody_answers_stands_as_computed_in_the_end(world: World) -> None:
    alliance = settling(world)
    objection(world, alliance)
    actions.act(SETTLED + timedelta(days=14) - HOUR)
    assert fresh(alliance).state == State.SETTLING
    actions.act(SETTLED + timedelta(days=14))
    assert fresh(alliance).state == State.DISSOLVED
    assert alliance.settlement.objections.get().answer.startswith("Nobody answered")


def test_an_objection_is_made_once_in_time_and_before_confirming(world: World) -> None:
    alliance = settling(world)
    maker, key = world.firms.maker.owner.actor, str(alliance.key)
    with pytest.raises(Refused, match="text_missing"):
        actions.object_(maker, key, text=" ", now=SETTLED)
    objection(world, alliance)
    with pytest.raises(Refused, match="already_objected"):
        actions.object_(maker, key, text="again", now=SETTLED)
    actions.confirm(world.firms.seller.owner.actor, key, now=SETTLED)
    with pytest.raises(Refused, match="already_confirmed"):
        actions.object_(world.firms.seller.owner.actor, key, text="after all", now=SETTLED)
    with pytest.raises(Refused, match="too_late"):
        actions.object_(world.firms.carrier.owner.actor, key, text="late", now=SETTLED + 72 * HOUR)


def test_only_those_who_sign_answer_for_the_firm(world: World) -> None:
    alliance = settling(world)
    key = str(alliance.key)
    with pytest.raises(Refused, match="may_not_sign"):
        actions.confirm(world.firms.maker.worker.actor, key, now=SETTLED)
    for stranger in (world.firms.outsider.owner, world.firms.operator):
        with pytest.raises(Missing):
            actions.confirm(stranger.actor, key, now=SETTLED)


def test_only_operators_answer_objections_and_once(world: World) -> None:
    alliance = settling(world)
    pk = objection(world, alliance)
    with pytest.raises(Missing):
        actions.answer_objection(world.firms.maker.owner.actor, pk, answer="yes", now=SETTLED)
    with pytest.raises(Missing):
        actions.answer_objection(world.operator, pk + 1_000, answer="yes", now=SETTLED)
    actions.answer_objection(world.operator, pk, answer="counted again", now=SETTLED)
    with pytest.raises(Refused, match="answered"):
        actions.answer_objection(world.operator, pk, answer="no", now=SETTLED)
