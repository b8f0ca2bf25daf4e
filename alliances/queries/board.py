"""What a board shows: an alliance or an invitation at a version, its story, and its people's names."""

import json
from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import prefetch_related_objects

from alliances.models import Alliance, Event, Invitation, Settlement, Stream
from alliances.queries.rows import (
    Row,
    Rows,
    alliance_row,
    dispute_row,
    dispute_rows,
    forecast_row,
    invitation_row,
    iso,
    seat_row,
    seat_rows,
    settlement_row,
    stock_row,
    stock_rows,
    task_row,
    task_rows,
)

__all__ = [
    "Row",
    "Rows",
    "alliance_row",
    "dispute_row",
    "dispute_rows",
    "forecast_row",
    "invitation_row",
    "invitation_snapshot",
    "people",
    "seat_row",
    "seat_rows",
    "settlement_row",
    "snapshot",
    "stock_row",
    "stock_rows",
    "task_row",
    "task_rows",
]

LOG_LENGTH = 40
NAMED_IN_A_LINE = 3
ABOUT = {  # the state of what is meant, among all that an event changed
    "launched": "ready",
    "started": "started",
    "finished": "finished",
    "reopened": "started",
}


def snapshot(alliance: Alliance) -> dict[str, Any]:
    """The whole board: epoch, version, log and people, and all public rows of the alliance by kind.

    Events after `version` may already be in the rows; applying them again changes nothing in the end.
    """
    stream = Stream.objects.get(pk=alliance.stream_id or alliance.forming_id)  # first: rows may only be newer
    alliance = Alliance.objects.get(pk=alliance.pk)
    settlement = Settlement.objects.filter(alliance=alliance).first()
    return {
        **_head(stream),
        "alliance": alliance_row(alliance),
        "seats": seat_rows(alliance.seats.order_by("pk")),
        "tasks": task_rows(alliance.tasks.all()),
        "forecast": alliance.forecast,
        "stock": stock_rows(alliance.stock_reports.order_by("pk")),
        "settlement": settlement_row(settlement) if settlement else None,
        "disputes": dispute_rows(alliance.disputes.all()),
    }


def invitation_snapshot(invitation: Invitation) -> dict[str, Any]:
    """The state of one invitation for the firm that holds it: nothing tells it about other firms."""
    stream = Stream.objects.get(pk=invitation.stream_id)
    fresh = Invitation.objects.select_related("seat").get(pk=invitation.pk)
    return {**_head(stream), "invitation": invitation_row(fresh)}


def people(pseudonyms: Iterable[str]) -> dict[str, str]:
    """Names to show for the pseudonyms of the record; who was forgotten, and the clock, are not in it."""
    wanted = {pseudonym for pseudonym in pseudonyms if len(pseudonym) == 36}
    users = get_user_model()._default_manager.filter(pseudonym__in=wanted).order_by("pk")
    return {str(user.pseudonym): user.name for user in users if user.name}


def line(event: Event) -> Row:
    """One line of the story: what happened, who did it, and what it was about."""
    return {
        "version": event.version,
        "kind": event.kind,
        "actor": event.actor,
        "at": iso(event.at),
        "note": event.note.text if event.note else "",
        "about": about(event.kind, json.loads(event.body)["changes"]),
    }


def about(kind: str, changes: dict[str, Any]) -> list[str]:
    """Names of the few things that an event is about: its tasks, else its places, else its seats."""
    for name, key in (("tasks", "title"), ("stock", "place"), ("seats", "slot")):
        if found := list(changes.get(name, {}).values()):
            near = [row for row in found if kind in ABOUT and row["state"] == ABOUT[kind]]
            return [row[key] for row in near or found][:NAMED_IN_A_LINE]
    return []


def _head(stream: Stream) -> dict[str, Any]:
    events = stream.events.filter(version__lte=stream.version).order_by("-version")[:LOG_LENGTH]
    log = list(events)
    prefetch_related_objects(log, "note")
    return {
        "epoch": str(stream.epoch),
        "version": stream.version,
        "log": [line(event) for event in log],
        "people": people({event.actor for event in log}),
    }
