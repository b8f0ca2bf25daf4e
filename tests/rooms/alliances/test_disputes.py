"""Objections that change something, disputes with a ruling, and versions of a settlement."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from alliances import actions
from alliances.lifecycle import DisputeState, State
from alliances.models import Alliance, Dispute, Event, Note, Objection
from alliances.settlement import settle as compute
from alliances.settlement import unpacked
from config.rows import Missing, Refused
from firms.models import User
from tests.builders.alliances import (
    DAY,
    HOUR,
    World,
    confirm_all,
    fresh,
    shown_shares,
)
from tests.builders.firms import join
from tests.rooms.alliances.rulings import FEWER, MADE, SETTLED, settlement_of, shares, uphold

pytestmark = pytest.mark.usefixtures("savepoint")
STAGE = shown_shares


def objection(world: World, alliance: Alliance, now: datetime = SETTLED, **more: Any) -> int:
    actions.object_(world.firms.maker.owner.actor, str(alliance.key), text="too few", now=now, **more)
    return int(settlement_of(alliance).objections.latest("pk").pk)


def answered(world: World, alliance: Alliance, now: datetime = SETTLED, **more: Any) -> int:
    pk = objection(world, alliance, now)
    actions.answer_objection(world.operator, pk, answer="as counted", now=now, **more)
    return pk


def disputed(world: World, alliance: Alliance, now: datetime = SETTLED) -> Dispute:
    pk = answered(world, alliance, now)
    actions.dispute(world.firms.maker.owner.actor, pk, text="counted wrongly", now=now)
    return Dispute.objects.latest("pk")


def dismiss(judge: User, found: Dispute, now: datetime = SETTLED) -> None:
    actions.rule(judge.actor, found.pk, outcome="dismiss", reasons="counted twice", now=now)


def kinds(alliance: Alliance) -> list[str]:
    return list(Event.objects.filter(stream=alliance.stream).values_list("kind", flat=True))


# -- an objection that is upheld --


def test_an_upheld_objection_computes_the_shares_anew(world: World) -> None:
    alliance = shown_shares(world)
    confirm(world.firms.carrier.owner, alliance)
    confirm(world.firms.seller.owner, alliance)
    answered(world, alliance, SETTLED + HOUR, corrections=FEWER)
    settlement = settlement_of(alliance)
    assert shares(alliance) == {
        "Ningbo Trousers": 90 * 600 + 5_000,
        "Swift Air": 15_000,
        "Berlin Reach": -(59_000 + 15_000),
    }
    assert (settlement.version, settlement.objections_until_at) == (2, SETTLED + 73 * HOUR)
    confirmed = set(settlement.shares.exclude(confirmed_at=None).values_list("firm__legal_name", flat=True))
    assert confirmed == {"Swift Air"}  # whose amount stayed as it was


def confirm(owner: User, alliance: Alliance, **more: Any) -> None:
    actions.confirm(owner.actor, str(alliance.key), now=SETTLED, **more)


def test_every_version_stays_with_what_was_changed_by_whom_and_why(world: World) -> None:
    alliance = shown_shares(world)
    answered(world, alliance, corrections=FEWER)
    first, second = settlement_of(alliance).versions.all()
    assert (first.number, first.changes, first.by) == (1, [], None)
    assert (second.number, second.by, second.reason) == (2, world.firms.operator, "as counted")
    assert second.changes == [
        {
            "matter": "delivered",
            "name": "maker-1#1",
            "currency": "",
            "units": 90,
            "amount_minor": 0,
            "evidence": "the packing list",
            "units_before": 100,
            "minor_before": 0,
        }
    ]
    assert first.inputs["delivered"] == second.inputs["delivered"]  # as it was recorded
    for version in (first, second):
        again = {(row.firm, row.amount_minor) for row in compute(unpacked(version.inputs)).shares}
        assert again == {(row["firm"], row["amount_minor"]) for row in version.shares}


def test_the_sealed_record_is_enough_to_compute_it_again(world: World) -> None:
    alliance = shown_shares(world)
    answered(world, alliance, corrections=FEWER)
    body = json.loads(Event.objects.filter(kind="recomputed").get().body)
    told = body["changes"]["settlement"]
    again = {(row.firm, row.amount_minor) for row in compute(unpacked(told["inputs"])).shares}
    assert (told["version"], again) == (2, {(row["firm"], row["amount_minor"]) for row in told["shares"]})
    assert "packing list" not in "".join(Event.objects.values_list("body", flat=True))  # a person's words


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"input": "delivered|nobody-1#1|"}, "unknown_input"),
        ({"units": None}, "value_missing"),
        ({"units": -1}, "too_large"),
        ({"units": 2_000_000_001}, "too_large"),
        ({"evidence": " "}, "evidence_missing"),
    ],
)
def test_a_correction_names_an_input_a_value_and_evidence(world: World, wrong: dict, code: str) -> None:
    alliance = shown_shares(world)
    pk = objection(world, alliance)
    with pytest.raises(Refused, match=code):
        actions.answer_objection(
            world.operator, pk, answer="yes", corrections=[FEWER[0] | wrong], now=SETTLED
        )
    with pytest.raises(Refused, match="corrected_twice"):
        actions.answer_objection(world.operator, pk, answer="yes", corrections=FEWER * 2, now=SETTLED)
    assert settlement_of(alliance).version == 1


@pytest.mark.parametrize(
    ("correction", "expected"),
    [
        ({"input": "sales||EUR", "units": 50, "amount_minor": 99_999}, -80_000),
        ({"input": "fees||EUR", "amount_minor": 1_000}, -80_000),
        ({"input": "write_off|{carrier}|EUR", "amount_minor": 2_500}, -77_500),
        ({"input": "penalty|{carrier}|EUR", "amount_minor": 700}, -79_300),
    ],
)
def test_sales_fees_and_claims_can_be_corrected(world: World, correction: dict, expected: int) -> None:
    alliance = shown_shares(world)
    named = correction["input"].format(carrier=world.firms.carrier.key)
    answered(world, alliance, corrections=[{**correction, "input": named, "evidence": "the bank"}])
    assert shares(alliance)["Berlin Reach"] == expected
    assert sum(shares(alliance).values()) == 0


def test_a_share_that_was_shown_before_is_not_confirmed_by_mistake(world: World) -> None:
    alliance = shown_shares(world)
    answered(world, alliance, corrections=FEWER)
    with pytest.raises(Refused, match="conflict") as refused:
        confirm(world.firms.seller.owner, alliance, expected_version=1)
    assert refused.value.detail == {"version": 2}
    confirm(world.firms.seller.owner, alliance, expected_version=2)


# -- the firm's answer to the answer --


def test_a_firm_has_time_to_dispute_an_answer(world: World) -> None:
    alliance = shown_shares(world)
    late = SETTLED + 71 * HOUR
    answered(world, alliance, late)
    actions.act(SETTLED + 73 * HOUR)
    assert fresh(alliance).state == State.SETTLING
    actions.act(late + 73 * HOUR)
    assert fresh(alliance).state == State.DISSOLVED


def test_who_accepts_the_answer_waits_for_nothing(world: World) -> None:
    alliance = shown_shares(world)
    pk = objection(world, alliance)
    maker = world.firms.maker.owner.actor
    with pytest.raises(Refused, match="not_answered"):
        actions.accept_answer(maker, pk, now=SETTLED)
    actions.answer_objection(world.operator, pk, answer="as counted", now=SETTLED + 70 * HOUR)
    for _ in range(2):
        actions.accept_answer(maker, pk, now=SETTLED + 71 * HOUR)
    assert kinds(alliance).count("answer_accepted") == 1
    actions.act(SETTLED + 73 * HOUR)
    assert fresh(alliance).state == State.DISSOLVED
    with pytest.raises(Missing):
        actions.accept_answer(maker, pk, now=SETTLED + 74 * HOUR)


def test_about_one_matter_a_firm_objects_once(world: World) -> None:
    alliance = shown_shares(world)
    pk = objection(world, alliance, matter=MADE)
    actions.answer_objection(world.operator, pk, answer="as counted", now=SETTLED)
    with pytest.raises(Refused, match="decided"):
        objection(world, alliance, matter=MADE)
    with pytest.raises(Refused, match="unknown_input"):
        objection(world, alliance, matter="delivered|nobody|")
    objection(world, alliance, matter="fees||EUR")


def test_the_third_version_is_final(world: World, judge: User) -> None:
    alliance = shown_shares(world)
    answered(world, alliance, corrections=FEWER)
    second = objection(world, alliance, matter=MADE)
    corrections = [FEWER[0] | {"units": 95}]
    actions.answer_objection(world.operator, second, answer="95", corrections=corrections, now=SETTLED)
    assert (settlement_of(alliance).version, shares(alliance)["Ningbo Trousers"]) == (3, 62_000)
    with pytest.raises(Refused, match="final"):
        objection(world, alliance, matter="fees||EUR")
    with pytest.raises(Refused, match="final"):
        actions.dispute(world.firms.maker.owner.actor, second, text="no", now=SETTLED)
    actions.act(SETTLED + 72 * HOUR)
    assert fresh(alliance).state == State.DISSOLVED


# -- disputes about the settlement --


def test_a_dispute_stops_everything_until_it_is_ruled_on(world: World, judge: User) -> None:
    alliance = shown_shares(world)
    found = disputed(world, alliance)
    assert (fresh(alliance).state, fresh(alliance).due_at) == (State.DISPUTED, SETTLED + timedelta(days=14))
    with pytest.raises(Refused, match="disputed"):
        confirm(world.firms.seller.owner, alliance)
    with pytest.raises(Refused, match="disputed"):
        objection(world, alliance, matter="fees||EUR")
    actions.act(SETTLED + timedelta(days=13))
    assert fresh(alliance).state == State.DISPUTED
    uphold(judge, found, SETTLED + timedelta(days=13))
    found.refresh_from_db()
    assert (found.state, found.ruled_by, found.is_alone, found.applied_in) == (
        DisputeState.UPHELD,
        judge,
        False,
        2,
    )
    assert (fresh(alliance).state, settlement_of(alliance).version) == (State.SETTLING, 2)
    assert settlement_of(alliance).versions.get(number=2).by == judge
    assert kinds(alliance)[-4:] == ["disputed", "ruled", "settling_resumed", "recomputed"]
    confirm_all(alliance, SETTLED + timedelta(days=13))
    assert fresh(alliance).state == State.DISSOLVED


def test_a_dismissed_dispute_changes_no_share(world: World, judge: User) -> None:
    alliance = shown_shares(world)
    before = shares(alliance)
    found = disputed(world, alliance)
    dismiss(judge, found, SETTLED + DAY)
    assert (shares(alliance), settlement_of(alliance).version) == (before, 1)
    assert settlement_of(alliance).objections_until_at == SETTLED + DAY + 72 * HOUR
    with pytest.raises(Refused, match="decided"):
        objection(world, alliance, SETTLED + DAY)
    with pytest.raises(Refused, match="already_disputed"):
        actions.dispute(world.firms.maker.owner.actor, found.objection_id, text="no", now=SETTLED + DAY)
    actions.act(SETTLED + DAY + 72 * HOUR)
    assert fresh(alliance).state == State.DISSOLVED


def test_without_a_ruling_the_computed_settlement_stands(world: World) -> None:
    alliance = shown_shares(world)
    found = disputed(world, alliance)
    actions.act(SETTLED + timedelta(days=14))
    found.refresh_from_db()
    assert (found.state, found.ended_at, fresh(alliance).state) == (
        DisputeState.STOOD,
        SETTLED + timedelta(days=14),
        State.SETTLING,
    )
    event = Event.objects.get(kind="dispute_stood")
    assert (event.actor, event.note.text[:12] if event.note else "") == ("clock", "Nobody ruled")
    actions.act(SETTLED + timedelta(days=17))
    assert fresh(alliance).state == State.DISSOLVED


def test_a_firm_may_withdraw_its_dispute(world: World, judge: User) -> None:
    alliance = shown_shares(world)
    found = disputed(world, alliance)
    for stranger in (world.firms.seller.owner, world.firms.outsider.owner, world.firms.operator):
        with pytest.raises(Missing):
            actions.withdraw_dispute(stranger.actor, found.pk, now=SETTLED)
    actions.withdraw_dispute(world.firms.maker.owner.actor, found.pk, now=SETTLED)
    assert (fresh(alliance).state, Dispute.objects.get().state) == (State.SETTLING, DisputeState.WITHDRAWN)
    for attempt in (
        lambda: actions.withdraw_dispute(world.firms.maker.owner.actor, found.pk, now=SETTLED),
        lambda: dismiss(judge, found),
        lambda: uphold(judge, found),
    ):
        with pytest.raises(Refused, match="dispute_over"):
            attempt()


def test_who_answered_does_not_rule(world: World, judge: User) -> None:
    alliance = shown_shares(world)
    found = disputed(world, alliance)
    with pytest.raises(Refused, match="second_person"):
        dismiss(world.firms.operator, found)
    with pytest.raises(Missing):
        dismiss(world.firms.seller.owner, found)
    dismiss(judge, found)


def test_an_operator_refers_an_objection_at_once_and_another_one_rules(world: World, judge: User) -> None:
    alliance = shown_shares(world)
    pk = objection(world, alliance)
    with pytest.raises(Refused, match="not_answered"):
        actions.dispute(world.firms.maker.owner.actor, pk, text="rule", now=SETTLED)
    actions.dispute(world.operator, pk, text="I know the firm", now=SETTLED)
    with pytest.raises(Refused, match="disputed"):
        actions.answer_objection(world.operator, pk, answer="yes", now=SETTLED)
    found = Dispute.objects.get()
    with pytest.raises(Refused, match="second_person"):
        uphold(world.firms.operator, found)
    uphold(judge, found)
    row = Objection.objects.get(pk=pk)
    assert (row.is_upheld, row.answered_by, row.answer) == (True, judge, "the list says so")
    assert settlement_of(alliance).version == 2


def test_nobody_rules_on_a_dispute_in_an_alliance_of_their_own_firm(world: World, judge: User) -> None:
    found = disputed(world, shown_shares(world))
    join(judge, world.firms.carrier)
    with pytest.raises(Refused, match="second_person"):
        dismiss(judge, found)


def test_an_only_operator_says_why_nobody_else_can_rule(world: World) -> None:
    alliance = shown_shares(world)
    found = disputed(world, alliance)
    with pytest.raises(Refused, match="alone"):
        dismiss(world.firms.operator, found)
    actions.rule(
        world.operator, found.pk, outcome="dismiss", reasons="counted", alone="I am alone here", now=SETTLED
    )
    found.refresh_from_db()
    assert found.is_alone
    told = json.loads(Event.objects.get(kind="ruled").body)["changes"]["disputes"][str(found.pk)]
    assert told["is_alone"] is True
    assert Note.objects.filter(text__contains="I am alone here").exists()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"outcome": "perhaps"}, "unknown_outcome"),
        ({"reasons": " "}, "text_missing"),
        ({"corrections": []}, "corrects"),
        ({"outcome": "dismiss"}, "corrects_nothing"),
    ],
)
def test_a_ruling_says_what_and_why(world: World, judge: User, change: dict, code: str) -> None:
    found = disputed(world, shown_shares(world))
    said = {"outcome": "uphold", "reasons": "so", "corrections": FEWER} | change
    with pytest.raises(Refused, match=code):
        actions.rule(judge.actor, found.pk, **said, now=SETTLED)
    assert Dispute.objects.get().state == DisputeState.OPEN


def test_two_disputes_make_one_version(world: World, judge: User) -> None:
    alliance = shown_shares(world)
    actions.object_(world.firms.carrier.owner.actor, str(alliance.key), text="fuel", now=SETTLED)
    other = settlement_of(alliance).objections.get().pk
    first = disputed(world, alliance)
    actions.dispute(world.operator, other, text="difficult", now=SETTLED)
    uphold(judge, first)
    assert (fresh(alliance).state, settlement_of(alliance).version) == (State.DISPUTED, 1)
    claim = {"input": f"penalty|{world.firms.maker.key}|EUR", "amount_minor": 100, "evidence": "clause 4"}
    uphold(judge, Dispute.objects.get(objection=other), corrections=[claim])
    assert (fresh(alliance).state, settlement_of(alliance).version) == (State.SETTLING, 2)
    assert len(settlement_of(alliance).versions.get(number=2).changes) == 2
    assert shares(alliance)["Ningbo Trousers"] == 59_000 - 100


def test_too_late_to_dispute(world: World) -> None:
    alliance = shown_shares(world)
    pk = answered(world, alliance)
    with pytest.raises(Refused, match="too_late"):
        actions.dispute(world.firms.maker.owner.actor, pk, text="no", now=SETTLED + 72 * HOUR)
    confirm(world.firms.maker.owner, alliance)
    with pytest.raises(Refused, match="accepted"):
        actions.dispute(world.firms.maker.owner.actor, pk, text="no", now=SETTLED)


def test_every_verb_twice_has_one_effect(world: World, judge: User) -> None:
    alliance = shown_shares(world)
    maker = world.firms.maker.owner.actor
    pk = answered(world, alliance)
    for _ in range(2):
        actions.dispute(maker, pk, text="no", command_id="d", now=SETTLED)
    found = Dispute.objects.get()
    for _ in range(2):
        actions.rule(
            judge.actor,
            found.pk,
            outcome="uphold",
            reasons="so",
            corrections=FEWER,
            command_id="r",
            now=SETTLED,
        )
    assert kinds(alliance).count("disputed") == kinds(alliance).count("ruled") == 1
    assert settlement_of(alliance).version == 2
