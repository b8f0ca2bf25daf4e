"""After the end nothing is open: not for those who were in it, not in the books, and an alarm says so if it is."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from alliances import actions
from alliances.lifecycle import SeatState, State, TaskState
from alliances.models import Alliance, Grant, Seat, Stream
from alliances.orders.order import Do
from alliances.orders.verbs import carry_out
from alliances.queries.admission import Kind, Knock, Refusal, admit
from alliances.queries.residue import residues
from firms.models import CapacityWeek, Reservation, User
from tests.builders.alliances import (
    DAY,
    NOW,
    World,
    confirm_all,
    dissolved,
    fresh,
    operating,
    seat,
    task,
    work_off,
)
from tests.rooms.alliances.boards import session_of

pytestmark = pytest.mark.usefixtures("savepoint")
AFTER = timedelta(seconds=61)
OURS = {"alliance", "task", "settled"}  # what names an alliance in an address
KEPT = {"alliances:record", "alliances:record-file", "alliances:checkpoint"}  # what a firm keeps for good
ROWS = [
    line.split()
    for line in (Path(__file__).parent / "access_table.txt").read_text().splitlines()
    if line and not line.startswith("#") and OURS & set(line.split()[1].split(","))
]


@pytest.fixture
def ended(world: World) -> Alliance:
    return dissolved(world)


def people(world: World) -> list[User]:
    firms = (world.firms.maker, world.firms.carrier, world.firms.seller)
    return [person for firm in firms for person in (firm.owner, firm.manager, firm.worker)]


def test_a_minute_after_the_end_nothing_is_left(world, ended):
    assert ended.dissolved_at is not None
    assert residues(ended.dissolved_at + AFTER) == {}


def test_who_was_in_it_finds_nothing_through_any_door(world):
    alliance = operating(world)
    first, hand = task(alliance, "M1"), world.firms.maker.worker.actor
    upload = actions.Upload("a.pdf", b"%PDF-1.4\n%%EOF\n")
    evidence = actions.post_evidence(hand, first.pk, upload=upload, now=NOW)["evidence"]
    said = actions.comment(hand, first.pk, text="look", now=NOW)["comment"]
    work_off(alliance)
    actions.act(NOW + DAY)
    confirm_all(fresh(alliance), NOW + DAY)
    ended = fresh(alliance)
    assert ended.state == State.DISSOLVED
    ids: dict[str, Any] = {"alliance": ended.key, "settled": ended.key, "task": first.pk}
    ids |= {"evidence": evidence, "comment": said, "firm": world.firms.maker.key}
    found = []
    for person in people(world):
        client = Client()
        client.force_login(person)
        for name, args, get, post in ROWS:
            address = reverse(name, args=[ids.get(arg, arg) for arg in args.split(",")])
            for method, wanted in (("get", get), ("post", post)):
                answer = getattr(client, method)(address, {"reason": "again", "text": "again"})
                if wanted != "-" and name not in KEPT and answer.status_code not in {404, 405}:
                    found.append((method, name, str(person), answer.status_code))
    assert len(ROWS) > 10
    assert found == []


def test_its_sockets_are_not_opened_again(world, ended):
    for person in people(world):
        assert admit([Knock(Kind.ALLIANCE, session_of(person), ended.key)]) == [Refusal.UNSEEN]


def test_its_commands_do_nothing(world, ended):
    before = list(Stream.objects.order_by("pk").values_list("version", flat=True))
    last = task(ended, "E3").pk
    for verb in ("start", "finish", "reopen", "hand_back"):
        order = Do("00000000-0000-4000-8000-000000000000", verb, last, None, {})
        assert carry_out(order, world.firms.seller.owner.actor, ended.key, "en")["ok"] is False
    assert list(Stream.objects.order_by("pk").values_list("version", flat=True)) == before


def test_an_aborted_alliance_leaves_nothing_either(world):
    alliance = world.approve()
    actions.abort(world.operator, str(alliance.key), reason="a mistake", now=alliance.founded_at)
    assert fresh(alliance).state == State.ABORTED
    assert residues(alliance.founded_at + AFTER) == {}


def _leave_something(world: World, ended: Alliance) -> None:
    """What a defect might leave open."""
    Grant.objects.filter(alliance=ended).update(ended_at=None)
    Seat.objects.filter(pk=seat(ended, "maker").pk).update(state=SeatState.SIGNED)
    ended.tasks.filter(code="E3").update(state=TaskState.READY)
    Stream.objects.filter(pk=ended.stream_id).update(closed_at=None)
    week = CapacityWeek.objects.filter(line=world.sewing).first()
    Reservation.objects.create(
        week=week, purpose=f"{ended.key}/maker-1", units=5, held_at=ended.founded_at, state="reserved"
    )


def test_what_is_left_is_found_shown_and_closed(world, ended, caplog):
    later = ended.dissolved_at + DAY
    _leave_something(world, ended)
    assert residues(later) == {"grant": 3, "seat": 1, "task": 1, "stream": 1, "capacity": 1}
    assert Client().get("/health/residue/").status_code == 503
    assert actions.sweep(later) == 1
    assert "residues of ended alliances" in caplog.text
    assert residues(later) == {}
    assert Client().get("/health/residue/").json() == {"status": "clean", "residues": {}}
    assert actions.sweep(later) == 0


def test_a_living_alliance_is_no_residue(world):
    alliance = world.approve()
    assert residues(alliance.founded_at + 30 * DAY) == {}
