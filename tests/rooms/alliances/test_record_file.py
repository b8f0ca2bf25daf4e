"""A downloaded record: who gets what, that it can be checked offline, and that no change of it goes unseen."""

import copy
import json
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import reverse

from alliances import actions, ledger
from alliances.ledger import verify_record
from alliances.models import Alliance, Invitation
from alliances.queries import sealed
from config import platform_key
from firms.models import User
from tests.builders.alliances import (
    DAY,
    HOUR,
    NOW,
    World,
    confirm_all,
    decline,
    dissolved,
    forming_world,
    fresh,
    invitation,
    operating,
    settling,
)

pytestmark = pytest.mark.usefixtures("savepoint")
END = NOW + DAY + HOUR
PROGRAM = Path(verify_record.__file__)
Record = dict[str, Any]


def key() -> str:
    return ledger.verifier_key(platform_key.public())


def problems(record: Record | bytes | str) -> list[str]:
    raw = (
        record
        if isinstance(record, bytes)
        else record.encode()
        if isinstance(record, str)
        else packed(record)
    )
    return list(verify_record.check(raw, key()))


def packed(record: Record) -> bytes:
    return verify_record.canonical(record)


def sealed_anew(record: Record) -> Record:
    """As an insider would send it: what is changed is sealed by the platform again."""
    content = {name: value for name, value in record.items() if name != "seal"}
    return {**content, "seal": platform_key.sign(packed(content)).hex()}


def lived(world: World) -> Alliance:
    """An alliance whose first maker declined, and was not told who took the seat."""
    alliance = world.approve()
    decline(invitation(alliance, "maker"))
    for waiting in Invitation.objects.filter(state="pending", seat__is_mandatory=True):
        owner = waiting.firm.members.get(role="owner").user.actor
        actions.accept(owner, str(waiting.key), terms_hash=waiting.terms_hash, now=NOW)
    return alliance


def settled(world: World) -> Alliance:
    alliance = settling(world)
    actions.object_(
        world.firms.carrier.owner.actor, str(alliance.key), text="units are missing", now=NOW + DAY
    )
    objection = alliance.settlement.objections.get()
    actions.answer_objection(world.operator, objection.pk, answer="they were counted twice", now=NOW + DAY)
    confirm_all(alliance, END)
    actions.sequence(END)
    return fresh(alliance)


@pytest.fixture
def alliance(world: World) -> Alliance:
    return settled(world)


@pytest.fixture(scope="module")
def file(module_transaction: None, tmp_path_factory: pytest.TempPathFactory) -> str:
    """One record for all tests that change it; nothing of the alliance is left for the others."""
    settings.CHECKPOINTS_DIR = tmp_path_factory.mktemp("checkpoints")
    with transaction.atomic():
        text = sealed.record_file(settled(forming_world()), None, END)
        transaction.set_rollback(True)
    return text


@pytest.fixture
def record(file: str) -> Record:
    return dict(json.loads(file))


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_the_program_is_one_page() -> None:
    assert len(PROGRAM.read_text().splitlines()) <= 100


def test_an_untouched_record_holds_offline(alliance: Alliance, tmp_path: Path) -> None:
    assert alliance.state == "dissolved"
    file = tmp_path / "record.json"
    file.write_text(sealed.record_file(alliance, None, END))
    assert problems(file.read_bytes()) == []
    done = run(file, key())
    assert (done.returncode, done.stdout) == (0, "the record holds up to its checkpoint\n")
    assert "warning" in run(file).stdout
    file.write_bytes(file.read_bytes().replace(b"units are missing", b"units are complete"))
    done = run(file, key())
    assert done.returncode == 1
    assert "note is not the one that was written" in done.stdout


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    """The program as a stranger runs it: without our package, in isolated mode."""
    command = [sys.executable, "-I", str(PROGRAM), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_another_platforms_key_did_not_seal_it(record: Record) -> None:
    other = ledger.verifier_key(bytes(range(32)))
    assert list(verify_record.check(packed(record), other))


def test_a_change_of_any_one_byte_is_found(record: Record) -> None:
    raw, chance = packed(record), random.Random(10)
    for _ in range(400):
        at = chance.randrange(len(raw))
        other = raw[:at] + bytes([raw[at] ^ 1 << chance.randrange(8)]) + raw[at + 1 :]
        assert problems(other), (at, raw[at - 20 : at + 20])
    for blank in (b" ", b"\n"):
        assert problems(raw + blank)
        assert problems(raw.replace(b":", b":" + blank, 1))


# -- 1,000 random changes, sealed anew by an insider who has the platform's key but not its past checkpoints --


def edit(record: Record, chance: random.Random) -> None:
    event = any_event(record, chance)
    name = chance.choice(["header", "body", "digest"])
    at = chance.randrange(len(event[name]))
    swapped = chance.choice([c for c in "0123456789abcdefxyz" if c != event[name][at]])
    event[name] = event[name][:at] + swapped + event[name][at + 1 :]


def delete(record: Record, chance: random.Random) -> None:
    events = any_events(record, chance)
    del events[chance.randrange(len(events))]


def insert(record: Record, chance: random.Random) -> None:
    events = any_events(record, chance)
    events.insert(chance.randrange(len(events) + 1), copy.deepcopy(any_event(record, chance)))


def swap(record: Record, chance: random.Random) -> None:
    events = next(row["events"] for row in record["streams"] if row["kind"] == "alliance")
    one, other = chance.sample(range(len(events)), 2)
    events[one], events[other] = events[other], events[one]


def truncate(record: Record, chance: random.Random) -> None:
    events = any_events(record, chance)
    del events[chance.randrange(len(events)) :]


def chain_anew(record: Record, chance: random.Random) -> None:
    """Change what was said and compute the whole chain anew: only the log gives it away."""
    stream = chance.choice([row for row in record["streams"] if row["events"]])
    event = chance.choice(stream["events"])
    event["body"] = event["body"].replace('"changes":{', '"changes":{"extra":1,', 1)
    before = ""
    for row in stream["events"]:
        row["digest"] = verify_record.sha(f"{before}{row['header']}{row['body']}".encode()).hex()
        before = row["digest"]


def any_events(record: Record, chance: random.Random) -> list[Record]:
    return list_of(chance.choice([row for row in record["streams"] if row["events"]]))


def list_of(stream: Record) -> list[Record]:
    found: list[Record] = stream["events"]
    return found


def any_event(record: Record, chance: random.Random) -> Record:
    return chance.choice(any_events(record, chance))


CHANGES: list[Callable[[Record, random.Random], None]] = [edit, delete, insert, swap, truncate, chain_anew]


def test_a_thousand_random_changes_are_all_found(record: Record) -> None:
    chance, kinds = random.Random(3), {change.__name__: 0 for change in CHANGES}
    for number in range(1_000):
        changed = copy.deepcopy(record)
        change = CHANGES[number % len(CHANGES)]
        change(changed, chance)
        assert changed != record
        assert problems(sealed_anew(changed)), (number, change.__name__)
        kinds[change.__name__] += 1
    assert min(kinds.values()) > 160
    assert problems(sealed_anew(copy.deepcopy(record))) == []


def test_what_is_found_is_told_with_its_place(record: Record) -> None:
    stream = next(row for row in record["streams"] if row["kind"] == "alliance")
    stream["events"][2]["body"] = stream["events"][2]["body"].replace("e", "a", 1)
    assert any(f"stream {stream['id']}, version 3: this is not what" in one for one in problems(record))
    del stream["events"][-1]
    assert any(f"of its {stream['version']} versions are here" in one for one in problems(record))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda inputs, last: inputs["terms"].pop(), "not the inputs"),
        (lambda inputs, last: last["shares"][0].update(amount_minor=1), "not the sum of its lines"),
        (lambda inputs, last: last["shares"][0]["reasons"][0].update(amount_minor=1), "has no mirror"),
    ],
)
def test_a_settlement_that_does_not_add_up_is_found(record: Record, change: Any, told: str) -> None:
    stream = next(row for row in record["streams"] if row["kind"] == "alliance")
    event = [one for one in stream["events"] if '"settlement":{' in one["body"]][-1]
    body = json.loads(event["body"])
    change(record["settlement"], body["changes"]["settlement"])
    event["body"] = packed(body).decode()
    assert any(told in one for one in problems(record))


# -- who gets what --


def test_a_partner_gets_its_own_streams_and_no_others(world: World) -> None:
    alliance = lived(world)
    actions.act(NOW)
    actions.sequence(NOW)
    shown = json.loads(browser(world.firms.carrier.owner).get(address("record-file", alliance)).content)
    assert sorted(row["kind"] for row in shown["streams"]) == ["alliance", "invitation"]
    mine = Invitation.objects.get(seat__alliance=alliance, firm_id=world.firms.carrier.id)
    assert str(mine.stream_id) in [row["id"] for row in shown["streams"]]
    assert world.firms.maker.key not in json.dumps(shown)
    whole = json.loads(browser(world.firms.operator).get(address("record-file", alliance)).content)
    assert {row["kind"] for row in whole["streams"]} == {"alliance", "forming", "invitation"}
    assert problems(packed(shown)) == problems(packed(whole)) == []


def address(name: str, alliance: Alliance) -> str:
    return reverse(f"alliances:{name}", args=[alliance.key])


def test_after_the_end_the_record_is_all_that_is_left_to_a_partner(world: World, alliance: Alliance) -> None:
    maker = world.firms.maker
    for name in ("record", "record-file", "checkpoint"):
        answers = [
            browser(user).get(address(name, alliance)).status_code
            for user in (
                maker.owner,
                maker.manager,
                maker.worker,
                world.firms.outsider.owner,
                world.rival.owner,
            )
        ]
        assert answers == [200, 200, 404, 404, 404], name
    assert browser(maker.owner).get(address("board", alliance)).status_code == 404
    assert problems(browser(maker.owner).get(address("record-file", alliance)).content) == []
    desk = browser(maker.owner).get("/desk/").content.decode()
    assert address("record", alliance) in desk
    assert address("record", alliance) not in browser(maker.worker).get("/desk/").content.decode()


def test_while_it_works_everybody_at_the_board_may_have_the_record(world: World) -> None:
    alliance = operating(world)
    worker = browser(world.firms.maker.worker)
    assert worker.get(address("record-file", alliance)).status_code == 404  # nothing covers it yet
    assert "No checkpoint" in worker.get(address("record", alliance)).content.decode()
    actions.sequence(NOW)
    actions.start(world.firms.maker.worker.actor, alliance.tasks.get(code="M1").pk, now=NOW)
    assert 'id="exposed">1<' in worker.get(address("record", alliance)).content.decode()
    answer = worker.get(address("record-file", alliance))
    assert answer["Content-Disposition"].endswith(f'record-{alliance.key}.json"')
    assert problems(answer.content) == []
    last = next(row for row in json.loads(answer.content)["streams"] if row["kind"] == "alliance")["events"][
        -1
    ]
    assert (last["position"], last["path"]) == (None, None)


def test_operators_see_how_much_is_exposed(world: World) -> None:
    alliance = operating(world)
    shown = browser(world.firms.operator).get(address("detail", alliance)).content.decode()
    assert "events since the last checkpoint of the record" in shown


def test_the_program_is_there_to_be_downloaded(world: World) -> None:
    answer = browser(world.firms.outsider.owner).get(reverse("alliances:verifier"))
    assert answer.content == PROGRAM.read_bytes()


def test_a_sealed_record_without_its_cover_does_not_pass(world: World) -> None:
    actions.sequence(NOW)
    other = operating(forming_world())
    actions.sequence(NOW + HOUR)
    alliance = dissolved(world)
    assert other.pk != alliance.pk
    assert any("no checkpoint" in one or "does not cover" in one for one in problems(
        sealed.record_file(alliance, None, END)))  # fmt: skip
