"""A dispute begins: an objection's answer, or the work itself, goes to a second person, who will rule."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from alliances.actions.computing import show
from alliances.actions.settling import objection_of, signed_for
from alliances.actions.steps import advance, announce, lock_by, lock_seen, person, said
from alliances.actions.work import WORKING
from alliances.lifecycle import DisputeState, State
from alliances.models import Alliance, Dispute, Objection
from alliances.queries import board
from alliances.queries.facts import limit
from alliances.settlement import MOST_VERSIONS
from config.rows import Actor, Missing, Refused, command

MOST_OF_WORK = 3  # disputes about the work that a firm may open in an alliance, or it could hold up the end


@command
def dispute(
    actor: Actor, objection_id: int, *, text: str, command_id: str | None = None, now: datetime
) -> dict[str, Any]:
    """Take an objection to a ruling: as the firm, while it may after the answer; as an operator, at once."""
    alliance, objection = _objection(actor, objection_id)
    why = said(text, _("Say what you dispute, and why."))[:1000]
    _may_dispute(actor, alliance, objection, now)
    due_at = now + limit(alliance, "dispute") if alliance.state == State.SETTLING else alliance.due_at
    opened = Dispute.objects.create(
        alliance=alliance,
        objection=objection,
        firm_id=objection.firm_id,
        by_id=person(actor),
        text=why,
        at=now,
        due_at=due_at or now,
    )
    if alliance.state == State.SETTLING:
        advance(alliance, "dispute", actor, now)
    show(
        alliance,
        "disputed",
        actor,
        now,
        command_id=command_id,
        note=why,
        disputes=board.dispute_rows([opened]),
    )
    return {"dispute": opened.pk}


@command
def dispute_work(
    actor: Actor,
    alliance_key: str,
    *,
    text: str,
    task_id: int | None = None,
    command_id: str | None = None,
    now: datetime,
) -> dict[str, Any]:
    """Dispute a task or a delivery while work goes on: the alliance cannot be completed or settled meanwhile."""
    alliance = lock_seen(actor, alliance_key)
    mine = signed_for(actor, alliance)
    why = said(text, _("Say what you dispute, and why."))[:1000]
    if alliance.state not in WORKING:
        raise Refused("alliance_works", _("The alliance does not work any more."), state=alliance.state)
    if task_id is not None and not alliance.tasks.filter(pk=task_id).exists():
        raise Missing
    opened = Dispute.objects.create(
        alliance=alliance,
        task_id=task_id,
        firm_id=_may_dispute_work(alliance, mine, task_id),
        by_id=person(actor),
        text=why,
        at=now,
        due_at=now + limit(alliance, "dispute"),
    )
    announce(
        alliance,
        "disputed",
        actor,
        now,
        command_id=command_id,
        note=why,
        disputes=board.dispute_rows([opened]),
    )
    return {"dispute": opened.pk}


def _objection(actor: Actor, objection_id: int) -> tuple[Alliance, Objection]:
    """An objection as its firm or an operator finds it, its alliance locked. Raises Missing."""
    if not actor.is_operator:
        return objection_of(actor, objection_id)
    alliance = lock_by(settlement__objections=objection_id)
    return alliance, Objection.objects.select_related("settlement").get(pk=objection_id)


def _may_dispute(actor: Actor, alliance: Alliance, objection: Objection, now: datetime) -> None:
    if alliance.state not in {State.SETTLING, State.DISPUTED}:
        raise Refused("not_settling", _("There is no settlement to answer now."), state=alliance.state)
    if hasattr(objection, "dispute"):
        raise Refused("already_disputed", _("This was taken to a ruling already."))
    if objection.accepted_at is not None:
        raise Refused("accepted", _("The firm has accepted the answer, or confirmed its share."))
    if objection.settlement.version >= MOST_VERSIONS:
        raise Refused("final", _("This settlement is final: it was computed anew as often as is allowed."))
    if objection.answered_at is not None:
        _demand_time(objection, now)
    elif not actor.is_operator:
        raise Refused("not_answered", _("This objection has no answer yet."))


def _demand_time(objection: Objection, now: datetime) -> None:
    if objection.open_until_at is None or now >= objection.open_until_at:
        raise Refused("too_late", _("The time to dispute the answer has passed."))


def _may_dispute_work(alliance: Alliance, mine: list[int], task_id: int | None) -> int:
    """The firm that disputes: the first of these that waits for no ruling, has not disputed this, and still may."""
    made = list(alliance.disputes.filter(objection=None, firm_id__in=mine))
    for firm in mine:
        own = [row for row in made if row.firm_id == firm]
        is_new = all(row.state != DisputeState.OPEN and row.task_id != task_id for row in own)
        if is_new and len(own) < MOST_OF_WORK:
            return firm
    raise Refused(
        "already_disputed",
        _("Your firm has disputed this already, waits for a ruling, or disputed too often."),
    )
