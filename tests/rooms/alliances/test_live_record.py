"""The record: gap-free versions, a chain of digests, and no personal words in it."""

import hashlib
import json

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from alliances.live import record
from alliances.models import Event, Note, Stream
from alliances.queries import board
from alliances.queries.chain import digest, note_hash
from config.rows import CLOCK, Refused
from tests.builders.alliances import dissolved, forming_world
from tests.builders.firms import NOW
from tests.rooms.alliances.boards import working_world

pytestmark = pytest.mark.django_db


def test_versions_have_no_gaps_and_the_first_is_one():
    stream = Stream.objects.create(kind=Stream.Kind.ALLIANCE)
    events = [record(stream, "tried", CLOCK, NOW, changes={}) for _ in range(3)]
    assert [event.version for event in events] == [1, 2, 3]
    assert Stream.objects.get(pk=stream.pk).version == 3


def test_whoever_holds_the_rows_can_recompute_the_chain():
    stream = Stream.objects.create(kind=Stream.Kind.ALLIANCE)
    for number in range(3):
        title = f"№ {number} 测试"
        record(stream, "tried", CLOCK, NOW, changes={"alliance": {"title": title}}, note="so")
    before = ""
    for event in Event.objects.filter(stream=stream):
        assert event.digest == digest(before, event)
        before = event.digest


def test_a_changed_body_breaks_the_chain():
    stream = Stream.objects.create(kind=Stream.Kind.ALLIANCE)
    event = record(stream, "tried", CLOCK, NOW, changes={"alliance": {"units": 1}})
    event.body = event.body.replace("1", "2")
    assert digest("", event) != event.digest


def test_the_body_is_canonical_and_readable():
    event = record(
        Stream.objects.create(kind="alliance"), "tried", CLOCK, NOW, changes={"b": {}, "a": {"ü": 1}}
    )
    assert event.body == '{"changes":{"a":{"ü":1},"b":{}},"note_hash":null}'


def test_what_a_person_wrote_stays_outside_the_record():
    event = record(Stream.objects.create(kind="alliance"), "tried", CLOCK, NOW, changes={}, note="Li is ill")
    note = Note.objects.get()
    salted = hashlib.sha256((note.salt + "Li is ill").encode()).hexdigest()
    assert json.loads(event.body)["note_hash"] == salted == note_hash(note)
    assert "Li" not in event.body


def test_a_sealed_stream_takes_nothing_more():
    stream = Stream.objects.create(kind="alliance", closed_at=NOW)
    with pytest.raises(Refused) as refused:
        record(stream, "tried", CLOCK, NOW, changes={})
    assert refused.value.code == "sealed"
    assert not stream.events.exists()


def test_the_database_refuses_a_second_event_of_a_version():
    stream = Stream.objects.create(kind="alliance")
    record(stream, "tried", CLOCK, NOW, changes={})
    Stream.objects.filter(pk=stream.pk).update(version=0)
    with pytest.raises(IntegrityError), transaction.atomic():
        record(stream, "tried", CLOCK, NOW, changes={})


def test_public_rows_name_no_person():
    world = working_world()
    shown = json.dumps(board.snapshot(world.alliance))
    people = [
        getattr(firm, role)
        for firm in (world.firms.maker, world.firms.seller)
        for role in ("owner", "worker")
    ]
    assert not [person for person in people if person.email in shown or person.name in shown]


def test_a_snapshot_takes_a_fixed_number_of_queries():
    world = working_world()
    before = _queries(world)
    _more_of_everything(world)
    assert _queries(world) == before < 16


def _queries(world):
    with CaptureQueriesContext(connection) as queries:
        board.snapshot(world.alliance)
    return len(queries)


def _more_of_everything(world):
    for number in range(5):
        task = world.task("M6")
        task.pk, task.code = None, f"M6-{number}"
        task.save()
        task.after.add(world.task("K2"))


def test_partners_do_not_learn_who_was_asked_in_vain():
    alliance = dissolved(forming_world())
    left_out = alliance.seats.get(slot="live")
    assert left_out.state == "ended"
    shown = json.dumps(board.snapshot(alliance)) + "".join(
        event.body for event in alliance.stream.events.all()
    )
    assert left_out.firm.legal_name not in shown
    assert str(left_out.firm.key) not in shown
