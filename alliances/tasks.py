"""Celery's door: the clock looks at the alliances."""

from celery import shared_task

from alliances import actions
from config import clock


@shared_task
def act_on_deadlines() -> None:
    actions.act(clock.now())
