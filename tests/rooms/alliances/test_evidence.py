"""Evidence: who may hand it in and fetch it, what is taken, what the record knows of it, and that it can be erased."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from alliances import actions
from alliances.actions.evidence import CLEANING
from alliances.models import Alliance, Event, Evidence, Grant, Task, TaskTemplate
from alliances.playbook import first_template, template_body
from alliances.queries import evidence
from config import clock
from config.rows import Missing, Refused
from firms.models import User
from matching.blueprint import Route
from tests.builders.alliances import DAY, NOW, World, do, forming_world, fresh, operating, task, worker

pytestmark = pytest.mark.usefixtures("savepoint")
PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture(scope="module")
def built(module_transaction: None) -> World:
    clock.set_pace(1.0, start_at=NOW)
    world = forming_world()
    operating(world)
    return world


@pytest.fixture
def alliance(world: World) -> Alliance:
    return operating(world)


@pytest.fixture
def first(alliance: Alliance) -> Task:
    return task(alliance, "M1")


def photo(colour: str = "red") -> bytes:
    out = BytesIO()
    Image.new("RGB", (30, 20), colour).save(out, "JPEG")
    return out.getvalue()


def browser(user: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def send(user: User, first: Task, content: bytes | None, name: str = "lot.jpg", **more: Any) -> Any:
    address = reverse("alliances:post-evidence", args=[first.alliance.key, first.pk])
    file = {} if content is None else {"file": SimpleUploadedFile(name, content)}
    return browser(user).post(address, {**file, **more}, headers={"accept": "application/json"})


def address(piece: Evidence) -> str:
    return reverse("alliances:evidence", args=[piece.task.alliance.key, piece.key])


def stored() -> set[Path]:
    return {path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()}


# -- handing in --


def test_a_photo_comes_in_with_a_note_and_a_count_and_goes_out_clean(world: World, first: Task) -> None:
    before = stored()
    answer = send(
        world.firms.maker.worker, first, photo() + b"<script>", text="looks well", good_units=95, bad_units=5
    )
    assert answer.status_code == 200, answer.content
    piece = Evidence.objects.get()
    assert (piece.kind, piece.name, piece.good_units, piece.bad_units) == ("photo", "lot.jpg", 95, 5)
    assert (piece.firm_id, piece.note.text) == (world.firms.maker.id, "looks well")  # type: ignore[union-attr]
    assert len(stored() - before) == 2
    assert "lot" not in piece.path
    got = browser(world.firms.carrier.owner).get(address(piece))
    assert (got.status_code, got["Content-Type"]) == (200, "image/jpeg")
    assert got["Content-Disposition"] == 'attachment; filename="lot.jpg"'
    assert (got["X-Content-Type-Options"], got["Cache-Control"]) == ("nosniff", "private, no-store")
    assert b"<script>" not in got.content
    assert browser(world.operator_user).get(address(piece) + "?small").status_code == 200


def test_what_is_sent_twice_on_a_bad_line_is_there_once(world: World, first: Task) -> None:
    answers = [send(world.firms.maker.worker, first, photo(), command_id="once").json() for _ in range(2)]
    assert answers[0] == answers[1]
    assert (Evidence.objects.count(), task(first.alliance, "M1").evidence_count) == (1, 1)
    send(
        world.firms.maker.worker, first, photo("blue"), command_id="once"
    )  # from the same page, gone back to
    assert Evidence.objects.count() == 2


def test_the_record_knows_only_salted_hashes_and_counts(world: World, first: Task) -> None:
    send(world.firms.maker.worker, first, photo(), "maria at work.jpg", text="by Maria", good_units=3)
    event = Event.objects.filter(stream=first.alliance.stream).latest("version")
    told = json.loads(event.body)
    (row,) = told["changes"]["evidence"].values()
    piece = Evidence.objects.get()
    assert event.kind == "evidence_posted"
    assert (row["good_units"], row["bad_units"], row["kind"]) == (3, None, "photo")
    assert "maria" not in event.body.lower()
    assert piece.sha256 not in event.body
    assert piece.salt not in event.body
    assert len(row["content_hash"]) == len(told["note_hash"]) == 64


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"<svg onload='alert(1)'/>", "lot.jpg", "wrong_type"),
        (b"", "lot.jpg", "wrong_type"),
        (b"MZ\x90\x00", "lot.png", "wrong_type"),
        (PDF + b"PK\x05\x06", "lot.pdf", "broken"),
        (PDF.replace(b"/Catalog", b"/Catalog /S /JavaScript"), "lot.pdf", "active_content"),
        (photo()[:200], "lot.jpg", "broken"),
        (photo() + b"\0" * 9_000, "lot.jpg", "file_too_large"),
    ],
)
def test_what_is_not_taken_leaves_nothing(
    world: World, first: Task, content: bytes, name: str, code: str, settings: Any
) -> None:
    settings.EVIDENCE_MAX_BYTES = 8_000
    before = stored()
    answer = send(world.firms.maker.worker, first, content, name)
    assert (answer.status_code, answer.json()["code"]) == (409, code)
    assert (Evidence.objects.count(), stored()) == (0, before)


@pytest.mark.parametrize("name", ["../../../etc/cron.d/x.jpg", "..\\x.jpg", "/etc/passwd", "x\r\ny: z.jpg"])
def test_a_path_in_a_name_leads_nowhere(world: World, first: Task, name: str) -> None:
    before = stored()
    assert send(world.firms.maker.worker, first, PDF, name).status_code == 200
    root = Path(settings.MEDIA_ROOT) / "evidence" / str(first.alliance.key)
    assert all(path.parent == root for path in stored() - before)
    assert not {"/", "\\", "\n"} & set(Evidence.objects.get().name)


@pytest.mark.parametrize(
    ("sent", "code"),
    [({}, "evidence_missing"), ({"text": "  "}, "evidence_missing"), ({"good_units": "-1"}, "invalid")],
)
def test_nothing_is_no_evidence(world: World, first: Task, sent: dict[str, str], code: str) -> None:
    assert send(world.firms.maker.worker, first, None, **sent).json()["code"] == code


def test_only_who_may_work_on_the_task_hands_something_in(world: World, first: Task) -> None:
    for stranger in (world.firms.carrier.worker, world.firms.outsider.owner):
        with pytest.raises(Missing):
            actions.post_evidence(stranger.actor, first.pk, text="look", now=NOW)
        assert send(stranger, first, photo()).status_code == 404


def test_nobody_decodes_the_file_of_somebody_who_may_not_hand_it_in(world: World, first: Task) -> None:
    broken = photo()[:200]
    assert send(world.firms.carrier.worker, first, broken).status_code == 404
    Task.objects.filter(pk=first.pk).update(evidence_count=40)
    assert send(world.firms.maker.worker, first, broken).json()["code"] == "too_much_evidence"


def test_photos_are_decoded_one_at_a_time(world: World, first: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alliances.actions.evidence.PATIENCE_SECONDS", 0.01)
    with CLEANING:
        assert send(world.firms.maker.worker, first, photo()).json()["code"] == "many_files"
        assert send(world.firms.maker.worker, first, None, text="a note").status_code == 200
    assert send(world.firms.maker.worker, first, photo()).status_code == 200


def test_there_is_an_end_to_it(world: World, first: Task) -> None:
    Task.objects.filter(pk=first.pk).update(evidence_count=40)
    with pytest.raises(Refused, match="too_much_evidence"):
        actions.post_evidence(worker(first), first.pk, text="more", now=NOW)


# -- who gets it --


def test_to_all_others_a_file_does_not_exist(world: World, first: Task) -> None:
    send(world.firms.maker.worker, first, PDF)
    piece = Evidence.objects.get()
    assert browser(world.firms.outsider.owner).get(address(piece)).status_code == 404
    assert Client().get(address(piece)).status_code == 302
    other = operating(forming_world(firms=world.firms))
    elsewhere = reverse("alliances:evidence", args=[other.key, piece.key])
    assert browser(world.firms.maker.owner).get(elsewhere).status_code == 404
    assert browser(world.firms.maker.owner).get(address(piece) + "?small").status_code == 404
    assert browser(world.firms.maker.owner).get(f"/media/{piece.path}").status_code == 404


def test_access_ends_with_the_grant_and_with_the_alliance(world: World, first: Task) -> None:
    send(world.firms.maker.worker, first, PDF)
    piece = Evidence.objects.get()
    Grant.objects.filter(alliance=first.alliance, firm=world.firms.carrier.firm).update(ended_at=NOW)
    assert browser(world.firms.carrier.owner).get(address(piece)).status_code == 404
    assert browser(world.firms.maker.owner).get(address(piece)).status_code == 200
    Alliance.objects.filter(pk=first.alliance_id).update(
        state="dissolved", dissolved_at=NOW, root_hash="1" * 64
    )
    for user in (world.firms.maker.owner, world.operator_user):
        assert browser(user).get(address(piece)).status_code == 404


# -- what needs it --


def test_a_task_whose_template_asks_for_evidence_cannot_end_without(savepoint: None) -> None:
    world = forming_world()
    body = template_body(first_template(Route.B))
    body["M1"]["evidence"] = True
    TaskTemplate.objects.create(route="B", version=2, body=body, made_at=NOW, approved_at=NOW)
    alliance = operating(world)
    first = task(alliance, "M1")
    actions.start(worker(first), first.pk, now=NOW)
    with pytest.raises(Refused, match="evidence") as refused:
        actions.finish(worker(first), first.pk, now=NOW)
    assert str(refused.value.text) == "Add the evidence first."
    shown = browser(world.firms.maker.worker).get(reverse("alliances:board", args=[alliance.key]))
    assert "Add the evidence first" in shown.content.decode()
    actions.post_evidence(worker(first), first.pk, text="measured", now=NOW)
    actions.finish(worker(first), first.pk, now=NOW)
    do(task(alliance, "M2"))  # which asks for none


# -- erasing --


def test_what_a_person_handed_in_and_said_is_erased_and_the_record_stays(world: World, first: Task) -> None:
    user, before = world.firms.maker.worker, stored()
    send(user, first, photo(), "maria.jpg", text="by Maria")
    actions.comment(user.actor, first.pk, text="Maria was here", now=NOW)
    actions.comment(world.firms.carrier.worker.actor, first.pk, text="I stay", now=NOW)
    given = evidence.contributions_of(user.pk)
    assert [(row["text"], row.get("file")) for row in given] == [
        ("by Maria", "maria.jpg"),
        ("Maria was here", None),
    ]
    digests = list(Event.objects.order_by("pk").values_list("digest", "body"))
    assert actions.erase_contributions(user.pk, now=NOW + DAY) == {"evidence": 1, "comments": 1}
    piece = Evidence.objects.get()
    assert (piece.path, piece.name, piece.sha256, piece.author) == ("", "", "", None)
    assert (piece.note.text, piece.note.salt) == ("", "")  # type: ignore[union-attr]
    assert [one.note.text for one in first.comments.all()] == ["", "I stay"]
    assert list(Event.objects.order_by("pk").values_list("digest", "body")) == digests
    assert browser(user).get(address(piece)).status_code == 404
    assert (
        browser(user).get(reverse("alliances:task-page", args=[first.alliance.key, first.pk])).status_code
        == 200
    )
    assert actions.erase_contributions(user.pk, now=NOW + DAY) == {"evidence": 0, "comments": 0}
    assert stored() >= before
    assert fresh(first.alliance).state == "operating"
