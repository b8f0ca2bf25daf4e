"""64 firms' people at once for the last unit of capacity: one wins, the others are told, nothing is overbooked."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connections

from alliances import actions
from alliances.models import Alliance, Event, Invitation
from config.rows import Refused
from firms import actions as firms_actions
from firms.models import CapacityWeek, Reservation
from matching.models import Proposal
from tests.builders.alliances import (
    NOW,
    SeatOf,
    accept,
    actor_of,
    forming_world,
    invitation,
    needs,
    standing_proposal,
)
from tests.builders.firms import Firms, publish, small_world, used

MANY = 64


def one_unit_proposals(firms: Firms, count: int) -> list[Proposal]:
    """So many plans that each need the last unit of the same line."""
    line = publish(firms.maker, "Last unit", 1, NOW, weeks=1)
    seats = [
        SeatOf("maker", [firms.maker], capacity=needs(line, 1)),
        SeatOf("seller", [firms.seller]),
    ]
    return [standing_proposal(firms, seats, units=1) for _ in range(count)]


def at_once(found: list[Invitation]) -> list[str]:
    """Accept all in threads with a connection each; returns what each was told."""
    ready = Barrier(len(found))

    def run(one: Invitation) -> str:
        try:
            ready.wait()
            accept(one)
            return "accepted"
        except Refused as refused:
            return refused.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(found)) as pool:
        return list(pool.map(run, found))


def test_64_at_once_for_the_last_unit_one_wins(real_database: object) -> None:
    firms = small_world()
    keys = [str(row.key) for row in one_unit_proposals(firms, MANY)]
    for key in keys:
        actions.approve(firms.operator.actor, key, now=NOW)
    found = list(Invitation.objects.filter(seat__slot="maker").select_related("seat"))
    assert Counter(at_once(found)) == {"accepted": 1, "capacity_gone": MANY - 1}
    winner = Invitation.objects.get(seat__slot="maker", state="accepted")
    entry = Reservation.objects.get()
    assert (entry.purpose, entry.units, entry.state) == (winner.seat.purpose, 1, "held")
    week = CapacityWeek.objects.get(line__name="Last unit")
    assert (week.used_units, week.free_units) == (1, 0)
    assert Event.objects.filter(kind="accepted").count() == 2  # in its own stream and in the operators'
    assert Invitation.objects.filter(seat__slot="maker", state="pending").count() == MANY - 1


def test_all_partners_of_an_alliance_at_once_commit_it_once(real_database: object) -> None:
    world = forming_world()
    alliance = world.approve()
    found = [invitation(alliance, slot) for slot in ("maker", "forwarder", "seller")]
    assert at_once(found) == ["accepted"] * 3
    alliance = Alliance.objects.get(pk=alliance.pk)
    assert (alliance.state, alliance.grants.count()) == ("committed", 3)
    assert Event.objects.filter(stream=alliance.stream, kind="committed").count() == 1
    assert sum(used(world.sewing).values()) == sum(used(world.space).values()) == 100


def test_a_double_click_is_one_acceptance(real_database: object) -> None:
    alliance = forming_world().approve()
    found = invitation(alliance, "maker")
    assert at_once([found] * 4) == ["accepted"] * 4
    assert Event.objects.filter(stream=found.stream, kind="accepted").count() == 1


def test_accepting_while_the_firm_publishes_never_deadlocks(real_database: object) -> None:
    firms = small_world()
    proposals = one_unit_proposals(firms, 8)
    for row in proposals:
        actions.approve(firms.operator.actor, str(row.key), now=NOW)
    line = firms.maker.firm.lines.get(name="Last unit")
    week_on = line.weeks.get().week_on
    found = list(Invitation.objects.filter(seat__slot="maker").select_related("seat"))
    ready = Barrier(16)
    owner = actor_of(firms.maker.id)

    def run(number: int) -> str:
        try:
            ready.wait()
            if number % 2:
                firms_actions.publish_capacity(owner, firms.maker.key, line.pk, {week_on: 8}, now=NOW)
            else:
                accept(found[number // 2])
            return "done"
        except Refused as refused:
            return refused.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(16) as pool:
        answers = Counter(pool.map(run, range(16)))
    assert set(answers) <= {"done", "capacity_gone"}
    assert used(line)[week_on] == answers["done"] - 8
