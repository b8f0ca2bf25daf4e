"""In mid-life: a partner leaves, fails or is suspended; another takes the seat, and what was done stays."""

import json
from datetime import timedelta

import pytest
from django.test import Client

from alliances import actions
from alliances.lifecycle import InvitationState, SeatState, State, TaskState
from alliances.models import Alliance, Change, Event, Grant, Invitation, Seat
from alliances.queries import board
from config.rows import Actor, Missing, Refused
from firms import actions as firms_actions
from firms.models import Reservation
from tests.builders.alliances import (
    DAY,
    HOUR,
    UNITS,
    World,
    accept,
    decline,
    do,
    fresh,
    operating,
    seat,
    task,
    work_off,
    worker,
)
from tests.builders.firms import NOW, join, person, used
from tests.builders.keys import bring_key

pytestmark = pytest.mark.usefixtures("savepoint")
STAGE = operating
LATER = NOW + HOUR


def leave(world: World, alliance: Alliance, now=LATER) -> None:
    actions.leave(world.firms.maker.owner.actor, str(alliance.key), reason="a fire in the hall", now=now)


def new_seat(alliance: Alliance, slot: str = "maker") -> Seat:
    return Seat.objects.get(alliance=alliance, slot=slot, succeeds__isnull=False)


def asked(alliance: Alliance, slot: str = "maker") -> Invitation:
    return Invitation.objects.filter(seat=new_seat(alliance, slot)).latest("pk")


def take_over(alliance: Alliance, now=LATER) -> None:
    accept(asked(alliance), now)


def second_operator() -> Actor:
    return person("second-operator", is_operator=True).actor


def half_made(world: World) -> Alliance:
    """The maker has made 40 of 100 units."""
    alliance = work_off(operating(world), until="M6")
    found = task(alliance, "M6")
    actions.start(worker(found), found.pk, now=NOW)
    actions.progress(worker(found), found.pk, done_units=40, now=NOW)
    return fresh(alliance)


def test_who_leaves_loses_its_access_at_once_and_the_next_firm_is_asked(world):
    alliance = half_made(world)
    leave(world, alliance)
    assert fresh(alliance).state == State.EVOLVING
    assert not Alliance.objects.seen_by(world.firms.maker.owner.pk).exists()
    assert Grant.objects.get(alliance=alliance, firm=world.firms.maker.firm).ended_at == LATER
    assert used(world.sewing) == {}
    assert (asked(alliance).firm, asked(alliance).due_at) == (world.rival.firm, LATER + 48 * HOUR)
    old = Seat.objects.get(alliance=alliance, slot="maker", number=1)
    assert (old.state, old.firm) == (SeatState.LEFT, world.firms.maker.firm)


def test_the_unfinished_work_moves_over_and_the_finished_stays(world):
    alliance = half_made(world)
    finished = set(
        alliance.tasks.filter(seat__slot="maker", state=TaskState.FINISHED).values_list("code", flat=True)
    )
    leave(world, alliance)
    old, fresh_seat = Seat.objects.get(alliance=alliance, slot="maker", number=1), new_seat(alliance)
    assert set(old.tasks.values_list("code", flat=True)) == finished
    making = task(alliance, "M6")
    assert (making.seat, making.state, making.done_units) == (fresh_seat, TaskState.READY, 40)
    with pytest.raises(Missing):
        actions.start(world.firms.maker.worker.actor, making.pk, now=LATER)


def test_the_rest_is_offered_and_the_new_partner_goes_on(world):
    alliance = half_made(world)
    leave(world, alliance)
    offered = json.loads(asked(alliance).terms)["terms"]
    assert [item["units"] for item in offered["items"] if "units" in item] == [60]
    take_over(alliance)
    now_held = new_seat(alliance)
    assert (fresh(alliance).state, now_held.state, now_held.firm) == (
        State.OPERATING,
        SeatState.SIGNED,
        world.rival.firm,
    )
    assert sum(used(world.rival_sewing).values()) == 60
    states = set(Reservation.objects.live().of(now_held.purpose).values_list("state", flat=True))
    assert states == {Reservation.State.RESERVED}
    making = task(alliance, "M6")
    actions.start(world.rival.worker.actor, making.pk, now=LATER)
    actions.finish(world.rival.worker.actor, making.pk, done_units=UNITS, now=LATER)
    assert task(alliance, "M6").state == TaskState.FINISHED


def test_both_makers_are_paid_for_what_they_made(world):
    alliance = half_made(world)
    leave(world, alliance)
    take_over(alliance)
    work_off(fresh(alliance), LATER)
    actions.act(LATER + DAY)
    shares = {str(row.firm): row.amount_minor for row in fresh(alliance).settlement.shares.all()}
    finished_of_leaver, tasks_of_leaver = 4, 5
    assert shares["Ningbo Trousers"] == 40 * 600 + 5_000 * finished_of_leaver // tasks_of_leaver
    assert shares["Yiwu Trousers"] == 60 * 600 + 5_000
    assert sum(shares.values()) == 0


def test_who_left_keeps_what_it_made_when_fewer_are_made_in_the_end(world):
    alliance = half_made(world)
    leave(world, alliance)
    take_over(alliance)
    work_off(fresh(alliance), LATER, M6={"done_units": 80, "shortfall": "the cloth was short"})
    actions.act(LATER + DAY)
    shares = {str(row.firm): row.amount_minor for row in fresh(alliance).settlement.shares.all()}
    assert shares["Ningbo Trousers"] == 40 * 600 + 5_000 * 4 // 5
    assert shares["Yiwu Trousers"] == 40 * 600 + 5_000
    assert sum(shares.values()) == 0


def test_a_seller_that_leaves_pays_what_its_partners_have_earned(world):
    alliance, seller = half_made(world), world.firms.seller
    actions.leave(seller.owner.actor, str(alliance.key), reason="no more trousers", now=LATER)
    for found in Invitation.objects.filter(seat=new_seat(alliance, "seller"), state=InvitationState.PENDING):
        decline(found, LATER)
    actions.act(LATER + 73 * HOUR)
    do(task(alliance, "M6"), LATER + 73 * HOUR, done_units=40, shortfall="nobody sells them")
    for found in alliance.tasks.open():  # of the seat that nobody took
        actions.start(world.firms.operator.actor, found.pk, now=LATER + 73 * HOUR)
        actions.finish(
            world.firms.operator.actor, found.pk, done_units=found.target_units, now=LATER + 73 * HOUR
        )
    actions.act(LATER + 100 * HOUR)
    shares = {row.firm: row.amount_minor for row in fresh(alliance).settlement.shares.all()}
    assert shares[world.firms.maker.firm] == 40 * 600 + 5_000
    assert [firm for firm, amount in shares.items() if amount < 0] == [seller.firm]


def test_who_left_sees_its_own_share_only_and_answers_for_it(world):
    alliance = half_made(world)
    leave(world, alliance)
    take_over(alliance)
    work_off(fresh(alliance), LATER)
    actions.act(LATER + DAY)
    browser, address = Client(), f"/alliances/{alliance.key}/settlement/"
    browser.force_login(world.firms.maker.owner)
    shown = browser.get(address).content.decode()
    assert "Ningbo Trousers" in shown
    assert "Yiwu Trousers" not in shown
    actions.object_(world.firms.maker.owner.actor, str(alliance.key), text="it was 45", now=LATER + DAY)
    assert fresh(alliance).settlement.objections.get().firm == world.firms.maker.firm
    assert browser.get(f"/alliances/{alliance.key}/").status_code == 404
    browser.force_login(world.firms.outsider.owner)
    assert browser.get(address).status_code == 404


def test_a_life_with_a_replacement_comes_to_its_end(world):
    alliance = half_made(world)
    leave(world, alliance)
    take_over(alliance)
    work_off(fresh(alliance), LATER)
    actions.act(LATER + DAY)
    actions.act(LATER + 5 * DAY)
    ended = fresh(alliance)
    assert ended.state == State.DISSOLVED
    assert set(ended.seats.values_list("state", flat=True)) == {SeatState.ENDED}
    assert not Reservation.objects.live().below(str(ended.key)).exists()


def test_whose_work_is_done_leaves_without_a_successor(world):
    alliance = work_off(operating(world), until="S3")
    leave(world, alliance)
    assert fresh(alliance).state == State.OPERATING
    assert not alliance.seats.filter(succeeds__isnull=False).exists()
    assert not Alliance.objects.seen_by(world.firms.maker.owner.pk).exists()
    work_off(fresh(alliance), LATER)
    actions.act(LATER + DAY)
    share = fresh(alliance).settlement.shares.get(firm=world.firms.maker.firm)
    assert share.amount_minor == UNITS * 600 + 5_000


def test_work_goes_on_while_a_seat_is_filled_again(world):
    alliance = operating(world)
    while task(alliance, "L1").state == TaskState.WAITING:
        do(alliance.tasks.filter(state=TaskState.READY).first())
    leave(world, alliance)
    do(task(alliance, "L1"), LATER)
    assert fresh(alliance).state == State.EVOLVING


def test_the_partners_do_not_see_who_is_asked(world):
    alliance = half_made(world)
    leave(world, alliance)
    fresh_seat = new_seat(alliance)
    before = board.snapshot(fresh(alliance))
    row = before["seats"][str(fresh_seat.pk)]
    assert (row["state"], row["firm"]) == ("open", None)
    assert before["tasks"][str(task(alliance, "M6").pk)]["firm"] is None
    decline(asked(alliance), LATER)
    after = board.snapshot(fresh(alliance))
    assert (after["version"], after["seats"], after["tasks"]) == (
        before["version"],
        before["seats"],
        before["tasks"],
    )
    told = "".join(Event.objects.filter(stream=alliance.stream).values_list("body", flat=True))
    assert str(world.rival.firm.key) not in told


def test_when_nobody_takes_over_its_limit_ends_it(world):
    alliance = half_made(world)
    leave(world, alliance)
    decline(asked(alliance), LATER)
    assert fresh(alliance).state == State.EVOLVING
    actions.act(LATER + 71 * HOUR)
    assert fresh(alliance).state == State.EVOLVING
    actions.act(LATER + 73 * HOUR)
    ended = fresh(alliance)
    assert (ended.state, ended.ending_reason) == (
        State.WINDING_DOWN,
        "Nobody was found who takes over a seat.",
    )
    assert set(ended.tasks.open().values_list("code", flat=True)) <= {"E1", "E4"}
    assert not ended.seats.filter(state__in=[SeatState.OPEN, SeatState.INVITED]).exists()


def test_without_an_optional_partner_the_others_go_on(world):
    alliance = operating(world)
    alliance.seats.filter(slot="forwarder").update(is_mandatory=False)
    actions.leave(world.firms.carrier.owner.actor, str(alliance.key), reason="no planes", now=LATER)
    assert fresh(alliance).state == State.OPERATING
    assert task(alliance, "L1").state == TaskState.CANCELLED
    assert Seat.objects.filter(alliance=alliance, state=SeatState.ENDED, slot="forwarder").exists()


def test_the_carrier_can_be_replaced_too(world):
    alliance = operating(world)
    found = seat(alliance, "forwarder")
    actions.replace(world.operator, found.pk, reason="no answer for two days", now=LATER)
    assert fresh(alliance).state == State.EVOLVING
    assert not Invitation.objects.filter(
        seat=new_seat(alliance, "forwarder")
    ).exists()  # nobody else was planned
    with pytest.raises(Refused, match="not_held"):
        actions.replace(world.operator, found.pk, reason="again", now=LATER)


def test_only_who_signs_leaves_and_only_operators_replace(world):
    alliance = operating(world)
    key, held = str(alliance.key), seat(alliance, "maker")
    with pytest.raises(Refused, match="may_not_sign"):
        actions.leave(world.firms.maker.worker.actor, key, reason="tired", now=LATER)
    for stranger in (world.firms.outsider.owner, world.firms.operator):
        with pytest.raises(Missing):
            actions.leave(stranger.actor, key, reason="why not", now=LATER)
    with pytest.raises(Missing):
        actions.replace(world.firms.carrier.owner.actor, held.pk, reason="rival", now=LATER)
    with pytest.raises(Refused, match="text_missing"):
        actions.leave(world.firms.maker.owner.actor, key, reason=" ", now=LATER)


def test_nobody_replaces_their_own_firm_or_one_that_it_may_follow(world):
    alliance = operating(world)
    for slot, firm in (("forwarder", world.firms.carrier), ("maker", world.rival)):
        join(world.operator_user, firm)
        with pytest.raises(Refused, match="own_firm"):
            actions.replace(world.operator, seat(alliance, slot).pk, reason="x", now=LATER)


def test_leaving_twice_is_leaving_once(world):
    alliance = operating(world)
    leave(world, alliance)
    with pytest.raises(Missing):
        leave(world, alliance)
    assert Seat.objects.filter(alliance=alliance, slot="maker").count() == 2


def test_who_accepts_and_never_signs_holds_the_seat_no_longer_than_the_search_lasts(world):
    bring_key(world.rival)
    alliance = half_made(world)
    leave(world, alliance)
    take_over(alliance)
    accepted, vacant = asked(alliance), new_seat(alliance)
    outsider = {"firm": world.firms.outsider.id, "terms": vacant.terms | {"capacity": []}}
    Seat.objects.filter(pk=vacant.pk).update(candidates=[outsider])
    version = board.snapshot(fresh(alliance))["version"]
    actions.act(LATER + 72 * HOUR)
    accepted.refresh_from_db()
    assert accepted.state == InvitationState.WITHDRAWN
    assert asked(alliance).firm == world.firms.outsider.firm
    assert fresh(alliance).state == State.EVOLVING
    assert board.snapshot(fresh(alliance))["version"] == version, "partners do not see who is asked"
    accept(asked(alliance), LATER + 73 * HOUR)
    assert fresh(alliance).state == State.OPERATING


def test_with_nobody_left_who_would_sign_its_limit_ends_it(world):
    bring_key(world.rival)
    alliance = half_made(world)
    leave(world, alliance)
    take_over(alliance)
    actions.act(LATER + 72 * HOUR)
    assert fresh(alliance).state == State.WINDING_DOWN
    assert used(world.rival_sewing) == {}


def test_an_invitation_does_not_outlive_the_search(world):
    alliance = half_made(world)
    Alliance.objects.filter(pk=alliance.pk).update(invitation_hours=14 * 24)
    leave(world, alliance)
    actions.act(LATER + 13 * DAY)
    assert fresh(alliance).state == State.EVOLVING
    take_over(alliance, LATER + 13 * DAY)
    assert fresh(alliance).state == State.OPERATING


def test_a_suspended_firm_loses_its_seats_by_the_clock(world):
    alliance = half_made(world)
    firms_actions.suspend(world.operator, world.firms.maker.key, "forged papers", now=LATER)
    actions.act(LATER)
    assert fresh(alliance).state == State.EVOLVING
    assert not Alliance.objects.seen_by(world.firms.maker.owner.pk).exists()
    assert actions.act(LATER) == 0


def test_a_seller_that_has_sold_is_not_replaced(world):
    alliance = work_off(operating(world), until="S3")
    selling = task(alliance, "S3")
    actions.start(worker(selling), selling.pk, now=NOW)
    actions.progress(worker(selling), selling.pk, done_units=3, now=NOW)  # no money reported yet
    with pytest.raises(Refused, match="seller_has_sold"):
        actions.leave(world.firms.seller.owner.actor, str(alliance.key), reason="enough", now=LATER)
    firms_actions.suspend(world.operator, world.firms.seller.key, "forged papers", now=LATER)
    actions.act(LATER)
    waiting = Change.objects.get(alliance=alliance)
    assert (waiting.kind, waiting.state) == (Change.Kind.REPLACEMENT, Change.State.WAITING)
    actions.act(LATER + HOUR)
    assert Change.objects.count() == 1


def test_a_seller_that_has_sold_keeps_no_other_suspended_firm_in_its_seat(world):
    alliance = work_off(operating(world), until="S3")
    selling = task(alliance, "S3")
    actions.start(worker(selling), selling.pk, now=NOW)
    actions.progress(worker(selling), selling.pk, done_units=3, revenue_minor=9_000, now=NOW)
    for member in (world.firms.seller, world.firms.carrier):
        firms_actions.suspend(world.operator, member.key, "forged papers", now=LATER)
    actions.act(LATER)
    states = dict(alliance.seats.filter(succeeds=None).values_list("firm", "state"))
    assert (states[world.firms.seller.id], states[world.firms.carrier.id]) == (
        SeatState.SIGNED,
        SeatState.LEFT,
    )
    assert Change.objects.get(alliance=alliance).seat.slot == "seller"


def test_the_invitation_of_a_late_comer_is_withdrawn_when_the_alliance_is_stopped(world):
    alliance = half_made(world)
    leave(world, alliance)
    invited = asked(alliance)
    actions.stop(world.operator, str(alliance.key), reason="the product was recalled", now=LATER)
    invited.refresh_from_db()
    assert (invited.state, fresh(alliance).state) == (InvitationState.WITHDRAWN, State.WINDING_DOWN)
    with pytest.raises(Refused):
        accept(invited, LATER)


# -- by agreement, and by order --


def test_it_ends_early_when_every_partner_agrees(world):
    alliance = operating(world)
    key = str(alliance.key)
    for firm in (world.firms.maker, world.firms.carrier):
        actions.agree_to_end(firm.owner.actor, key, now=LATER)
    assert fresh(alliance).state == State.OPERATING
    actions.go_on(world.firms.carrier.owner.actor, key, now=LATER)
    actions.agree_to_end(world.firms.seller.owner.actor, key, now=LATER)
    assert fresh(alliance).state == State.OPERATING
    actions.agree_to_end(world.firms.carrier.owner.actor, key, now=LATER)
    assert (fresh(alliance).state, fresh(alliance).ending_reason) == (
        State.WINDING_DOWN,
        "All partners agreed to end early.",
    )


def test_what_was_never_begun_is_cancelled_at_an_early_end(world):
    alliance = operating(world)
    actions.stop(world.operator, str(alliance.key), reason="recalled", now=LATER)
    assert set(alliance.tasks.values_list("state", flat=True)) == {TaskState.CANCELLED}
    actions.act(LATER + DAY)
    assert fresh(alliance).state == State.SETTLING


def test_a_stop_needs_an_operator_and_a_reason(world):
    alliance = operating(world)
    with pytest.raises(Missing):
        actions.stop(world.firms.maker.owner.actor, str(alliance.key), reason="no", now=LATER)
    with pytest.raises(Refused, match="text_missing"):
        actions.stop(world.operator, str(alliance.key), reason="", now=LATER)


# -- suspension --


def test_work_rests_while_it_is_suspended_and_a_second_person_clears_it(world):
    alliance = half_made(world)
    key, making = str(alliance.key), task(alliance, "M6")
    due = making.due_at
    actions.suspend(world.operator, key, reason="a complaint about safety", now=LATER)
    with pytest.raises(Refused, match="alliance_works"):
        actions.progress(worker(making), making.pk, done_units=50, now=LATER)
    with pytest.raises(Refused, match="another_person"):
        actions.clear(world.operator, key, reason="all good", now=LATER + DAY)
    actions.clear(second_operator(), key, reason="the papers came", now=LATER + DAY)
    assert (fresh(alliance).state, task(alliance, "M6").due_at) == (State.OPERATING, due + DAY)


def test_a_suspension_that_nobody_clears_ends_the_alliance(world):
    alliance = half_made(world)
    actions.suspend(world.operator, str(alliance.key), reason="a complaint", now=LATER)
    actions.act(LATER + timedelta(days=7) - HOUR)
    assert fresh(alliance).state == State.SUSPENDED
    actions.act(LATER + timedelta(days=7))
    assert fresh(alliance).state == State.WINDING_DOWN


def test_a_seat_that_was_vacant_is_looked_for_on_after_a_suspension(world):
    alliance = half_made(world)
    leave(world, alliance)
    invited = asked(alliance)
    actions.suspend(world.operator, str(alliance.key), reason="a complaint", now=LATER)
    with pytest.raises(Refused, match="forming"):
        accept(invited, LATER)
    actions.clear(second_operator(), str(alliance.key), reason="cleared", now=LATER + HOUR)
    assert fresh(alliance).state == State.EVOLVING
    accept(invited, LATER + HOUR)
    assert fresh(alliance).state == State.OPERATING
