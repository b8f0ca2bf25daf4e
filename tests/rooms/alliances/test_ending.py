"""The end: shares that sum to zero, objections that hold it up, and nothing left open but the record."""

import hashlib
import json
from datetime import timedelta

import pytest

from alliances import actions
from alliances.lifecycle import SeatState, State, TaskState
from alliances.models import Alliance, Event, Grant, Seat, Stream
from alliances.queries.chain import digest
from alliances.settlement import settle as compute
from alliances.settlement import unpacked
from config.rows import Refused
from firms.models import Firm, Reservation
from matching.models import Opportunity
from tests.builders.alliances import (
    DAY,
    HOUR,
    NOW,
    PRICE_MINOR,
    UNITS,
    World,
    actor_of,
    committed,
    confirm_all,
    dissolved,
    forming_world,
    fresh,
    operating,
    settling,
    task,
    winding_down,
    work_off,
    worker,
)
from tests.builders.firms import used
from tests.rooms.alliances.rulings import SETTLED, shares

pytestmark = pytest.mark.usefixtures("savepoint")
STAGE = operating


# -- shares --


@pytest.mark.parametrize(
    ("case", "reported", "expected"),
    [
        ("all sold", {}, {"Ningbo Trousers": 65_000, "Swift Air": 15_000, "Berlin Reach": -80_000}),
        (
            "a loss is borne by the seller of record",
            {"S3": {"done_units": 2, "revenue_minor": 2 * PRICE_MINOR, "shortfall": "the trend went"}},
            {"Ningbo Trousers": 65_000, "Swift Air": 15_000, "Berlin Reach": -80_000},
        ),
        (
            "fewer units were made: what was delivered is paid",
            {
                "M6": {"done_units": 61, "shortfall": "cloth"},
                "S3": {"done_units": 61, "shortfall": "no more"},
            },
            {"Ningbo Trousers": 61 * 600 + 5_000, "Swift Air": 61 * 150, "Berlin Reach": -(61 * 750 + 5_000)},
        ),
    ],
)
def test_the_shares_sum_to_zero(world: World, case: str, reported: dict, expected: dict) -> None:
    alliance = settling(world, **reported)
    assert alliance.state == State.SETTLING, case
    assert shares(alliance) == expected
    assert sum(shares(alliance).values()) == 0


def test_the_marketplaces_part_is_the_sellers_matter(world: World) -> None:
    alliance = settling(world, E3={"revenue_minor": 200_000})
    row = alliance.settlement.shares.get(firm_id=world.firms.seller.id)
    fees = [line["amount_minor"] for line in row.reasons if line["kind"] == "fee"]
    assert (fees, row.amount_minor) == ([-50_000], -80_000)


def test_anyone_may_compute_the_settlement_again(world: World) -> None:
    settlement = settling(world).settlement
    canonical = json.dumps(settlement.inputs, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(canonical.encode()).hexdigest() == settlement.inputs_hash
    again = {share.firm: share.amount_minor for share in compute(unpacked(settlement.inputs)).shares}
    assert again == {str(row.firm.key): row.amount_minor for row in settlement.shares.all()}


def test_a_partner_to_whom_nothing_is_due_sees_that_too(world: World) -> None:
    alliance = committed(forming_world())
    Opportunity.objects.update(until_at=NOW)
    actions.act(NOW)
    actions.act(SETTLED)
    assert shares(alliance) == {"Ningbo Trousers": 0, "Swift Air": 0, "Berlin Reach": 0}


def test_there_is_nothing_to_confirm_before_the_end(world: World) -> None:
    alliance = operating(world)
    with pytest.raises(Refused, match="not_settling"):
        actions.confirm(world.firms.maker.owner.actor, str(alliance.key), now=NOW)


# -- nothing stays open --


def test_dissolution_leaves_nothing_open(world: World) -> None:
    alliance = dissolved(world)
    assert not Grant.objects.filter(alliance=alliance, ended_at=None).exists()
    assert set(Seat.objects.filter(alliance=alliance).values_list("state", flat=True)) == {SeatState.ENDED}
    assert not Reservation.objects.live().below(str(alliance.key)).exists()
    assert used(world.sewing) == used(world.space) == {}
    assert not Stream.objects.filter(closed_at=None).exists()
    assert not Alliance.objects.seen_by(world.firms.maker.owner.pk).exists()
    assert (alliance.due_at, alliance.settlement.confirmed_at) == (None, alliance.dissolved_at)


def test_what_was_promised_and_kept_is_filed(world: World) -> None:
    dissolved(world)
    kept = dict(Firm.objects.filter(promises_kept__gt=0).values_list("legal_name", "promises_kept"))
    assert kept == {"Ningbo Trousers": 5, "Swift Air": 3, "Berlin Reach": 6}


def test_late_work_is_filed_as_late(world: World) -> None:
    alliance = operating(world)
    late = NOW + timedelta(days=80)
    work_off(alliance, late)
    actions.act(late + DAY)
    confirm_all(alliance, late + DAY)
    maker = Firm.objects.get(pk=world.firms.maker.id)  # it began late; all the rest took no time from then on
    assert (maker.promises_late, maker.promises_kept) == (1, 4)


def test_the_record_is_one_chain_sealed_by_its_root(world: World) -> None:
    alliance = dissolved(world)
    heads = {}
    for stream in Stream.objects.all():
        before = ""
        for number, event in enumerate(stream.events.order_by("version"), 1):
            assert (event.version, event.digest) == (number, digest(before, event))
            before = event.digest
        heads[str(stream.pk)] = before
    root = json.dumps(heads, sort_keys=True, separators=(",", ":"))
    assert alliance.root_hash == hashlib.sha256(root.encode()).hexdigest()
    kinds = list(Event.objects.filter(stream=alliance.stream).values_list("kind", flat=True))
    assert (kinds[0], kinds[1], kinds[-1]) == ("committed", "launched", "dissolved")


# -- three traps from a peer's users (ERPNext #42363) --


def test_trap_an_old_alliance_does_not_come_back_to_life(world: World) -> None:
    alliance = dissolved(world)
    events = Event.objects.count()
    found, key, later = task(alliance, "E3"), str(alliance.key), NOW + timedelta(days=400)
    attempts = [
        lambda: actions.reopen(world.operator, found.pk, now=later),
        lambda: actions.reopen(actor_of(world.firms.seller.id), found.pk, now=later),
        lambda: actions.post_stock(world.firms.carrier.owner.actor, key, place="Hamburg", units=1, now=later),
        lambda: actions.confirm(world.firms.maker.owner.actor, key, now=later),
        lambda: actions.abort(world.operator, key, reason="why not", now=later),
    ]
    for attempt in attempts:
        with pytest.raises(Refused):
            attempt()
    assert actions.act(later) == 0
    assert (fresh(alliance).state, Event.objects.count()) == (State.DISSOLVED, events)


def test_trap_work_that_is_not_a_task_keeps_it_open(world: World) -> None:
    """Stock that somebody still counts in a warehouse is work, though no task is open."""
    alliance = winding_down(world)
    carrier = world.firms.carrier.worker.actor
    actions.post_stock(carrier, str(alliance.key), place="Hamburg", units=7, now=NOW + HOUR)
    actions.act(NOW + DAY)
    assert fresh(alliance).state == State.WINDING_DOWN
    actions.post_stock(carrier, str(alliance.key), place="Hamburg", units=0, now=NOW + 2 * DAY)
    actions.act(NOW + 2 * DAY + HOUR)
    assert fresh(alliance).state == State.SETTLING


def test_trap_an_alliance_without_a_task_ends_too(world: World) -> None:
    alliance = operating(world)
    alliance.tasks.update(is_mandatory=False)
    work_off(alliance)
    assert fresh(alliance).state == State.OPERATING  # nothing mandatory was ever finished
    end = alliance.end_at
    actions.act(end)
    assert (fresh(alliance).state, fresh(alliance).ending_reason) == (
        State.WINDING_DOWN,
        "The agreed end date has passed.",
    )
    actions.act(end + DAY)
    actions.act(end + DAY + timedelta(hours=72))
    assert fresh(alliance).state == State.DISSOLVED


# -- left-overs --


def test_what_is_left_at_the_end_is_written_off_by_name(world: World) -> None:
    alliance = operating(world)
    work_off(alliance, until="S3")
    actions.post_stock(world.firms.carrier.worker.actor, str(alliance.key), place="Hamburg", units=9, now=NOW)
    actions.act(alliance.end_at)
    actions.act(alliance.end_at + DAY)
    assert fresh(alliance).state == State.WINDING_DOWN
    actions.act(alliance.end_at + timedelta(days=14))
    assert fresh(alliance).state == State.SETTLING
    assert {row.code for row in alliance.tasks.filter(state=TaskState.CANCELLED)} == {
        "S3",
        "E1",
        "E2",
        "E3",
        "E4",
    }
    assert alliance.stock_reports.get().units == 0
    event = Event.objects.get(kind="written_off")
    assert set(json.loads(event.body)["changes"]) == {"alliance", "tasks", "stock", "forecast"}


def test_left_overs_done_after_the_cooling_off_let_it_settle_at_once(world: World) -> None:
    alliance = operating(world)
    work_off(alliance, until="E3")
    actions.act(alliance.end_at)
    later = alliance.end_at + timedelta(days=3)
    actions.act(later)
    found = task(alliance, "E3")
    actions.start(worker(found), found.pk, now=later)
    actions.finish(worker(found), found.pk, now=later)
    actions.act(later)
    assert fresh(alliance).state == State.SETTLING


def test_dealing_with_left_over_stock_clears_its_count(world: World) -> None:
    alliance = operating(world)
    work_off(alliance, until="E4")
    actions.post_stock(
        world.firms.carrier.worker.actor, str(alliance.key), place="Hamburg", units=UNITS, now=NOW
    )
    work_off(alliance)
    assert alliance.stock_reports.get().units == 0
