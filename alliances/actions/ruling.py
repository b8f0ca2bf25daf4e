"""A dispute ends: a second person rules, the firm takes it back, or its time passes and the record stands."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from alliances.actions.computing import recompute, record_now, show, take_pending
from alliances.actions.correcting import Fix, checked, only_claims
from alliances.actions.dissolving import dissolve_if_possible
from alliances.actions.flow import conclude
from alliances.actions.settling import signed_for
from alliances.actions.steps import (
    advance,
    announce,
    lock_by,
    lock_settling,
    operator,
    partner_ids,
    said,
    step,
)
from alliances.actions.work import WORKING
from alliances.lifecycle import DISPUTE, DisputeFacts, DisputeState, State
from alliances.models import Alliance, Dispute, Objection, Settlement
from alliances.queries import board, settled
from alliances.settlement import MOST_VERSIONS, Input, inputs_of
from config.rows import CLOCK, Actor, Missing, Refused, command
from firms import queries as firms

STOOD = gettext_noop("Nobody ruled within the limit: what was recorded and computed stands.")
TAKEN_BACK = gettext_noop("The firm has withdrawn its dispute.")


@command
def withdraw_dispute(
    actor: Actor, dispute_id: int, *, command_id: str | None = None, now: datetime
) -> dict[str, Any]:
    """Take back a dispute of one's firm: what was recorded and computed stands."""
    key = Alliance.objects.filter(disputes=dispute_id).values_list("key", flat=True).first()
    if key is None:
        raise Missing
    alliance = lock_settling(actor, str(key))
    found = alliance.disputes.filter(pk=dispute_id, firm_id__in=signed_for(actor, alliance)).first()
    if found is None:
        raise Missing
    _demand_open(found)
    step(found, DISPUTE, "withdraw", DisputeFacts(), actor, ended_at=now)
    _close_objection(found, None, TAKEN_BACK, now)
    announce(
        alliance, "dispute_withdrawn", actor, now, command_id=command_id, disputes=board.dispute_rows([found])
    )
    _go_on(alliance, now)
    return {"withdrawn": True}


@command
def rule(
    actor: Actor,
    dispute_id: int,
    *,
    outcome: str,
    reasons: str,
    corrections: Sequence[Mapping[str, Any]] = (),
    alone: str = "",
    command_id: str | None = None,
    now: datetime,
) -> dict[str, Any]:
    """Rule on a dispute, with reasons: `uphold` it with corrections, or `dismiss` it.

    Whoever answered the objection, referred it or acts for a partner does not rule, unless nobody else can:
    `alone` says why.
    """
    by = operator(actor)
    alliance = lock_by(disputes=dispute_id)
    found = Dispute.objects.select_related("objection").get(pk=dispute_id)
    why = said(reasons, _("Give the reasons of your ruling."))
    if outcome not in {"uphold", "dismiss"}:
        raise Refused("unknown_outcome", _("Uphold the dispute or dismiss it."))
    _demand_open(found)
    is_alone = _rules_alone(found, by, alone)
    fixes = checked(corrections, _inputs(alliance, found))
    _demand_a_version(alliance, fixes)
    facts = DisputeFacts(
        is_second_person=not _is_involved(found, by), is_only_operator=is_alone, has_corrections=bool(fixes)
    )
    why = f"{why}\n{alone.strip()}"[:1000] if is_alone else why[:1000]
    ruling = {"ruled_by_id": by, "reasons": why, "is_alone": is_alone, "corrections": fixes}
    step(found, DISPUTE, outcome, facts, actor, ended_at=now, **ruling)
    _close_objection(found, by, why, now)
    announce(
        alliance, "ruled", actor, now, command_id=command_id, note=why, disputes=board.dispute_rows([found])
    )
    _go_on(alliance, now)
    return {"ruled": str(found.state)}


def close_disputes(alliance: Alliance, now: datetime) -> None:
    """End by the clock what nobody ruled on within the limit: what was computed stands, and that is recorded."""
    due = list(alliance.disputes.due(now))
    for found in due:
        step(found, DISPUTE, "let_stand", DisputeFacts(deadline_passed=True), CLOCK, ended_at=now)
        _close_objection(found, None, STOOD, now)
    if due:
        announce(alliance, "dispute_stood", CLOCK, now, note=STOOD, disputes=board.dispute_rows(due))


def let_stand(alliance: Alliance, now: datetime) -> None:
    """End the disputes about the work whose time has passed, and go on."""
    close_disputes(alliance, now)
    _go_on(alliance, now)


def resume(alliance: Alliance, now: datetime) -> None:
    """Back to settling: with a new version when a ruling corrected something, else with the same one.

    The time for objections runs anew either way, as it stood still meanwhile.
    """
    advance(alliance, "resume", CLOCK, now)
    settlement = Settlement.objects.get(alliance=alliance)
    Settlement.objects.filter(pk=settlement.pk).update(objections_until_at=alliance.due_at)
    show(alliance, "settling_resumed", CLOCK, now)
    ruler = alliance.disputes.filter(state=DisputeState.UPHELD, applied_in=None).order_by("-ended_at").first()
    fixes, reason = take_pending(alliance, settlement.version + 1)
    if ruler:
        recompute(alliance, fixes, CLOCK, now, reason=reason, by_id=ruler.ruled_by_id)
    dissolve_if_possible(alliance, now)


def _go_on(alliance: Alliance, now: datetime) -> None:
    """What an ended dispute has held up may happen."""
    if alliance.state == State.DISPUTED and not alliance.disputes.open().exists():
        resume(alliance, now)
    elif alliance.state in WORKING:
        conclude(alliance, now)


def _rules_alone(found: Dispute, by: int, alone: str) -> bool:
    """Whether somebody rules who should not, as nobody else can. Raises Refused when it is not said why."""
    if not _is_involved(found, by) or not firms.is_only_operator(by):
        return False
    if not alone.strip():
        raise Refused("alone", _("You are the only operator: say why nobody else can rule."))
    return True


def _is_involved(found: Dispute, by: int) -> bool:
    """Whether somebody has taken a side: answered the objection, brought it here, or acts for a partner."""
    if by in {found.by_id, found.objection.answered_by_id if found.objection else None}:
        return True
    return not partner_ids(found.alliance).isdisjoint(firms.firm_ids_of(by))


def _inputs(alliance: Alliance, found: Dispute) -> Iterable[Input]:
    """What the ruling may correct: of the settlement every input, of work that goes on only claims by name."""
    if found.objection:
        return settled.inputs(Settlement.objects.get(alliance=alliance))
    partners = alliance.grants.values_list("firm__key", flat=True)
    return only_claims(inputs_of(record_now(alliance), [str(key) for key in partners]))


def _demand_a_version(alliance: Alliance, fixes: list[Fix]) -> None:
    version = Settlement.objects.filter(alliance=alliance).values_list("version", flat=True).first() or 0
    if fixes and version >= MOST_VERSIONS:
        raise Refused("final", _("This settlement is final: it was computed anew as often as is allowed."))


def _demand_open(found: Dispute) -> None:
    if found.state != DisputeState.OPEN:
        raise Refused("dispute_over", _("This dispute is over."), state=found.state)


def _close_objection(found: Dispute, by: int | None, answer: str, now: datetime) -> None:
    """The end of a dispute is the last word on its objection too."""
    objection = Objection.objects.filter(dispute=found.pk)
    objection.filter(answered_at=None).update(answered_at=now, answered_by_id=by, answer=answer)
    objection.update(is_upheld=found.state == DisputeState.UPHELD)
