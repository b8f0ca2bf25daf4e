"""Rounds of periodic jobs leave a row; what is overdue is done by whoever looks."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from config import reconciler
from config.alone import alone
from config.celery import app
from config.models import Round
from config.reconciler import Job, Reconciler, ages, jobs, overdue

HERE = __name__
done: list[str] = []


@alone
def work() -> None:
    done.append("work")


@alone
def fail() -> None:
    done.append("fail")
    raise ZeroDivisionError


WORK, FAIL = Job(f"{HERE}.work", 1.0), Job(f"{HERE}.fail", 1.0)


@pytest.fixture(autouse=True)
def nothing_done() -> None:
    done.clear()


def test_what_is_overdue_is_what_lies_too_long_ago_or_never_was() -> None:
    known = [Job("a", 1.0), Job("b", 60.0), Job("c", 1.0)]
    assert overdue(known, {"a": 1.9, "b": 61.1}, 1.0) == [known[1], known[2]]
    assert overdue(known, {"a": 2.1, "b": 60.9, "c": 0.0}, 1.0) == [known[0]]


def test_every_job_of_the_beat_can_be_done_without_it() -> None:
    for job in jobs(app.conf.beat_schedule):
        assert callable(reconciler.import_string(job.path))
        assert job.every > 0


@pytest.mark.django_db
def test_a_round_leaves_its_time_and_who_did_it() -> None:
    work()
    kept = Round.objects.get(job=WORK.path)
    assert kept.done_at is not None
    assert timezone.now() - kept.done_at < timedelta(seconds=5)
    assert kept.failed_at is None
    assert ages()[WORK.path] < 5


@pytest.mark.django_db
def test_an_overdue_job_is_done_once_and_not_again_before_its_time() -> None:
    looker = Reconciler([WORK], patience=1.0)
    assert [looker.look(), looker.look()] == [1, 0]
    assert done == ["work"]
    Round.objects.update(done_at=timezone.now() - timedelta(seconds=3))
    assert looker.look() == 1
    assert done == ["work", "work"]


@pytest.mark.django_db
def test_a_job_that_fails_holds_up_no_other_and_is_not_tried_again_at_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    looker = Reconciler([FAIL, WORK], patience=1.0)
    assert [looker.look(), looker.look()] == [2, 0]
    assert done == ["fail", "work"]
    kept = Round.objects.get(job=FAIL.path)
    assert (kept.done_at, kept.failed_at is None) == (None, False)
    assert "test_reconciler.fail failed" in caplog.text


def test_while_one_process_is_at_it_the_others_pass(real_database: object) -> None:
    entered, leave = threading.Event(), threading.Event()

    @alone
    def slow() -> None:
        done.append("slow")
        entered.set()
        leave.wait(10)

    def run() -> None:
        slow()
        connection.close()

    first = threading.Thread(target=run)
    first.start()
    assert entered.wait(10)
    slow()
    leave.set()
    first.join()
    assert done == ["slow"]


def test_it_looks_in_its_own_thread_until_it_is_stopped(
    real_database: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconciler, "TICK_SECONDS", 0.01)
    found = threading.Event()
    monkeypatch.setattr(Reconciler, "look", lambda self: found.set())
    reconciler.start({"work": {"task": WORK.path, "schedule": 1.0}}, 1.0)
    assert found.wait(10)
    assert reconciler.is_well()
    reconciler.stop()
    assert not [thread for thread in threading.enumerate() if thread.name == "reconciler"]
