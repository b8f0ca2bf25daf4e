"""Celery's door to the sample world."""

from celery import shared_task
from django.conf import settings

from config import clock
from config.alone import alone
from config.sample import director


@shared_task
@alone
def act() -> None:
    if settings.SAMPLE_WORLD:
        director.act(clock.now())
