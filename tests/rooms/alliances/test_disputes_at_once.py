"""Two people at the same moment: one effect, and a clear answer to the other."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connections

from alliances import actions
from alliances.lifecycle import State
from alliances.models import Alliance, Dispute, Event
from config.rows import Refused
from firms.models import User
from tests.builders.alliances import DAY, NOW, forming_world, fresh, shown_shares
from tests.builders.firms import person

SETTLED = NOW + DAY
FEWER = [{"input": "delivered|maker-1#1|", "units": 90, "evidence": "the packing list"}]


def at_once(*steps: Callable[[], object]) -> list[str]:
    ready = Barrier(len(steps))

    def run(step: Callable[[], object]) -> str:
        try:
            ready.wait()
            step()
            return "done"
        except Refused as refused:
            return refused.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(steps)) as pool:
        return sorted(pool.map(run, steps))


def confirm(owner: User, alliance: Alliance) -> None:
    actions.confirm(owner.actor, str(alliance.key), expected_version=1, now=SETTLED)


def count(kind: str) -> int:
    return Event.objects.filter(kind=kind).count()


def test_the_last_two_confirmations_dissolve_it_once(real_database: object) -> None:
    world = forming_world()
    alliance = shown_shares(world)
    confirm(world.firms.maker.owner, alliance)
    others = (world.firms.carrier.owner, world.firms.seller.owner)
    assert at_once(*(lambda owner=owner: confirm(owner, alliance) for owner in others)) == ["done", "done"]
    assert fresh(alliance).state == State.DISSOLVED
    assert (count("confirmed"), count("dissolved")) == (3, 1)


def test_two_rulings_and_a_withdrawal_are_one_end(real_database: object) -> None:
    world = forming_world()
    alliance, maker = shown_shares(world), world.firms.maker.owner.actor
    judges = [person(f"judge {number}", is_operator=True).actor for number in range(2)]
    actions.object_(maker, str(alliance.key), text="too few", now=SETTLED)
    pk = alliance.settlement.objections.get().pk
    actions.dispute(world.operator, pk, text="rule", now=SETTLED)
    found = Dispute.objects.get()

    def uphold() -> None:
        actions.rule(judges[0], found.pk, outcome="uphold", reasons="so", corrections=FEWER, now=SETTLED)

    def dismiss() -> None:
        actions.rule(judges[1], found.pk, outcome="dismiss", reasons="no", now=SETTLED)

    def withdraw() -> None:
        actions.withdraw_dispute(maker, found.pk, now=SETTLED)

    assert at_once(uphold, dismiss, withdraw) == ["dispute_over", "dispute_over", "done"]
    assert (fresh(alliance).state, count("settling_resumed")) == (State.SETTLING, 1)


def test_a_confirmation_while_it_is_computed_anew(real_database: object) -> None:
    """Either the old share was confirmed and is void, or the new version is not what was looked at."""
    world = forming_world()
    alliance, maker = shown_shares(world), world.firms.maker.owner.actor
    actions.object_(maker, str(alliance.key), text="too few", now=SETTLED)
    pk = alliance.settlement.objections.get().pk

    def answer() -> None:
        actions.answer_objection(world.operator, pk, answer="right", corrections=FEWER, now=SETTLED)

    answers = at_once(answer, lambda: confirm(world.firms.seller.owner, alliance))
    assert answers in (["done", "done"], ["conflict", "done"])
    share = fresh(alliance).settlement.shares.get(firm_id=world.firms.seller.id)
    assert share.confirmed_at is None
