"""Should an ended alliance have left anything open, it is closed here, and loudly: it points to a defect."""

import logging
from datetime import datetime

from django.db import transaction

from alliances.actions.notices import forget_mail
from alliances.actions.steps import lock
from alliances.lifecycle import TASK_OVER, InvitationState, SeatState, TaskState
from alliances.models import Change, Invitation
from alliances.queries.residue import left_open, open_streams, residues
from config.wake import wake
from firms import actions as firms_actions

log = logging.getLogger(__name__)


def sweep(now: datetime) -> int:
    """Close what ended alliances have left open; returns how many of them had something."""
    counts = residues(now)
    if not counts:
        return 0
    log.error("residues of ended alliances, closed now: %s", counts)
    ids = sorted({pk for _kind, pk in left_open(now)})
    for pk in ids:
        _close(pk, now)
    wake("console")
    return len(ids)


@transaction.atomic
def _close(pk: int, now: datetime) -> None:
    alliance = lock(pk)
    streams = list(open_streams(alliance))
    # when the alliance ended: who was in it to the end keeps its record
    alliance.grants.filter(ended_at=None).update(ended_at=alliance.dissolved_at or now)
    alliance.seats.exclude(state=SeatState.ENDED).update(state=SeatState.ENDED.value)
    alliance.tasks.exclude(state__in=TASK_OVER).update(state=TaskState.CANCELLED.value)
    alliance.changes.filter(state=Change.State.WAITING).update(state=Change.State.LAPSED)
    pending = Invitation.objects.filter(seat__alliance=alliance, state=InvitationState.PENDING)
    pending.update(state=InvitationState.WITHDRAWN.value)
    forget_mail(alliance)
    firms_actions.release(f"{alliance.key}/", now=now)
    open_streams(alliance).update(closed_at=now)
    wake(*(f"stream:{stream.pk}" for stream in streams))
