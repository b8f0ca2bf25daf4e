"""Celery's door: the clock looks at the alliances, and the post goes out."""

from celery import shared_task

from alliances import actions
from config import clock
from config.alone import alone


@shared_task
@alone
def act_on_deadlines() -> None:
    actions.act(clock.now())


@shared_task
@alone
def sequence_events() -> None:
    actions.sequence(clock.now())


@shared_task
@alone
def look_for_residues() -> None:
    actions.sweep(clock.now())


@shared_task
@alone
def send_mail() -> None:
    actions.deliver(clock.now(), instant=clock.instant())


@shared_task
@alone
def push_out() -> None:
    actions.push_out(clock.now(), instant=clock.instant())
