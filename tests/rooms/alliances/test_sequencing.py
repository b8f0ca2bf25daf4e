"""One log over all streams: no committed event is missed or taken twice, and checkpoints leave the database."""

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Event as Signal

import psycopg
import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.db import connections, transaction

from alliances import actions, ledger
from alliances.actions import sequencing
from alliances.live import checkpoints, record
from alliances.models import Checkpoint, Event, LogEntry, Stream
from alliances.queries import ledger as queries
from config import platform_key
from config.rows import CLOCK
from tests.builders.alliances import dissolved, forming_world, operating
from tests.builders.firms import NOW
from tests.databases import Clone

SOON = NOW + timedelta(seconds=1)
LATER = NOW + timedelta(minutes=1)
RECORD = ("alliances_event", "alliances_logentry", "alliances_checkpoint")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: object) -> Path:
    settings.CHECKPOINTS_DIR = tmp_path / "outside"  # type: ignore[attr-defined]
    return tmp_path / "outside"


def lines(folder: Path) -> list[str]:
    return [json.loads(line) for line in (folder / checkpoints.NAME).read_text().splitlines()]


def happen(times: int, stream: Stream | None = None) -> Stream:
    stream = stream or Stream.objects.create(kind=Stream.Kind.ALLIANCE)
    for _ in range(times):
        with transaction.atomic():
            record(stream, "tried", CLOCK, NOW, changes={})
    return stream


def problems(folder: Path) -> list[str]:
    return list(queries.problems(lines(folder)))


@pytest.mark.django_db
def test_every_event_gets_the_next_place(folder: Path) -> None:
    alliance = operating(forming_world())
    assert actions.sequence(NOW) == Event.objects.count() > 5
    happen(3)
    assert (actions.sequence(LATER), actions.sequence(LATER)) == (3, 0)
    places = list(LogEntry.objects.order_by("position").values_list("position", "event__digest"))
    assert [position for position, _digest in places] == list(range(len(places)))
    assert queries.exposed(alliance, LATER).count == 0
    assert problems(folder) == []


@pytest.mark.django_db
def test_batches_follow_each_other_until_nothing_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sequencing, "BATCH", 4)
    happen(11)
    assert actions.sequence(NOW) == queries.size() == 11


@pytest.mark.django_db
def test_what_is_closed_and_logged_is_not_looked_at_again() -> None:
    dissolved(forming_world())
    open_one = happen(2)
    actions.sequence(NOW)
    assert list(Stream.objects.filter(is_logged=False)) == [open_one]
    happen(1, open_one)
    assert actions.sequence(LATER) == 1


@pytest.mark.django_db
def test_checkpoints_keep_a_distance_unless_a_record_was_sealed(folder: Path) -> None:
    happen(1)
    actions.sequence(NOW)
    stream = happen(1)
    actions.sequence(SOON)
    assert [ledger.opened(note, platform_key.public()).size for note in lines(folder)] == [1]
    Stream.objects.filter(pk=stream.pk).update(closed_at=NOW)
    actions.sequence(SOON)
    assert [ledger.opened(note, platform_key.public()).size for note in lines(folder)] == [1, 2]
    actions.sequence(LATER)
    assert len(lines(folder)) == Checkpoint.objects.count() == 2


@pytest.mark.django_db
def test_the_exposed_window_is_what_no_checkpoint_covers() -> None:
    alliance = operating(forming_world())
    before = queries.exposed(alliance, LATER)
    assert (before.count, before.age) == (Event.objects.count(), LATER - NOW)
    actions.sequence(NOW)
    assert queries.exposed(alliance, LATER).count == 0


@pytest.mark.django_db
def test_a_death_between_the_file_and_the_row_changes_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    happen(2)
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(sequencing, "_keep", _die)
        actions.sequence(NOW)
    assert (len(lines(folder)), Checkpoint.objects.count(), queries.size()) == (1, 0, 2)
    actions.sequence(SOON)
    assert [row.note for row in Checkpoint.objects.all()] == lines(folder)
    assert problems(folder) == []


def _die(*args: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.django_db
def test_a_torn_line_is_passed_over(folder: Path) -> None:
    happen(1)
    actions.sequence(NOW)
    with (folder / checkpoints.NAME).open("a") as file:
        file.write('"murmuration-rec')
    happen(1)
    actions.sequence(LATER)
    assert ledger.opened(checkpoints.newest() or "", platform_key.public()).size == 2
    call_command("verify_log", str(folder / checkpoints.NAME))


@pytest.mark.django_db
def test_a_log_that_is_behind_its_own_checkpoints_takes_no_more_of_them(folder: Path) -> None:
    happen(1)
    made = ledger.Checkpoint(5, b"r" * 32, "2026-03-04T09:00:00Z")
    checkpoints.publish(ledger.signed(made, platform_key.sign, platform_key.public()))
    with pytest.raises(sequencing.LogBrokenError):
        actions.sequence(NOW)


def test_the_key_is_made_once_and_for_its_owner_only(tmp_path: Path, settings: object) -> None:
    settings.PLATFORM_KEY_FILE = tmp_path / "new" / "platform.key"  # type: ignore[attr-defined]
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: platform_key.public(), range(16)))
    assert len(keys) == 1
    assert stat.S_IMODE(django_settings.PLATFORM_KEY_FILE.stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["platform.key"]


def test_parallel_writers_and_sequencers_lose_nothing_and_repeat_nothing(
    real_database: Clone, folder: Path
) -> None:
    streams, stop = [happen(0) for _ in range(6)], Signal()

    def write(stream: Stream) -> None:
        try:
            for number in range(30):
                with transaction.atomic():
                    record(stream, "tried", CLOCK, NOW, changes={"n": number})
        finally:
            connections.close_all()

    def follow(number: int) -> int:
        added = 0
        try:
            while not stop.is_set():
                added += actions.sequence(NOW + timedelta(seconds=added))
        finally:
            connections.close_all()
        return added

    with ThreadPoolExecutor(8) as pool:
        followers = [pool.submit(follow, number) for number in range(2)]
        for writer in [pool.submit(write, stream) for stream in streams]:
            writer.result()
        stop.set()
        added = sum(follower.result() for follower in followers)
    assert added + actions.sequence(LATER) == 180
    assert [*LogEntry.objects.order_by("position").values_list("position", flat=True)] == [*range(180)]
    assert problems(folder) == []


def test_an_event_that_commits_late_is_not_passed_over(real_database: Clone) -> None:
    slow, quick = happen(0), happen(0)
    begun, go = Signal(), Signal()

    def write_slowly() -> None:
        try:
            with transaction.atomic():
                record(slow, "tried", CLOCK, NOW, changes={})
                begun.set()
                go.wait(10)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write_slowly)
        begun.wait(10)
        happen(1, quick)
        assert actions.sequence(NOW) == 1
        go.set()
        writing.result()
    assert actions.sequence(NOW) == 1
    late, early = (LogEntry.objects.get(event__stream=stream) for stream in (slow, quick))
    assert (early.position, late.position) == (0, 1)
    assert late.event_id < early.event_id


@pytest.mark.parametrize("table", RECORD)
def test_nobody_changes_the_log(real_database: Clone, table: str) -> None:
    dissolved(forming_world())
    actions.sequence(LATER)
    column = {"alliances_event": "kind", "alliances_logentry": "hashes", "alliances_checkpoint": "root"}[
        table
    ]
    changes = [f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"]
    assert [_refusal(real_database.url, one) for one in changes] == ["InsufficientPrivilege"] * 3
    assert [_refusal(real_database.owner_url, one) for one in changes] == ["IntegrityConstraintViolation"] * 3


def test_the_log_takes_no_gap_and_no_event_twice(real_database: Clone) -> None:
    happen(2)
    actions.sequence(NOW)
    again = (
        "INSERT INTO alliances_logentry (position, event_id, hashes) "
        "SELECT {}, event_id, hashes FROM alliances_logentry WHERE position = 0"
    )
    assert _refusal(real_database.url, again.format(7)) == "IntegrityConstraintViolation"
    assert _refusal(real_database.url, again.format(2)) == "UniqueViolation"


def _refusal(address: str, statement: str) -> str:
    with psycopg.connect(address) as session:
        try:
            session.execute(statement)
        except psycopg.Error as refused:
            return type(refused).__name__
    return "done"


# -- an insider with the owner's rights, who changes what is written and computes everything anew --


def rewrite(event: Event) -> None:
    """Change an event, and chain its stream and the whole log anew, as if it had always been so."""
    with connections["owner"].cursor() as cursor:
        for table in RECORD:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        body = event.body.replace("maker", "faker")
        cursor.execute("UPDATE alliances_event SET body = %s WHERE id = %s", [body, event.pk])
        before = ""
        for row in Event.objects.filter(stream=event.stream_id).order_by("version"):
            before = queries.chain.digest(before, row)
            cursor.execute("UPDATE alliances_event SET digest = %s WHERE id = %s", [before, row.pk])
        known: dict[ledger.Place, bytes] = {}
        for entry in LogEntry.objects.order_by("position").select_related("event"):
            leaf = ledger.leaf_hash(entry.event.digest.encode())
            hashes = ledger.grown(entry.position, leaf, known)
            known |= {(entry.position, level): one for level, one in enumerate(hashes)}
            told = [one.hex() for one in hashes]
            cursor.execute(
                "UPDATE alliances_logentry SET hashes = %s WHERE position = %s", [told, entry.position]
            )


def sign_anew() -> None:
    """The insider has the platform's key, too, and writes the rows of checkpoints anew."""
    with connections["owner"].cursor() as cursor:
        for row in Checkpoint.objects.all():
            made = ledger.Checkpoint(row.size, queries.root(row.size), queries.chain.iso(row.at) or "")
            note = ledger.signed(made, platform_key.sign, platform_key.public())
            told = [made.root.hex(), note, row.size]
            cursor.execute("UPDATE alliances_checkpoint SET root = %s, note = %s WHERE size = %s", told)


def test_an_insider_is_found_by_the_checkpoints_that_have_left(real_database: Clone, folder: Path) -> None:
    alliance = operating(forming_world())
    actions.sequence(NOW)
    assert problems(folder) == []
    found = Event.objects.filter(stream=alliance.stream_id, body__contains="maker").earliest("version")
    rewrite(found)
    assert not list(queries.chain.breaks(Event.objects.order_by("stream", "version")))
    assert "checkpoint outside" in " ".join(problems(folder))
    sign_anew()
    assert list(queries.problems([])) == []  # inside, nothing is to be seen
    assert "checkpoint outside" in " ".join(problems(folder))
    with pytest.raises(CommandError, match="checkpoint outside"):
        call_command("verify_log", str(folder / checkpoints.NAME))


def test_a_row_changed_without_its_chain_is_found_where_it_is(real_database: Clone, folder: Path) -> None:
    stream = happen(3)
    actions.sequence(NOW)
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE alliances_event DISABLE TRIGGER USER")
        cursor.execute("UPDATE alliances_event SET kind = 'other' WHERE version = 2")
    assert problems(folder) == [f"stream {stream.pk}, version 2: the digest does not fit what the event says"]
