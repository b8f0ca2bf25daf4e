"""How every verb takes a step: lock the alliance, ask the table, move the row, record what happened."""

from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from alliances import live
from alliances.actions.forecasting import foresee
from alliances.actions.telling import tell_invited, tell_partners
from alliances.lifecycle import ALLIANCE, Machine, State
from alliances.lifecycle import Actor as Who
from alliances.lifecycle import Refused as NotAllowed
from alliances.models import Alliance, Event, Invitation
from alliances.queries import board
from alliances.queries.facts import gather, next_deadline
from config import logs
from config.rows import Actor, Missing, Refused, move
from config.wake import wake


def lock(alliance_id: int) -> Alliance:
    """Take the alliance's row: everything that happens in an alliance happens one after the other."""
    return _told(_locking().get(pk=alliance_id))


def lock_by(**where: Any) -> Alliance:
    """As `lock`, for a row that may not exist. Raises Missing."""
    alliance = _locking().filter(**where).first()
    if alliance is None:
        raise Missing
    return _told(alliance)


def _locking() -> models.QuerySet[Alliance]:
    """With the streams that its events go to: nearly every verb tells something."""
    return Alliance.objects.select_for_update(of=("self",)).select_related("stream", "forming")


def _told(alliance: Alliance) -> Alliance:
    """Let what is logged from here on say in which alliance it happened."""
    logs.about(alliance=str(alliance.key))
    return alliance


def lock_seen(actor: Actor, alliance_key: str) -> Alliance:
    """As `lock`, for an alliance in which a firm of this person takes part. Raises Missing."""
    seen = Alliance.objects.seen_by(person(actor)).filter(key=alliance_key)
    return lock_by(pk__in=seen.values("pk"))


def lock_settling(actor: Actor, alliance_key: str) -> Alliance:
    """As `lock_seen`, and also for an alliance that a firm of this person has left, while it settles."""
    rows = Alliance.objects.filter(key=alliance_key)
    user_id = person(actor)
    seen, left = (
        found.values_list("pk", flat=True).first()
        for found in (rows.seen_by(user_id), rows.settling_with(user_id))
    )
    return lock_by(pk=seen or left)


def who(actor: Actor) -> Who:
    return Who(actor.kind)


def person(actor: Actor) -> int:
    """The id of the person who acts. Raises Missing for the clock."""
    if actor.user_id is None:
        raise Missing
    return actor.user_id


def operator(actor: Actor) -> int:
    """The id of the operator who acts. Raises Missing for everybody else."""
    if not actor.is_operator:
        raise Missing
    return person(actor)


def partner_ids(alliance: Alliance) -> set[int]:
    """The firms that are in it or were: what one of them gets, the others give."""
    return set(alliance.grants.values_list("firm_id", flat=True))


def may_not_sign() -> Refused:
    """What is told to somebody who works for a firm and may not bind it."""
    return Refused("may_not_sign", _("Only an owner or a manager of the firm may answer for it."))


def said(text: str, refusal: str) -> str:
    """What a person wrote, without blanks around it. Raises Refused when it says nothing."""
    if not text.strip():
        raise Refused("text_missing", refusal)
    return text.strip()


def require(answer: object, **detail: Any) -> None:
    """Turn a refusal of a pure table into one that doors can show."""
    if isinstance(answer, NotAllowed):
        raise Refused(answer.code, _(answer.text), **detail)


def step(
    row: models.Model, machine: Machine[Any, Any], verb: str, facts: Any, actor: Actor, **changes: Any
) -> None:
    """Move a seat, an invitation or a task by its own table. Raises Refused."""
    before: str = row.state  # type: ignore[attr-defined]
    answer = machine.allowed(machine.states(before), verb, facts, who(actor))
    require(answer, state=str(before))
    if not move(row, before, answer.after.value, **changes):  # type: ignore[union-attr]
        raise Refused("conflict", _("Somebody else was faster. Look at the present state and try again."))


def advance(alliance: Alliance, verb: str, actor: Actor, now: datetime, **changes: Any) -> None:
    """Take a step of the life cycle and set the deadline of the new state. Raises Refused."""
    before = State(alliance.state)
    answer = ALLIANCE.allowed(before, verb, gather(alliance, verb, now, by=actor.user_id), who(actor))
    require(answer, state=alliance.state)
    alliance.state, alliance.entered_at = answer.after.value, now  # type: ignore[union-attr]
    alliance.due_at = next_deadline(alliance, now)
    for name, value in changes.items():
        setattr(alliance, name, value)
    alliance.save(update_fields=["state", "entered_at", "due_at", *changes])


def may(alliance: Alliance, verb: str, now: datetime) -> bool:
    """Would the clock be allowed to take this step now?"""
    return bool(ALLIANCE.allowed(State(alliance.state), verb, gather(alliance, verb, now), Who.CLOCK))


def announce(
    alliance: Alliance,
    kind: str,
    actor: Actor,
    now: datetime,
    *,
    command_id: str | None = None,
    note: str = "",
    **rows: Any,
) -> Event:
    """Record an event with the rows that it changed, in the stream that its audience sees.

    Where tasks are among them, what is expected of all is computed anew and told with it.
    """
    if "tasks" in rows:
        rows["forecast"] = foresee(alliance, now)
    changes = {"alliance": board.alliance_row(alliance), **rows}
    wake("console", *_desks(alliance))
    stream = alliance.stream or alliance.forming
    event = live.record(stream, kind, actor, now, changes=changes, command_id=command_id or "", note=note)
    tell_partners(alliance, event, now)
    return event


def announce_to_operators(
    alliance: Alliance,
    kind: str,
    actor: Actor,
    now: datetime,
    *,
    command_id: str | None = None,
    note: str = "",
    **rows: Any,
) -> Event:
    """Record what only operators see: who is asked for a seat and what comes of it, and what waits for a decision."""
    wake("console")
    changes = {"alliance": board.alliance_row(alliance), **rows}
    key = command_id or ""
    event = live.record(alliance.forming, kind, actor, now, changes=changes, command_id=key, note=note)
    tell_partners(alliance, event, now)
    return event


def tell_firm(
    invitation: Invitation,
    kind: str,
    actor: Actor,
    now: datetime,
    *,
    command_id: str | None = None,
    note: str = "",
    **more: Any,
) -> Event:
    """Record an event in the invitation's own stream, which no other firm sees."""
    wake(f"desk:{invitation.firm_id}", "console")
    changes = {"invitation": board.invitation_row(invitation), **more}
    event = live.record(
        invitation.stream, kind, actor, now, changes=changes, command_id=command_id or "", note=note
    )
    tell_invited(invitation, event, now)
    return event


def _desks(alliance: Alliance) -> list[str]:
    """Desks on which a partner's work may have changed. While forming, firms are told one by one."""
    if alliance.stream_id is None:
        return []
    firms = alliance.seats.exclude(firm=None).order_by("firm_id").values_list("firm_id", flat=True)
    return [f"desk:{firm}" for firm in dict.fromkeys(firms)]
