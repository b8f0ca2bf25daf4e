"""Two web processes and two workers around Valkey, without beat: nothing is lost or done twice, whoever is killed."""

import os
import signal
import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import cycle

import pytest
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from alliances.models import Invitation
from tests.audits import Wrong, audit
from tests.builders.alliances import forming_world, invitation, operating
from tests.databases import Databases, close_connections
from tests.loads import Load, Partner
from tests.platforms import session_of
from tests.processes import server_pid, wait_for
from tests.shapes import Shape, two_hosts

RECOVERY_SECONDS = 30.0  # on a busy machine; the benchmark holds 5 s against it


@pytest.fixture(scope="module")
def shape(
    databases: Databases,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Shape]:
    """The processes, on a database of this module's own."""
    clone = databases.clone()
    with django_db_blocker.unblock():
        databases.point_to(clone.name)
        try:
            with two_hosts(tmp_path_factory.mktemp("shape"), clone) as running:
                yield running
        finally:
            databases.point_to(databases.shared.name)
            databases.drop(clone)


def due_soon(now, seconds: float) -> Invitation:
    """An invitation to an alliance that is being formed, whose time ends soon."""
    found = invitation(forming_world(now).approve(now), "maker")
    Invitation.objects.filter(pk=found.pk).update(due_at=now + timedelta(seconds=seconds))
    return found


def state_of(found: Invitation) -> str:
    return str(Invitation.objects.values_list("state", flat=True).get(pk=found.pk))


def partners(shape: Shape, now) -> tuple[list[Partner], str]:
    """The maker's and the carrier's boards, each at one web process first."""
    world = forming_world(now)
    alliance = operating(world, now)
    webs = cycle(shape.webs)
    users = (world.firms.maker.worker, world.firms.carrier.worker)
    made = [
        Partner(lambda: next(webs), session_of(user), str(alliance.key), f"place {number}")
        for number, user in enumerate(users)
    ]
    return made, str(alliance.key)


def test_without_beat_deadlines_act_and_boards_of_both_hosts_follow(shape: Shape) -> None:
    now = timezone.now()
    found = due_soon(now, 0.0)
    made, _key = partners(shape, now)
    with Load(made) as load:
        wait_for(lambda: all(len(one.answered) > 3 for one in load.partners), seconds=RECOVERY_SECONDS)
        wait_for(lambda: state_of(found) == "expired", seconds=RECOVERY_SECONDS)
        load.rest()
        wait_for(load.is_at_rest, seconds=RECOVERY_SECONDS)
        wait_for(lambda: len({one.version for one in load.partners}) == 1, seconds=RECOVERY_SECONDS)
    assert sum(one.gaps for one in load.partners) == 0
    assert audit(load.answered, [found.pk]) == Wrong()
    told = shape.webs[0].get("/health/ready/").json()
    assert told["status"] == "ready", told


def test_whoever_is_killed_nothing_is_lost_and_nothing_done_twice(shape: Shape, databases: Databases) -> None:
    now = timezone.now()
    expiring = [due_soon(now, seconds) for seconds in (1.0, 3.0)]
    made, _key = partners(shape, now)
    cluster = databases.cluster
    with Load(made) as load:
        wait_for(lambda: all(one.answered for one in load.partners), seconds=RECOVERY_SECONDS)
        for part in (shape.webs[0], shape.workers[0], shape.broker):
            part.kill()
            part.start()
            time.sleep(0.5)
        os.kill(server_pid(cluster.data_dir), signal.SIGKILL)
        wait_for(cluster.has_died)
        cluster.start(durable=False)
        close_connections()
        killed_at = time.monotonic()
        wait_for(lambda: load.all_answered_after(killed_at), seconds=RECOVERY_SECONDS)
        wait_for(lambda: {state_of(one) for one in expiring} == {"expired"}, seconds=RECOVERY_SECONDS)
        load.rest()
        wait_for(load.is_at_rest, seconds=RECOVERY_SECONDS)
    assert sum(one.gaps for one in load.partners) == 0
    assert audit(load.answered, [one.pk for one in expiring]) == Wrong()
