"""A person is forgotten, and the record still holds: it names a pseudonym, and has salted hashes of what was written.

A new place in which people write is added to ERASE.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from alliances.actions.erasing import erase_contributions
from alliances.models import (
    Alliance,
    Change,
    CounterOffer,
    Decision,
    Dispute,
    Event,
    Invitation,
    Note,
    Notice,
    Objection,
    SettlementVersion,
    Task,
)
from alliances.queries import personal
from config.rows import Actor, Missing, Refused, command
from config.wake import FORGOTTEN, wake
from firms import actions as firms_actions
from firms.queries import personal as people


@command
def erase(actor: Actor, pseudonym: str, *, command_id: str | None = None, now: datetime) -> dict[str, Any]:
    """Forget a person: oneself, or as an operator anybody. Raises Refused('last_owner')."""
    if not (actor.is_operator or actor.key == pseudonym):
        raise Missing
    user_id = people.id_of(pseudonym)
    if user_id is None:
        raise Missing
    if personal.needed_by(firms_actions.forget(user_id, now=now)):
        raise Refused(
            "last_owner",
            _(
                "The last owner of a firm with a seat in a living alliance: make somebody else an owner first."
            ),
        )
    for clear in ERASE:
        clear(user_id, pseudonym, now)
    wake(FORGOTTEN)
    return {"erased": pseudonym}


def _contributions(user_id: int, pseudonym: str, now: datetime) -> None:
    erase_contributions(user_id, now=now)


def _copies(user_id: int, pseudonym: str, now: datetime) -> None:
    """Reasons that an alliance or a task shows beside the event that they came with."""
    events = Event.objects.filter(actor=pseudonym, note__isnull=False)
    texts = list(events.exclude(note__text="").values_list("note__text", flat=True))
    streams = events.values("stream")
    mine = Alliance.objects.filter(Q(stream__in=streams) | Q(forming__in=streams))
    mine.filter(ending_reason__in=[text[:400] for text in texts]).update(ending_reason="")
    # a finished task has to say why it fell short; that somebody said so remains
    said = Task.objects.filter(alliance__in=mine, shortfall__in=[text.strip()[:200] for text in texts])
    said.update(shortfall="…")


def _notes(user_id: int, pseudonym: str, now: datetime) -> None:
    """The texts go, and the salts with them, so that not even a guess can be confirmed."""
    mine = Event.objects.filter(actor=pseudonym).values("note")
    offered = CounterOffer.objects.filter(by=user_id).values("note")
    notes = Note.objects.filter(Q(pk__in=mine) | Q(pk__in=offered), erased_at=None)
    notes.update(text="", salt="", erased_at=now)


def _answers(user_id: int, pseudonym: str, now: datetime) -> None:
    Notice.objects.filter(user=user_id).delete()  # nobody is there to be told
    Invitation.objects.filter(answered_by=user_id).update(decline_reason="")
    Decision.objects.filter(by=user_id).update(reason="")
    Change.objects.filter(decided_by=user_id).update(decision_reason="")
    Dispute.objects.filter(by=user_id).update(text="")
    Dispute.objects.filter(ruled_by=user_id).update(reasons="…")  # a ruling has reasons
    SettlementVersion.objects.filter(by=user_id).update(reason="")
    Objection.objects.filter(by=user_id).update(text="")
    Objection.objects.filter(answered_by=user_id).update(answer="")


ERASE: list[Callable[[int, str, datetime], None]] = [_contributions, _copies, _notes, _answers]
