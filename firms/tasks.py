"""What the beat asks of the firms' room; the table of times is in config/celery.py."""

from celery import shared_task

from config import clock
from config.alone import alone
from firms import actions


@shared_task
@alone
def act_on_deadlines() -> None:
    actions.act(clock.now())


@shared_task
@alone
def work_on_sheets() -> None:
    actions.work_on_sheets(clock.now(), instant=clock.instant())
