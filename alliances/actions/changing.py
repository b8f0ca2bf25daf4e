"""What the platform proposes for a living alliance is decided by a person: confirmed, or dismissed with a reason."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from alliances.accounts import MAKING, SELLING
from alliances.actions.computing import work_of
from alliances.actions.flow import cascade
from alliances.actions.replacing import demand_others_sit, vacate
from alliances.actions.steps import announce, announce_to_operators, lock, lock_by, operator, said
from alliances.actions.winding import cancel, wind_down
from alliances.exits import Exit
from alliances.lifecycle import SeatState
from alliances.models import Alliance, Change, Succession
from alliances.queries import board
from config.rows import CLOCK, Actor, Missing, Refused, claim, command
from matching import actions as matching
from matching import queries as market

TREND_OVER = gettext_noop("The trend is over.")
Deed = Callable[[Change, str, Actor, datetime], None]


@command
def confirm_change(
    actor: Actor,
    change_key: str,
    *,
    option: str = "",
    reason: str = "",
    command_id: str | None = None,
    now: datetime,
) -> dict[str, Any]:
    """Do what a change proposes; `option` chooses among the ways that it shows. Raises Refused."""
    change = _decide(actor, change_key, Change.State.CONFIRMED, reason, now)
    DEEDS[Change.Kind(change.kind)](change, option, actor, now)
    return {"change": change_key, "state": change.state}


@command
def dismiss_change(
    actor: Actor, change_key: str, *, reason: str, command_id: str | None = None, now: datetime
) -> dict[str, Any]:
    """Decide against a proposed change, with a reason; it is not proposed again for a while."""
    why = said(reason, _("Say why."))
    change = _decide(actor, change_key, Change.State.DISMISSED, why, now)
    announce_to_operators(
        change.alliance, "change_dismissed", actor, now, command_id=command_id, note=why[:400]
    )
    return {"change": change_key, "state": change.state}


def propose_change(alliance: Alliance, kind: str, figures: dict[str, Any], now: datetime) -> bool:
    """Put a change before the operators, unless the same waits already or was decided lately."""
    lately = now - settings.CHANGE_TTL
    if alliance.changes.filter(kind=kind, made_at__gt=lately).exists():
        return False
    Change.objects.create(
        alliance=alliance, kind=kind, figures=figures, made_at=now, due_at=now + settings.CHANGE_TTL
    )
    announce_to_operators(alliance, "change_proposed", CLOCK, now)
    return True


def lapse_change(change_id: int, now: datetime) -> bool:
    """A change that nobody decided in time lapses; it is proposed again while its cause lasts."""
    change = Change.objects.get(pk=change_id)
    alliance = lock(change.alliance_id)
    waiting = Change.objects.filter(pk=change_id, state=Change.State.WAITING, due_at__lte=now)
    if not claim(waiting, state=Change.State.LAPSED):
        return False
    if not alliance.is_over:
        announce_to_operators(alliance, "change_lapsed", CLOCK, now)
    return True


def _decide(actor: Actor, change_key: str, state: str, reason: str, now: datetime) -> Change:
    by = operator(actor)
    alliance = lock_by(changes__key=change_key)
    waiting = Change.objects.filter(key=change_key, state=Change.State.WAITING)
    decision = {"decided_at": now, "decided_by_id": by, "decision_reason": reason[:400]}
    if not claim(waiting, state=state, **decision):
        raise Refused("decided", _("This was decided already, or its time has passed."))
    change = Change.objects.select_related("seat").filter(key=change_key).first()
    if change is None:
        raise Missing
    if change.seat:
        demand_others_sit(actor, change.seat)
    change.alliance = alliance
    return change


def _replace(change: Change, option: str, actor: Actor, now: datetime) -> None:
    seat = change.alliance.seats.filter(pk=change.seat_id or 0, state=SeatState.SIGNED).first()
    if seat is None:
        raise Refused("not_held", _("Nobody holds this seat."))
    vacate(change.alliance, [seat], "partner_replaced", actor, now, reason=change.reason)


def _stand_down(change: Change, option: str, actor: Actor, now: datetime) -> None:
    offered = {way["exit"] for way in change.figures["ways"]} & {Exit.SELL_WHAT_IS_MADE, Exit.STOP_NOW}
    if option not in offered:
        raise Refused("unknown_option", _("Choose how the alliance ends."))
    if option == Exit.SELL_WHAT_IS_MADE:
        # as it is now: the figures may be days old
        resize(change.alliance, work_of(change.alliance, []).units(MAKING) or 0, actor, now)
    else:
        wind_down(change.alliance, "stand_down", actor, now, reason=TREND_OVER)


def _follow_demand(change: Change, option: str, actor: Actor, now: datetime) -> None:
    alliance, revised = change.alliance, change.figures["revised_units"]
    more = revised - max(change.figures["planned_units"], alliance.units)
    if more > 0:
        raise_further(alliance, more, actor, now)
    resize(alliance, min(revised, alliance.units), actor, now)


def raise_further(alliance: Alliance, units: int, actor: Actor, now: datetime) -> None:
    """More than was signed is a further opportunity: the partners agreed to no more, and may join again.

    Raises Refused when one of this product is open already.
    """
    half_life, expected = market.wanted(alliance.opportunity_id, units)
    key = matching.raise_opportunity(
        actor,
        alliance.product.key,
        markets=expected,
        half_life_days=half_life,
        reason=_("More is wanted than %(title)s has agreed to.") % {"title": alliance.title},
        currency=alliance.currency,
        now=now,
    )
    Succession.objects.create(
        opportunity_id=market.id_of(key), predecessor=alliance, by_id=operator(actor), at=now
    )
    announce_to_operators(alliance, "further_raised", actor, now)


def resize(alliance: Alliance, units: int, actor: Actor, now: datetime) -> None:
    """Make and sell so many of the units that were agreed; what was made already stays. Paid is as delivered."""
    counted = alliance.tasks.filter(code__in=[*MAKING, SELLING], target_units__isnull=False)
    counted = counted.open().exclude(target_units=units)
    ids = list(counted.values_list("pk", flat=True))
    if not ids:
        return
    counted.update(target_units=units, version=F("version") + 1)
    rows = alliance.tasks.filter(pk__in=ids)
    cancel(rows.filter(code__in=MAKING, done_units__gte=units))
    changed = [*rows.all(), *cascade(alliance, now)]
    announce(alliance, "plan_revised", actor, now, tasks=board.task_rows(changed))


DEEDS: dict[Change.Kind, Deed] = {
    Change.Kind.REPLACEMENT: _replace,
    Change.Kind.DEMAND: _follow_demand,
    Change.Kind.STAND_DOWN: _stand_down,
}
