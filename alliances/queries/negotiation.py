"""What is talked about for an invitation: whose turn it is, what differs, what it would do to the plan."""

import json
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef

from alliances import negotiation
from alliances.lifecycle import InvitationState
from alliances.models import Alliance, CounterOffer, Invitation
from alliances.models.seats import InvitationQuerySet
from alliances.negotiation import Difference, Effect, Move, Turn


@dataclass(frozen=True)
class Said:
    """One move, with what it changes."""

    row: CounterOffer
    differences: list[Difference]


@dataclass(frozen=True)
class Talk:
    """The negotiation of one invitation."""

    invitation: Invitation
    moves: list[Said]
    rounds_left: int
    rounds: int
    effect: Effect | None  # of the proposal that waits

    @property
    def waiting(self) -> Said | None:
        """The firm's proposal, when it waits for an operator."""
        return self.moves[-1] if self.moves and self.moves[-1].row.move == Move.PROPOSED else None


def offered(invitation: Invitation) -> dict[str, Any]:
    """The terms that are offered now."""
    return dict(json.loads(invitation.terms)["terms"])


def moves(invitation: Invitation) -> list[str]:
    return list(invitation.counter_offers.order_by("number").values_list("move", flat=True))


def waits(invitation: Invitation) -> bool:
    """Whether a proposal of the firm waits for an operator."""
    return negotiation.turn(moves(invitation)) is Turn.OPERATOR


def talk(invitation: Invitation) -> Talk:
    rows = list(invitation.counter_offers.order_by("number").select_related("by", "note"))
    said = [Said(row, _differences(row)) for row in rows]
    names = [row.move for row in rows]
    return Talk(
        invitation=invitation,
        moves=said,
        rounds=settings.NEGOTIATION_ROUNDS,
        rounds_left=negotiation.rounds_left(names, settings.NEGOTIATION_ROUNDS),
        effect=_effect(invitation, rows[-1]) if negotiation.turn(names) is Turn.OPERATOR else None,
    )


def open_proposals(alliance: Alliance | None = None) -> InvitationQuerySet:
    """Invitations whose firm waits for an operator's answer, the most urgent first."""
    later = CounterOffer.objects.filter(invitation=OuterRef("invitation"), number__gt=OuterRef("number"))
    proposed = CounterOffer.objects.filter(invitation=OuterRef("pk"), move=Move.PROPOSED)
    waiting = Invitation.objects.filter(
        Exists(proposed.exclude(Exists(later))), state=InvitationState.PENDING
    )
    mine = waiting.filter(seat__alliance=alliance) if alliance else waiting
    return mine.select_related("firm", "seat__alliance__proposal").order_by("due_at")


def _differences(row: CounterOffer) -> list[Difference]:
    return negotiation.differences(row.before, row.terms) if row.move != Move.REFUSED else []


def _effect(invitation: Invitation, row: CounterOffer) -> Effect | None:
    """On the plan, in its currency; none is shown for terms in another one."""
    alliance = invitation.seat.alliance
    if row.terms.get("currency") != alliance.currency:
        return None
    plan = alliance.proposal
    return negotiation.effect(
        row.before,
        row.terms,
        cost=plan.cost_minor,
        margin=plan.margin_minor,
        revenue=plan.revenue_minor,
        units=plan.units,
    )
