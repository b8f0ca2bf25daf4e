"""What waits to be done: how much, and for how long. Each room says what waits in it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, QuerySet

from config.rows import Text


@dataclass(frozen=True)
class Queue:
    """`name` is for programs, `label` for people; `seconds` is how long the oldest has been waiting (market time)."""

    name: str
    label: Text
    depth: int
    seconds: float


def queue(name: str, label: Text, rows: "QuerySet[Any]", since: str, now: datetime) -> Queue:
    """Count rows that wait, and ask the column `since` for the oldest."""
    found = rows.order_by().aggregate(depth=Count("pk"), oldest=Min(since))
    seconds = (now - found["oldest"]).total_seconds() if found["oldest"] else 0.0
    return Queue(name, label, found["depth"], max(0.0, seconds))
