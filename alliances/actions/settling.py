"""The settlement is confirmed or objected to; what is left over is written off by name."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from alliances.actions.computing import recompute, show
from alliances.actions.correcting import checked
from alliances.actions.dissolving import dissolve_if_possible
from alliances.actions.steps import (
    announce,
    lock_by,
    lock_settling,
    may_not_sign,
    operator,
    partner_ids,
    person,
    said,
    step,
)
from alliances.lifecycle import TASK, TASK_OVER, State, TaskFacts
from alliances.models import Alliance, Objection, Settlement, Share
from alliances.queries import board, settled
from alliances.queries.facts import limit
from alliances.settlement import MOST_VERSIONS
from config.rows import CLOCK, Actor, Missing, Refused, command
from firms import actions as firms_actions
from firms import queries as firms

STANDS = gettext_noop("Nobody answered within the limit: the computed settlement stands.")


@command
def confirm(
    actor: Actor,
    alliance_key: str,
    *,
    expected_version: int | None = None,
    command_id: str | None = None,
    now: datetime,
) -> dict[str, Any]:
    """Agree to the shares of one's firms; when all partners have agreed, the alliance dissolves at once."""
    alliance, mine = _settling(actor, alliance_key)
    settlement = Settlement.objects.get(alliance=alliance)
    if expected_version not in {None, settlement.version}:
        text = _("The settlement was computed anew in the meantime: look at the new shares first.")
        raise Refused("conflict", text, version=settlement.version)
    fresh = settlement.shares.filter(firm_id__in=mine, confirmed_at=None)
    if fresh.update(confirmed_at=now, confirmed_by_id=person(actor)):
        answered = settlement.objections.filter(firm_id__in=mine, accepted_at=None, answered_at__isnull=False)
        answered.update(accepted_at=now)
        show(alliance, "confirmed", actor, now, command_id=command_id)
        dissolve_if_possible(alliance, now)
    return {"confirmed": True, "version": settlement.version}


@command
def object_(
    actor: Actor,
    alliance_key: str,
    *,
    text: str,
    matter: str = "",
    command_id: str | None = None,
    now: datetime,
) -> dict[str, Any]:
    """Object to the settlement, with reasons; an operator answers before the alliance can dissolve.

    A firm objects once about each input (`matter`, by its key), and once about anything else.
    """
    alliance, mine = _settling(actor, alliance_key)
    why = said(text, _("Say what is wrong with the settlement."))[:1000]
    settlement = Settlement.objects.get(alliance=alliance)
    about = _known_matter(settlement, matter)
    firm_id = _may_object(settlement, mine, about, now)
    Objection.objects.create(
        settlement=settlement,
        version=settlement.version,
        firm_id=firm_id,
        by_id=person(actor),
        text=why,
        matter=about,
        at=now,
    )
    show(alliance, "objected", actor, now, command_id=command_id, note=why)
    return {"objected": True}


@command
def answer_objection(
    actor: Actor,
    objection_id: int,
    *,
    answer: str,
    corrections: Sequence[Mapping[str, Any]] = (),
    command_id: str | None = None,
    now: datetime,
) -> dict[str, Any]:
    """Answer an objection as an operator, with reasons; corrections uphold it, and make a new version."""
    by = operator(actor)
    alliance = lock_by(settlement__objections=objection_id)
    why = said(answer, _("Give the reasons of your answer."))[:1000]
    firms_actions.demand_others(actor, partner_ids(alliance))
    objection = Objection.objects.select_related("settlement").get(pk=objection_id)
    if objection.answered_at is not None:
        raise Refused("answered", _("This objection was answered already."))
    if hasattr(objection, "dispute"):
        raise Refused("disputed", _("A ruling decides about this objection."))
    fixes = checked(corrections, settled.inputs(objection.settlement))
    if fixes:
        recompute(alliance, fixes, actor, now, reason=why, by_id=by, command_id=command_id)
    _answer(objection, alliance, why, by, is_upheld=bool(fixes), now=now)
    again = None if fixes else command_id
    show(alliance, "objection_answered", actor, now, command_id=again, note=why)
    dissolve_if_possible(alliance, now)
    return {"answered": True, "upheld": bool(fixes)}


@command
def accept_answer(
    actor: Actor, objection_id: int, *, command_id: str | None = None, now: datetime
) -> dict[str, Any]:
    """Accept what was answered to the firm's objection: it will not be disputed."""
    alliance, objection = objection_of(actor, objection_id)
    if objection.answered_at is None:
        raise Refused("not_answered", _("This objection has no answer yet."))
    if hasattr(objection, "dispute"):
        raise Refused("disputed", _("A ruling decides about this objection."))
    if objection.accepted_at is None:
        Objection.objects.filter(pk=objection.pk).update(accepted_at=now)
        show(alliance, "answer_accepted", actor, now, command_id=command_id)
        dissolve_if_possible(alliance, now)
    return {"accepted": True}


def write_off(alliance: Alliance, now: datetime) -> None:
    """Cancel, by name, what is still open when the winding down ends, and write off the stock."""
    left = list(alliance.tasks.exclude(state__in=TASK_OVER))
    for task in left:
        step(task, TASK, "cancel", TaskFacts(), CLOCK, version=F("version") + 1)
        task.refresh_from_db()
    stock = clear_stock(alliance, now)
    if left or stock:
        announce(alliance, "written_off", CLOCK, now, tasks=board.task_rows(left), stock=stock)


def clear_stock(alliance: Alliance, now: datetime) -> board.Rows:
    """No stock is left anywhere: it was assigned, returned or written off. Returns the rows that changed."""
    counts = alliance.stock_reports.filter(units__gt=0)
    ids = list(counts.values_list("pk", flat=True))
    counts.update(units=0, at=now)
    return board.stock_rows(alliance.stock_reports.filter(pk__in=ids))


def close_objections(alliance: Alliance, now: datetime) -> None:
    """Answer by the clock what no operator answered within the limit: the settlement stands as computed."""
    waiting = alliance.settlement.objections.filter(answered_at=None)
    if waiting.update(answered_at=now, answer=STANDS):
        show(alliance, "objections_closed", CLOCK, now)


def signed_for(actor: Actor, alliance: Alliance) -> list[int]:
    """The firms in an alliance that this person may bind. Raises Refused when there is none."""
    held = {
        *alliance.grants.filter(ended_at=None).values_list("firm_id", flat=True),
        *_with_a_share(alliance),
    }
    mine = [firm for firm in sorted(held) if firms.may_sign(person(actor), firm)]
    if not mine:
        raise may_not_sign()
    return mine


def _with_a_share(alliance: Alliance) -> set[int]:
    """Firms that the settlement pays or charges: also those that left before the end."""
    return set(Share.objects.filter(settlement__alliance=alliance).values_list("firm_id", flat=True))


def objection_of(actor: Actor, objection_id: int) -> tuple[Alliance, Objection]:
    """An objection of a firm that this person may bind, its alliance locked. Raises Missing."""
    key = Alliance.objects.filter(settlement__objections=objection_id).values_list("key", flat=True).first()
    if key is None:
        raise Missing
    alliance = lock_settling(actor, str(key))
    mine = signed_for(actor, alliance)
    found = Objection.objects.filter(pk=objection_id, firm_id__in=mine).select_related("settlement").first()
    if found is None:
        raise Missing
    return alliance, found


def _settling(actor: Actor, alliance_key: str) -> tuple[Alliance, list[int]]:
    """The settling alliance, locked, and the firms in it for which this person may sign."""
    alliance = lock_settling(actor, alliance_key)
    if alliance.state == State.DISPUTED:
        raise Refused("disputed", _("A dispute is open: the settlement waits for its ruling."))
    if alliance.state != State.SETTLING:
        raise Refused("not_settling", _("There is no settlement to answer now."), state=alliance.state)
    return alliance, signed_for(actor, alliance)


def _known_matter(settlement: Settlement, matter: str) -> str:
    if matter and matter != settled.OTHER and matter not in {row.key for row in settled.inputs(settlement)}:
        raise Refused("unknown_input", _("Choose what the objection is about."))
    return matter or settled.OTHER


def _may_object(settlement: Settlement, mine: list[int], matter: str, now: datetime) -> int:
    """The firm that objects: one of these that has not confirmed, nor objected to this, nor waits for an answer."""
    if settlement.version >= MOST_VERSIONS:
        raise Refused("final", _("This settlement is final: it was computed anew as often as is allowed."))
    if now >= settlement.objections_until_at:
        raise Refused("too_late", _("The time to object has passed."))
    shares = settlement.shares.filter(firm_id__in=mine, confirmed_at=None).order_by("firm_id")
    unconfirmed = list(dict.fromkeys(shares.values_list("firm_id", flat=True)))
    waiting = set(settlement.objections.filter(answered_at=None).values_list("firm_id", flat=True))
    decided = set(settlement.objections.filter(matter=matter).values_list("firm_id", flat=True))
    free = [firm for firm in unconfirmed if firm not in waiting | decided]
    if free:
        return free[0]
    if waiting.intersection(mine):
        raise Refused("already_objected", _("Your firm's objection is waiting for an answer."))
    if decided.intersection(unconfirmed):
        raise Refused("decided", _("Your firm's objection about this was decided; it can be made once."))
    raise Refused("already_confirmed", _("Your firm has confirmed its share already."))


def _answer(
    objection: Objection, alliance: Alliance, why: str, by: int, *, is_upheld: bool, now: datetime
) -> None:
    """Keep the answer; the firm may dispute it for a while, unless it has confirmed or the version is final."""
    settlement = Settlement.objects.get(alliance=alliance)
    waits = settlement.shares.filter(firm_id=objection.firm_id, confirmed_at=None).exists()
    is_final = settlement.version >= MOST_VERSIONS
    Objection.objects.filter(pk=objection.pk).update(
        answered_at=now,
        answered_by_id=by,
        answer=why,
        is_upheld=is_upheld,
        accepted_at=None if waits else now,
        open_until_at=None if is_final else now + limit(alliance, "objections"),
    )
