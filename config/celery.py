"""The pump: what is done again and again, all on one page. Deadlines are rows; a missed beat costs only time."""

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging, worker_init, worker_process_init

from config import reconciler
from config.environment import KEEPALIVE
from config.garbage import spare_what_is_loaded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

REDIS_URL = os.environ.get("REDIS_URL", "")
SECOND = 1.0
# a broker that was cut off is noticed; and what it lost is not waited for: the reconciler does it
LINE = {"socket_connect_timeout": 2.0, "socket_keepalive": True, "socket_keepalive_options": KEEPALIVE}

app = Celery("murmuration", broker=REDIS_URL or "memory://localhost")
app.conf.update(
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_transport_options=LINE if REDIS_URL else {"polling_interval": 0.005},
    timezone="UTC",
    beat_schedule_filename=os.environ.get("CELERY_BEAT_FILE", "celerybeat-schedule"),
    beat_schedule={
        "feed the recorded market": {"task": "matching.tasks.feed_recorded_market", "schedule": SECOND},
        "watch the market": {"task": "matching.tasks.watch_market", "schedule": SECOND},
        "make proposals": {"task": "matching.tasks.make_proposals", "schedule": SECOND},
        "let deadlines act": {"task": "alliances.tasks.act_on_deadlines", "schedule": SECOND},
        "let firms' deadlines act": {"task": "firms.tasks.act_on_deadlines", "schedule": 10 * SECOND},
        "read and take in spreadsheets": {"task": "firms.tasks.work_on_sheets", "schedule": SECOND},
        "sequence the record": {"task": "alliances.tasks.sequence_events", "schedule": SECOND},
        "look for residues": {"task": "alliances.tasks.look_for_residues", "schedule": 60 * SECOND},
        "send e-mails": {"task": "alliances.tasks.send_mail", "schedule": SECOND},
        "tell devices and robots": {"task": "alliances.tasks.push_out", "schedule": SECOND},
        "let the sample world act": {"task": "config.sample.tasks.act", "schedule": SECOND},
    },
)
# a beat that finds the last one unfinished must not pile up
for entry in app.conf.beat_schedule.values():
    entry["options"] = {"expires": 10 * SECOND}
app.autodiscover_tasks(["firms", "matching", "alliances", "config.sample"])


@worker_init.connect
def _spare_what_is_loaded(**_: Any) -> None:
    """Before children are made, so that they share it."""
    spare_what_is_loaded()


@worker_process_init.connect
def _reconcile(**_: Any) -> None:
    """In each child, not in the worker's own process: children would inherit its connection, and with it its locks."""
    reconciler.start(app.conf.beat_schedule, reconciler.WORKERS_PATIENCE)


@setup_logging.connect
def _leave_logging_alone(**_: Any) -> None:
    """The settings have set it up; Celery does so only when nobody listens here."""
