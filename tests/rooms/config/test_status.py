"""The platform seen from outside: probes that tell the truth, metrics, and the operators' page."""

import json
import re

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import Client

from alliances import tasks
from config import clock, metrics, reconciler, status
from config.celery import app
from tests.builders.firms import person, small_world

pytestmark = pytest.mark.django_db
KNOWN = {job.path for job in reconciler.jobs(app.conf.beat_schedule)}


@pytest.fixture(autouse=True)
def fresh() -> None:
    cache.clear()
    for collector in list(metrics.REGISTRY._collector_to_names):
        if isinstance(collector, metrics.FromDatabase):
            collector.read_at = float("-inf")


def ready(client: Client) -> tuple[int, dict[str, object]]:
    answer = client.get("/health/ready/")
    return answer.status_code, json.loads(answer.content)


def test_ready_says_what_it_found(client: Client) -> None:
    code, found = ready(client)
    assert code == 200
    assert found["database"] is found["migrations"] is found["wakes"] is found["reconciler"] is True
    assert found["status"] == ("ready" if found["deadlines"] else "degraded")


def test_without_a_database_it_is_not_ready_and_says_so_soon(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(status.wake, "address", lambda: {"host": "/nowhere", "dbname": "nothing"})
    code, found = ready(client)
    assert (code, found["status"], found["database"]) == (503, "not ready", False)


def test_with_a_migration_missing_requests_do_not_belong_here(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(status.migrations, "missing", lambda applied: {("firms", "9999_next")})
    code, found = ready(client)
    assert (code, found["migrations"]) == (503, False)


def test_a_broker_that_is_gone_degrades_but_sends_nobody_away(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(django_settings, "REDIS_URL", "redis://127.0.0.1:1/0")
    code, found = ready(client)
    assert (code, found["status"], found["wakes"]) == (200, "degraded", False)


def test_live_is_stuck_when_the_reconciler_has_ended(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert client.get("/health/live/").status_code == 200
    monkeypatch.setattr(reconciler, "is_well", lambda: False)
    assert client.get("/health/live/").status_code == 503


def test_every_job_has_a_name_for_people() -> None:
    assert set(status.LABELS) == KNOWN


def test_metrics_are_for_the_token_and_for_operators(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    world = small_world()
    assert client.get("/metrics").status_code == 302
    client.force_login(world.maker.owner)
    assert client.get("/metrics").status_code == 404
    client.force_login(world.operator)
    assert client.get("/metrics").status_code == 200
    monkeypatch.setattr(django_settings, "METRICS_TOKEN", "s3cret")
    machine = Client()
    assert machine.get("/metrics", headers={"Authorization": "Bearer s3cret"}).status_code == 200
    assert machine.get("/metrics", headers={"Authorization": "Bearer other"}).status_code == 302
    monkeypatch.setattr(django_settings, "METRICS_TOKEN", "")
    assert machine.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 302


def test_metrics_tell_of_work_and_name_nobody() -> None:
    world = small_world()
    tasks.act_on_deadlines()
    told = metrics.text().decode()
    for name in (
        "database_up 1.0",
        'queue_depth{queue="invitations"} 0.0',
        "relay_seconds_count",
        "resyncs_total",
    ):
        assert f"murmuration_{name}" in told
    labels = {
        label for found in re.findall(r"^murmuration_\w+\{(.*)\}", told, re.M) for label in found.split(",")
    }
    names = {label.partition("=")[0] for label in labels}
    assert names <= {
        "kind",
        "code",
        "source",
        "room",
        "method",
        "status",
        "le",
        "job",
        "outcome",
        "queue",
        "state",
    }
    assert str(world.maker.firm.key) not in told


def test_operators_see_how_the_platform_is(client: Client) -> None:
    tasks.act_on_deadlines()
    client.force_login(person("operator", is_operator=True))
    page = client.get("/console/status/").content.decode()
    for said in ("Let the deadlines of alliances act", "Events without a place in the log", "NOTIFY"):
        assert said in page
    assert "Status" in client.get("/console/").content.decode()


def test_queues_count_what_is_due() -> None:
    found = {one.name: one for one in status.queues(clock.now())}
    assert {"invitations", "alliances", "events", "mail", "series", "opportunities"} <= set(found)
    assert all(one.depth == 0 and one.seconds == 0 for one in found.values())
