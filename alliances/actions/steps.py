"""How every verb takes a step: lock the alliance, ask the table, move the row, record what happened."""

from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from alliances import live
from alliances.lifecycle import ALLIANCE, Machine, State
from alliances.lifecycle import Actor as Who
from alliances.lifecycle import Refused as NotAllowed
from alliances.models import Alliance, Event, Invitation
from alliances.queries import board
from alliances.queries.facts import gather, next_deadline
from config.rows import Actor, Missing, Refused, move
from config.wake import wake


def lock(alliance_id: int) -> Alliance:
    """Take the alliance's row: everything that happens in an alliance happens one after the other."""
    return Alliance.objects.select_for_update().get(pk=alliance_id)


def lock_by(**where: Any) -> Alliance:
    """As `lock`, for a row that may not exist. Raises Missing."""
    alliance = Alliance.objects.select_for_update().filter(**where).first()
    if alliance is None:
        raise Missing
    return alliance


def who(actor: Actor) -> Who:
    return Who(actor.kind)


def require(answer: object, **detail: Any) -> None:
    """Turn a refusal of a pure table into one that doors can show."""
    if isinstance(answer, NotAllowed):
        raise Refused(answer.code, _(answer.text), **detail)


def step(row: models.Model, machine: Machine[Any, Any], verb: str, facts: Any, actor: Actor, **changes: Any) -> None:
    """Move a seat, an invitation or a task by its own table. Raises Refused."""
    before: str = row.state  # type: ignore[attr-defined]
    answer = machine.allowed(machine.states(before), verb, facts, who(actor))
    require(answer, state=before)
    if not move(row, before, answer.after.value, **changes):  # type: ignore[union-attr]
        raise Refused("conflict", _("Somebody else was faster. Look at the present state and try again."))


def advance(alliance: Alliance, verb: str, actor: Actor, now: datetime, **changes: Any) -> None:
    """Take a step of the life cycle and set the deadline of the new state. Raises Refused."""
    require(ALLIANCE.allowed(State(alliance.state), verb, gather(alliance, now), who(actor)), state=alliance.state)
    row = ALLIANCE.find(State(alliance.state), verb)
    after = row.after.value if row else alliance.state
    alliance.state, alliance.entered_at = after, now
    due = next_deadline(alliance, now)
    Alliance.objects.filter(pk=alliance.pk).update(state=after, entered_at=now, due_at=due, **changes)
    for name, value in {"due_at": due, **changes}.items():
        setattr(alliance, name, value)
    wake_everybody(alliance)


def may(alliance: Alliance, verb: str, now: datetime) -> bool:
    """Would the clock be allowed to take this step now?"""
    return bool(ALLIANCE.allowed(State(alliance.state), verb, gather(alliance, now), Who.CLOCK))


def announce(
    alliance: Alliance, kind: str, actor: Actor, now: datetime, *, command_id: str | None = None, note: str = "", **rows: Any
) -> Event:
    """Record an event with the rows that it changed, in the stream that its audience sees."""
    stream = alliance.stream if alliance.stream_id else alliance.forming
    changes = {"alliance": board.alliance_row(alliance), **rows}
    wake("console")
    return live.record(stream, kind, actor, now, changes=changes, command_id=command_id or "", note=note)


def tell_firm(
    invitation: Invitation, kind: str, actor: Actor, now: datetime, *, command_id: str | None = None, note: str = ""
) -> Event:
    """Record an event in the invitation's own stream, which no other firm sees."""
    wake(f"desk:{invitation.firm_id}", "console")
    changes = {"invitation": board.invitation_row(invitation)}
    return live.record(invitation.stream, kind, actor, now, changes=changes, command_id=command_id or "", note=note)


def wake_everybody(alliance: Alliance) -> None:
    firms = alliance.seats.exclude(firm=None).values_list("firm_id", flat=True)
    wake("console", *(f"desk:{firm}" for firm in sorted(set(firms))))
