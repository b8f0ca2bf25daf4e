"""No board can drift: stale state + events = fresh state, for every verb and for walks of many verbs."""

import copy
import json
import random
from contextlib import contextmanager
from datetime import timedelta

import pytest

from alliances import actions
from alliances.models import Alliance, Event, Task
from alliances.queries import board
from config.rows import Refused
from tests.builders.alliances import (
    DAY,
    HOUR,
    accept,
    accept_mandatory,
    actor_of,
    change_proposed,
    committed,
    confirm_all,
    decline,
    invitations,
    operating,
    seat,
    settling,
    task,
    winding_down,
    worker,
)
from tests.builders.firms import NOW, person
from tests.rooms.alliances.sockets import apply

pytestmark = pytest.mark.usefixtures("savepoint")

SHOWN = ("alliance", "seats", "tasks", "forecast", "stock", "settlement", "disputes")


@contextmanager
def no_drift(alliance):
    """Demand that what happens inside reaches a board that was open before."""
    alliance = Alliance.objects.get(pk=alliance.pk)
    stale = board.snapshot(alliance)
    stream_id = alliance.stream_id or alliance.forming_id
    yield
    told = Event.objects.filter(stream_id=stream_id, version__gt=stale["version"])
    versions = [stale["version"] + 1 + number for number in range(len(told))]
    assert [event.version for event in told] == versions
    state = copy.deepcopy(stale)
    for event in told:
        apply(state, json.loads(event.body)["changes"])
    fresh = board.snapshot(alliance)
    if fresh["epoch"] == stale["epoch"]:  # on commitment the board moves to the partners' stream
        assert {name: state[name] for name in SHOWN} == {name: fresh[name] for name in SHOWN}


def test_work_on_a_task(world):
    alliance = operating(world)
    first = Task.objects.filter(alliance=alliance, state="ready").first()
    actor = worker(first)
    for verb in (
        actions.start,
        actions.hand_back,
        actions.start,
        actions.finish,
        actions.reopen,
        actions.finish,
    ):
        with no_drift(alliance):
            verb(actor, first.pk, now=NOW)


def test_progress_of_a_counted_task(world):
    alliance = operating(world)
    _work_until(alliance, "M6")
    found = task(alliance, "M6")
    actions.start(worker(found), found.pk, now=NOW)
    with no_drift(alliance):
        actions.progress(worker(found), found.pk, done_units=7, now=NOW)
    with no_drift(alliance):
        actions.finish(worker(found), found.pk, done_units=9, shortfall="a machine broke", now=NOW)


def test_stock_and_exceptions(world):
    alliance = operating(world)
    key, carrier = str(alliance.key), world.firms.carrier.worker.actor
    with no_drift(alliance):
        actions.post_stock(carrier, key, place="Hamburg", units=40, now=NOW)
    with no_drift(alliance):
        actions.post_stock(carrier, key, place="Hamburg", units=30, now=NOW)
    about = Task.objects.filter(alliance=alliance, state="ready").first()
    for kind in ("damage", "delay"):
        with no_drift(alliance):
            actions.post_exception(carrier, key, kind=kind, text="rain", task_id=about.pk, now=NOW)


def test_evidence_and_comments(world):
    alliance = operating(world)
    first = task(alliance, "M1")
    with no_drift(alliance):
        actions.post_evidence(worker(first), first.pk, text="measured", good_units=3, now=NOW)
    with no_drift(alliance):
        made = actions.comment(worker(first), first.pk, text="look, @forwarder", now=NOW)
    with no_drift(alliance):
        actions.withdraw_comment(worker(first), made["comment"], now=NOW)


def test_late_tasks(world):
    alliance = operating(world)
    with no_drift(alliance):
        actions.act(NOW + 10 * DAY)


def test_commitment_and_launch(world):
    alliance = world.approve()
    with no_drift(alliance):
        accept_mandatory(alliance)
    with no_drift(alliance):
        actions.act(NOW)


def test_a_decline_and_a_time_out(world):
    alliance = world.approve()
    with no_drift(alliance):
        decline(invitations(alliance)[0])
    with no_drift(alliance):
        actions.act(NOW + 3 * DAY)


def test_a_launch_that_never_came(world):
    alliance = committed(world)
    with no_drift(alliance):
        actions.act(NOW + 30 * DAY)


def test_the_end_date(world):
    alliance = operating(world)
    for days in (100, 101, 120, 130):
        with no_drift(alliance):
            actions.act(NOW + timedelta(days=days))


def test_from_the_last_task_to_the_settlement(world):
    alliance = winding_down(world)
    with no_drift(alliance):
        actions.act(NOW + DAY)


def test_reopening_while_it_cools_off(world):
    alliance = winding_down(world)
    last = task(alliance, "E3")
    with no_drift(alliance):
        actions.reopen(worker(last), last.pk, now=NOW + HOUR)


def test_confirmations_to_dissolution(world):
    alliance = settling(world)
    with no_drift(alliance):
        confirm_all(alliance, NOW + DAY + HOUR)


def test_objections_and_their_answer(world):
    alliance = settling(world)
    with no_drift(alliance):
        actions.object_(world.firms.maker.owner.actor, str(alliance.key), text="too little", now=NOW + DAY)
    objection = alliance.settlement.objections.get()
    with no_drift(alliance):
        actions.answer_objection(world.operator, objection.pk, answer="as agreed", now=NOW + DAY)


def test_disputes_and_a_new_version(world):
    alliance, judge = settling(world), person("judge", is_operator=True)
    maker, now = world.firms.maker.owner.actor, NOW + DAY
    actions.object_(maker, str(alliance.key), text="too little", now=now)
    objection = alliance.settlement.objections.get()
    actions.answer_objection(world.operator, objection.pk, answer="as agreed", now=now)
    with no_drift(alliance):
        actions.dispute(maker, objection.pk, text="no", now=now)
    fix = {"input": "delivered|maker-1#1|", "units": 90, "evidence": "the list"}
    with no_drift(alliance):
        found = alliance.disputes.get()
        actions.rule(judge.actor, found.pk, outcome="uphold", reasons="so", corrections=[fix], now=now)
    with no_drift(alliance):
        confirm_all(alliance, now)


def test_an_accepted_answer_and_a_dispute_of_the_work(world):
    alliance, maker = operating(world), world.firms.maker.owner.actor
    with no_drift(alliance):
        actions.dispute_work(maker, str(alliance.key), text="wet", now=NOW)
    with no_drift(alliance):
        actions.withdraw_dispute(maker, alliance.disputes.get().pk, now=NOW)
    with no_drift(alliance):
        actions.dispute_work(maker, str(alliance.key), text="wet", task_id=task(alliance, "M6").pk, now=NOW)
    with no_drift(alliance):
        actions.act(NOW + 14 * DAY)


def test_silence_to_dissolution(world):
    alliance = settling(world)
    for days in (5, 20, 40):
        with no_drift(alliance):
            actions.act(NOW + timedelta(days=days))


def test_a_partner_leaves_and_another_takes_over(world):
    alliance = operating(world)
    _work_until(alliance, "M6")
    with no_drift(alliance):
        actions.leave(world.firms.maker.owner.actor, str(alliance.key), reason="a fire", now=NOW)
    with no_drift(alliance):
        accept(invitations(alliance)[0])
    with no_drift(alliance):
        actions.replace(world.operator, seat(alliance, "forwarder").pk, reason="no answer", now=NOW)
    with no_drift(alliance):
        actions.act(NOW + 4 * DAY)


def test_a_suspension_and_its_end(world):
    alliance = operating(world)
    key = str(alliance.key)
    with no_drift(alliance):
        actions.suspend(world.operator, key, reason="a complaint", now=NOW)
    with no_drift(alliance):
        actions.clear(person("colleague", is_operator=True).actor, key, reason="fine", now=NOW + DAY)


def test_a_smaller_plan_and_an_early_end(world):
    alliance = operating(world)
    change = change_proposed(alliance)
    with no_drift(alliance):
        actions.confirm_change(world.operator, str(change.key), now=NOW)
    _work_until(alliance, "L1")
    for firm in (world.firms.maker, world.firms.carrier, world.firms.seller):
        with no_drift(alliance):
            actions.agree_to_end(firm.owner.actor, str(alliance.key), now=NOW)


@pytest.mark.parametrize("seed", range(3))
def test_a_walk_of_many_verbs(world, seed):
    alliance, dice, now = operating(world), random.Random(seed), NOW
    for _ in range(30):
        now += timedelta(hours=dice.uniform(0, 8))
        with no_drift(alliance):
            _something(world, alliance, dice, now)


def _something(world, alliance, dice, now):
    """One random verb; one that is refused changes nothing."""
    found = dice.choice(list(alliance.tasks.exclude(is_milestone=True)))
    actor = dice.choice([worker(found), actor_of(found.seat.firm_id, "owner"), world.operator])
    units = found.target_units or 0
    verb, data = dice.choice(
        [
            (actions.start, {}),
            (actions.start, {}),
            (actions.finish, {"done_units": units, "shortfall": "so"}),
            (actions.finish, {"done_units": units}),
            (actions.hand_back, {}),
            (actions.reopen, {}),
            (actions.progress, {"done_units": dice.randint(0, units)}),
        ]
    )
    if dice.random() < 0.1:
        actions.act(now)
    try:
        verb(actor, found.pk, now=now, **data)
    except Refused as refused:
        assert refused.code


def _work_until(alliance, code):
    while task(alliance, code).state == "waiting":
        for ready in alliance.tasks.filter(state="ready"):
            actions.start(worker(ready), ready.pk, now=NOW)
            actions.finish(worker(ready), ready.pk, done_units=ready.target_units, now=NOW)
