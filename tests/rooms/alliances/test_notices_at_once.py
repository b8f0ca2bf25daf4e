"""Two processes look at the same moment: everybody is told once, and each step of the ladder is taken once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.core import mail
from django.db import connections

from alliances import actions
from alliances.escalation import Step
from alliances.models import Alliance, Notice
from tests.builders.alliances import DAY, HOUR, NOW, forming_world, operating, task


def in_parallel(step: Callable[[], object]) -> None:
    ready = Barrier(2)

    def run(_number: int) -> None:
        try:
            ready.wait()
            step()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run, range(2)))


def test_two_processes_send_one_email(real_database: object) -> None:
    alliance: Alliance = forming_world().approve()
    in_parallel(lambda: actions.act(NOW + 24 * HOUR))
    assert Notice.objects.filter(kind="invitation_reminder", user__name="Owner").count() == 4
    Notice.objects.exclude(kind="invitation").update(send_at=None)
    sent: list[str] = []
    in_parallel(lambda: sent.append(str(actions.deliver(NOW + 24 * HOUR, instant=NOW + 24 * HOUR))))
    assert sum(map(int, sent)) == Notice.objects.filter(alliance=alliance, kind="invitation").count()
    ids = [one.extra_headers["Message-ID"] for one in mail.outbox]
    assert len(ids) == len(set(ids)) == sum(map(int, sent))


def test_two_processes_take_one_step_of_the_ladder(real_database: object) -> None:
    world = forming_world()
    alliance = operating(world)
    due = task(alliance, "M1").due_at
    in_parallel(lambda: actions.act(due + DAY))
    told = Notice.objects.filter(user=world.firms.maker.owner, kind__startswith="task")
    assert list(told.values_list("kind", flat=True)) == ["task_due"]
    assert Step(task(alliance, "M1").ladder_step) == Step.MANAGER
