"""From an approved proposal to commitment: who may decide, who is asked next, and what falls back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from alliances import actions
from alliances.lifecycle import InvitationState, SeatState, State
from alliances.models import Agreement, Alliance, Decision, Event, Grant, Invitation, Signature
from config.rows import Missing, Refused
from firms import actions as firms_actions
from firms.models import Firm, Reservation
from matching.models import Opening, Opportunity, Proposal
from tests.builders.alliances import (
    HOUR,
    NOW,
    UNITS,
    World,
    accept,
    accept_mandatory,
    actor_of,
    committed,
    decline,
    fresh,
    invitation,
    invitations,
    open_risk,
    operating,
    seat,
)
from tests.builders.firms import join, person, used, verified_firm

pytestmark = pytest.mark.usefixtures("savepoint")
TTL = timedelta(hours=48)


def held(alliance: Alliance) -> dict[str, int]:
    """Live entries of the capacity ledger by their state."""
    rows = Reservation.objects.live().below(str(alliance.key)).values_list("state", "units")
    return {state: sum(units for found, units in rows if found == state) for state, _units in rows}


# -- deciding --


def test_approval_founds_the_alliance_and_asks_the_planned_firms(world: World) -> None:
    alliance = world.approve()
    assert alliance.state == State.INVITING
    assert {(row.seat.slot, row.firm_id, row.due_at) for row in invitations(alliance)} == {
        ("maker", world.firms.maker.id, NOW + TTL),
        ("forwarder", world.firms.carrier.id, NOW + TTL),
        ("seller", world.firms.seller.id, NOW + TTL),
        ("live", world.rival.id, NOW + TTL),
    }
    decision = Decision.objects.get()
    assert (decision.by, decision.report) == (world.firms.operator, world.proposal.risk_reports.get())
    assert held(alliance) == {}  # capacity is held when a firm accepts, not before


def test_nobody_approves_without_having_opened_this_very_report(world: World) -> None:
    other = person("second-operator", is_operator=True)
    with pytest.raises(Refused, match="risk_not_opened"):
        actions.approve(other.actor, str(world.proposal.key), now=NOW)
    open_risk(world.proposal, other)
    with pytest.raises(Refused, match="risk_not_opened"):
        actions.approve(other.actor, str(world.proposal.key), now=NOW + timedelta(days=4))
    Proposal.objects.filter(pk=world.proposal.pk).update(inputs_hash="2" * 64)
    with pytest.raises(Refused, match="risk_not_opened"):
        actions.approve(other.actor, str(world.proposal.key), now=NOW)
    assert not Alliance.objects.exists()


@pytest.mark.parametrize("verb", ["approve", "reject"])
def test_only_operators_decide(world: World, verb: str) -> None:
    owner = world.firms.maker.owner
    Opening.objects.create(report=world.proposal.risk_reports.get(), user=owner, opened_at=NOW)
    with pytest.raises(Missing):
        getattr(actions, verb)(owner.actor, str(world.proposal.key), reason="mine", now=NOW)


def test_a_mandatory_seat_without_a_firm_to_call_stops_the_approval(world: World) -> None:
    firms_actions.suspend(world.operator, world.firms.carrier.key, reason="papers", now=NOW)
    with pytest.raises(Refused, match="candidates"):
        world.approve()
    assert not Alliance.objects.exists()
    assert Proposal.objects.get(pk=world.proposal.pk).state == "standing"


def test_nobody_approves_a_plan_that_seats_their_own_firm(world: World) -> None:
    join(world.operator_user, world.firms.maker)
    with pytest.raises(Refused, match="own_firm"):
        world.approve()
    assert not Alliance.objects.filter(proposal=world.proposal).exists()


def test_a_proposal_is_approved_once(world: World) -> None:
    world.approve()
    with pytest.raises(Refused, match="not_standing"):
        world.approve()


def test_a_repeated_approval_answers_as_the_first(world: World) -> None:
    key = str(world.proposal.key)
    first = actions.approve(world.operator, key, command_id="a-1", now=NOW)
    assert actions.approve(world.operator, key, command_id="a-1", now=NOW + HOUR) == first
    assert Alliance.objects.count() == 1


def test_a_rejection_needs_a_reason_and_is_kept(world: World) -> None:
    with pytest.raises(Refused, match="no_reason"):
        actions.reject(world.operator, str(world.proposal.key), reason=" ", now=NOW)
    actions.reject(world.operator, str(world.proposal.key), reason="too thin", now=NOW)
    assert (Decision.objects.get().kind, Decision.objects.get().reason) == ("rejected", "too thin")


# -- accepting --


def test_acceptance_holds_the_capacity_and_is_a_mandate_to_sign(world: World) -> None:
    alliance = world.approve()
    accept(invitation(alliance, "maker"))
    assert held(alliance) == {"held": UNITS}
    assert sum(used(world.sewing).values()) == UNITS
    found = invitation(alliance, "maker")
    assert (found.firm_id, found.answered_by) == (world.firms.maker.id, world.firms.maker.owner)
    assert not Signature.objects.exists()  # there is nothing to sign before all have accepted
    assert seat(alliance, "maker").state == SeatState.ACCEPTED


def test_what_is_accepted_is_bound_to_the_common_terms(world: World) -> None:
    alliance = world.approve()
    found = invitation(alliance, "maker")
    assert Agreement.objects.get(alliance=alliance).hash in found.terms
    assert str(world.firms.carrier.firm) not in found.terms  # and tells nothing of who else is asked


def test_a_second_acceptance_of_the_same_terms_changes_nothing(world: World) -> None:
    alliance = world.approve()
    first = accept(invitation(alliance, "maker"))
    events = Event.objects.count()
    assert accept(invitation(alliance, "maker"), NOW + HOUR) == first
    assert Event.objects.count() == events


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"terms_hash": "0" * 64}, "same_terms"),
        ({"now": NOW + TTL}, "in_time"),
        ({"role": "worker"}, "may_not_sign"),
    ],
)
def test_an_acceptance_is_refused(world: World, change: dict, code: str) -> None:
    alliance = world.approve()
    found = invitation(alliance, "maker")
    sent = {"terms_hash": found.terms_hash, "now": NOW, **change}
    actor = actor_of(found.firm_id, sent.pop("role", "owner"))
    with pytest.raises(Refused, match=code):
        actions.accept(actor, str(found.key), **sent)
    assert invitation(alliance, "maker").state == InvitationState.PENDING
    assert held(alliance) == {}


def test_a_suspended_firm_takes_no_seat(world: World) -> None:
    alliance = world.approve()
    firms_actions.suspend(world.operator, world.firms.maker.key, reason="papers", now=NOW)
    with pytest.raises(Refused, match="not_callable"):
        accept(invitation(alliance, "maker"))


def test_somebody_elses_invitation_is_missing(world: World) -> None:
    found = invitation(world.approve(), "maker")
    for stranger in (world.firms.outsider.owner, world.firms.carrier.owner, world.firms.operator):
        with pytest.raises(Missing):
            actions.accept(stranger.actor, str(found.key), terms_hash=found.terms_hash, now=NOW)


def test_when_the_capacity_is_gone_the_firm_is_told_and_nothing_is_held(world: World) -> None:
    alliance = world.approve()
    for week in world.sewing.weeks.all():
        firms_actions.publish_capacity(
            world.firms.maker.owner.actor, world.firms.maker.key, world.sewing.pk, {week.week_on: 40}, now=NOW
        )
    with pytest.raises(Refused, match="capacity_gone") as refused:
        accept(invitation(alliance, "maker"))
    assert (refused.value.detail["free_units"], refused.value.detail["wanted_units"]) == (40, UNITS)
    assert (held(alliance), used(world.sewing), Signature.objects.count()) == ({}, {}, 0)
    assert invitation(alliance, "maker").state == InvitationState.PENDING


# -- the next one is asked --


def test_after_a_decline_the_next_candidate_has_its_full_time(world: World) -> None:
    alliance = world.approve()
    decline(invitation(alliance, "maker"), NOW + 40 * HOUR)
    following = invitation(alliance, "maker")
    assert (following.firm_id, following.due_at) == (world.rival.id, NOW + 40 * HOUR + TTL)
    assert fresh(alliance).due_at == following.due_at
    with pytest.raises(Refused, match="no_such_step"):
        firm = world.firms.maker
        first = Invitation.objects.get(firm_id=firm.id)
        actions.accept(firm.owner.actor, str(first.key), terms_hash=first.terms_hash, now=NOW + 41 * HOUR)


def test_after_a_time_out_the_next_candidate_is_asked(world: World) -> None:
    alliance = world.approve()
    for slot in ("forwarder", "seller"):
        accept(invitation(alliance, slot))
    assert actions.act(NOW + TTL) == 2  # the maker's and the optional one's
    assert invitation(alliance, "maker").firm_id == world.rival.id
    assert fresh(alliance).state == State.INVITING
    accept(invitation(alliance, "maker"), NOW + TTL + HOUR)
    assert fresh(alliance).state == State.COMMITTED
    assert sum(used(world.rival_sewing).values()) == UNITS


def test_a_suspended_candidate_is_passed_over(world: World) -> None:
    alliance = world.approve()
    firms_actions.suspend(world.operator, world.rival.key, reason="papers", now=NOW)
    decline(invitation(alliance, "maker"))
    assert fresh(alliance).state == State.PROPOSED


def test_nobody_inspects_its_own_goods(world: World) -> None:
    """A stand-in for the maker that belongs to the inspector's legal person is passed over."""
    inspector = verified_firm(world.firms.operator, "Clear Sight")
    Firm.objects.filter(pk__in=[inspector.id, world.rival.id]).update(legal_person="one-and-the-same")
    terms = world.proposal.seats.get(slot="seller").terms
    world.proposal.seats.create(slot="quality", firm=inspector.firm, terms=terms)
    alliance = world.approve()
    decline(invitation(alliance, "maker"))
    assert fresh(alliance).state == State.PROPOSED


@pytest.mark.parametrize("way", ["decline", "time_out"])
def test_with_nobody_left_it_falls_back_and_is_replanned(world: World, way: str) -> None:
    alliance = world.approve()
    accept(invitation(alliance, "maker"))
    if way == "decline":
        decline(invitation(alliance, "forwarder"))
    else:
        actions.act(NOW + TTL)
    alliance = fresh(alliance)
    assert (alliance.state, held(alliance), used(world.sewing)) == (State.PROPOSED, {}, {})
    assert invitation(alliance, "maker").state == InvitationState.WITHDRAWN
    assert not invitations(alliance)
    assert world.proposal.opportunity.proposals.get().state == "replaced"
    opportunity = Opportunity.objects.get(pk=alliance.opportunity_id)
    assert (opportunity.state, opportunity.propose_at) == ("open", alliance.entered_at)


def test_what_fell_back_ends_when_nothing_new_is_approved(world: World) -> None:
    alliance = world.approve()
    decline(invitation(alliance, "forwarder"))
    actions.act(NOW + timedelta(hours=72))
    alliance = fresh(alliance)
    assert alliance.state == State.ABORTED
    assert alliance.forming.closed_at


def test_what_fell_back_ends_when_a_new_plan_is_approved(world: World) -> None:
    former = world.approve()
    decline(invitation(former, "forwarder"))
    Proposal.objects.filter(pk=world.proposal.pk).update(state="replaced")
    again = Proposal.objects.get(pk=world.proposal.pk)
    seats = list(again.seats.all())
    again.pk, again.key, again.rank, again.state = None, "0b8a2c9e-7d5a-4f0e-9a52-9b2f7a3f0001", 2, "standing"
    again.save()
    for row in seats:
        row.pk, row.proposal = None, again
        row.save()
    open_risk(again, world.firms.operator)
    newer = replace(world, proposal=again).approve(NOW + HOUR)
    assert (fresh(former).state, newer.state) == (State.ABORTED, State.INVITING)


def test_a_declined_optional_seat_does_not_hold_anybody_up(world: World) -> None:
    alliance = world.approve()
    decline(invitation(alliance, "live"))
    assert accept_mandatory(alliance).state == State.COMMITTED


def test_an_operator_may_stop_it_until_the_partners_are_bound(world: World) -> None:
    alliance = world.approve()
    accept(invitation(alliance, "maker"))
    with pytest.raises(Missing):
        actions.abort(world.firms.maker.owner.actor, str(alliance.key), reason="mine", now=NOW)
    actions.abort(world.operator, str(alliance.key), reason="a recall", now=NOW)
    alliance = fresh(alliance)
    assert (alliance.state, held(alliance), alliance.ending_reason) == (State.ABORTED, {}, "a recall")
    assert not Invitation.objects.filter(seat__alliance=alliance, state__in=["pending", "accepted"]).exists()
    assert not Invitation.objects.filter(seat__alliance=alliance, stream__closed_at=None).exists()
    with pytest.raises(Refused, match="no_such_step"):
        actions.abort(world.operator, str(alliance.key), reason="again", now=NOW)


# -- commitment --


def test_commitment_binds_everybody_in_one_step(world: World) -> None:
    alliance = committed(world)
    assert alliance.state == State.COMMITTED
    assert held(alliance) == {"reserved": 2 * UNITS}
    partners = {world.firms.maker.id, world.firms.carrier.id, world.firms.seller.id}
    assert set(Grant.objects.filter(alliance=alliance).values_list("firm_id", flat=True)) == partners
    assert {row.slot: row.state for row in alliance.seats.all()} == {
        "maker": "signed",
        "forwarder": "signed",
        "seller": "signed",
        "live": "ended",
    }
    assert invitation(alliance, "live").state == InvitationState.WITHDRAWN
    assert alliance.stream.events.get().kind == "committed"


def test_bidders_learn_nothing_of_each_other(world: World) -> None:
    alliance = world.approve()
    maker = invitation(alliance, "maker")
    before = list(maker.stream.events.values_list("version", "kind"))
    accept(invitation(alliance, "forwarder"))
    decline(invitation(alliance, "live"))
    assert list(maker.stream.events.values_list("version", "kind")) == before == [(1, "invited")]


def test_it_is_launched_by_the_clock_with_the_tasks_of_the_seats_that_are_held(world: World) -> None:
    alliance = operating(world)
    assert alliance.state == State.OPERATING
    codes = set(alliance.tasks.values_list("code", flat=True))
    assert {"M1", "M6", "L4", "S3", "E4"} <= codes
    assert not codes & {"K6", "M8"}  # nobody holds live or quality
    assert list(alliance.tasks.filter(state="ready").values_list("code", flat=True)) == ["M1"]


def test_when_the_trend_is_over_it_stands_down_instead_of_launching(world: World) -> None:
    alliance = committed(world)
    Opportunity.objects.update(until_at=NOW + HOUR)
    actions.act(NOW + 2 * HOUR)
    alliance = fresh(alliance)
    assert (alliance.state, alliance.ending_reason) == (State.WINDING_DOWN, "The trend is over.")
    assert not alliance.tasks.exists()
