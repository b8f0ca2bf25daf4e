"""Everything that is kept of a person, for that person to take home. A new place of personal data is added here."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from alliances.lifecycle import SeatState
from alliances.models import (
    Alliance,
    Change,
    Comment,
    Decision,
    Dispute,
    Event,
    Evidence,
    Invitation,
    Objection,
    Seat,
    Signature,
)
from firms.queries import personal as firms

Rows = list[dict[str, Any]]


def everything(user_id: int, pseudonym: str, now: datetime) -> dict[str, Any]:
    """Profile and roles, what the person did by the record, and all that they wrote."""
    written = {name: read(user_id) for name, read in WRITTEN.items()}
    return {"made_at": now, **firms.about(user_id), "did": _did(pseudonym), **written}


def needed_by(firm_ids: list[int]) -> bool:
    """Whether any of these firms has a seat in an alliance that lives."""
    held = Seat.objects.filter(firm__in=firm_ids, state__in=[SeatState.ACCEPTED, SeatState.SIGNED])
    return held.filter(alliance__in=Alliance.objects.live()).exists()


def _rows(*found: Iterable[Any]) -> Rows:
    return [dict(row) for rows in found for row in rows]


def _did(pseudonym: str) -> Rows:
    """Without versions: those of a stream that only operators see would count what rivals do."""
    rows = Event.objects.filter(actor=pseudonym).order_by("at", "pk")
    return _rows(rows.values("stream__kind", "kind", "at", "note__text"))


def _signed(user_id: int) -> Rows:
    return _rows(Signature.objects.filter(by=user_id).values("firm__legal_name", "hash", "at"))


def _decided(user_id: int) -> Rows:
    proposals = Decision.objects.filter(by=user_id).values("kind", "reason", "at")
    changes = Change.objects.filter(decided_by=user_id)
    return _rows(proposals, changes.values("kind", "state", "decision_reason", "decided_at"))


def _objected(user_id: int) -> Rows:
    answers = Objection.objects.filter(answered_by=user_id).values("answer", "answered_at")
    disputes = Dispute.objects.filter(by=user_id).values("text", "at")
    rulings = Dispute.objects.filter(ruled_by=user_id).values("reasons", "ended_at")
    return _rows(Objection.objects.filter(by=user_id).values("text", "at"), answers, disputes, rulings)


def _answered(user_id: int) -> Rows:
    rows = Invitation.objects.filter(answered_by=user_id)
    return _rows(rows.values("key", "state", "decline_reason", "answered_at"))


def _handed_in(user_id: int) -> Rows:
    rows = Evidence.objects.filter(author=user_id)
    return _rows(rows.values("kind", "name", "note__text", "good_units", "bad_units", "at"))


def _commented(user_id: int) -> Rows:
    return _rows(Comment.objects.filter(author=user_id).values("task__title", "note__text", "at"))


WRITTEN: dict[str, Callable[[int], Rows]] = {
    "signed": _signed,
    "decided": _decided,
    "objected": _objected,
    "answered": _answered,
    "handed_in": _handed_in,
    "commented": _commented,
}
