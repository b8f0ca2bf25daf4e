"""The days that alliances took are adopted; proposals that nobody has decided on are made again with them."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from config.rows import Actor, Missing
from config.wake import wake
from matching.blueprint import Days
from matching.models import Opportunity, TaskDays


@transaction.atomic
def set_durations(actor: Actor, route: str, days: Mapping[str, Days], *, now: datetime) -> None:
    """Plan these tasks of a route with these days from now on; the others stay as they are."""
    if not actor.is_operator or actor.user_id is None:
        raise Missing()
    TaskDays.objects.bulk_create(
        (
            TaskDays(
                route=route,
                code=code,
                low=one.low,
                likely=one.likely,
                high=one.high,
                set_at=now,
                set_by_id=actor.user_id,
            )
            for code, one in days.items()
        ),
        update_conflicts=True,
        unique_fields=["route", "code"],
        update_fields=["low", "likely", "high", "set_at", "set_by"],
    )
    Opportunity.objects.undecided().update(state=Opportunity.State.OPEN, propose_at=now)
    wake("console")
