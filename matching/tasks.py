"""What the beat asks of the market's room; the table of times is in config/celery.py."""

from celery import shared_task

from config import clock
from config.alone import alone
from matching import actions


@shared_task
@alone
def feed_recorded_market() -> None:
    actions.feed_day(clock.now())


@shared_task
@alone
def watch_market() -> None:
    now = clock.now()
    actions.notice(now)
    actions.answer_spikes(now)
    actions.expire_opportunities(now)
    actions.look_back(now)


@shared_task
@alone
def make_proposals() -> None:
    now = clock.now()
    actions.replan_gone(now)
    actions.propose_due(now)
