"""How much waits for the clock in this room; what operators and their monitoring look at."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from config.queues import Queue, queue
from matching.models import Opportunity, Series, Spike


def queues(now: datetime) -> list[Queue]:
    """What is due and not done yet."""
    return [
        queue("series", _("Series to look at"), Series.objects.changed(), "changed_at", now),
        queue("spikes", _("Surges without an answer"), Spike.objects.waiting(), "noticed_at", now),
        queue(
            "opportunities",
            _("Opportunities without proposals"),
            Opportunity.objects.due(now),
            "propose_at",
            now,
        ),
    ]
