"""Shares, and rulings that change them, for tests of the end and of disputes."""

from datetime import datetime
from typing import Any

from alliances import actions
from alliances.models import Alliance, Dispute
from firms.models import User
from tests.builders.alliances import DAY, NOW, fresh

SETTLED = NOW + DAY  # when the cooling-off has passed
MADE = "delivered|maker-1#1|"
FEWER = [{"input": MADE, "units": 90, "evidence": "the packing list"}]


def shares(alliance: Alliance) -> dict[str, int]:
    return {str(row.firm): row.amount_minor for row in alliance.settlement.shares.all()}


def settlement_of(alliance: Alliance) -> Any:
    return fresh(alliance).settlement


def uphold(judge: User, found: Dispute, now: datetime = SETTLED, corrections: Any = FEWER) -> None:
    actions.rule(
        judge.actor, found.pk, outcome="uphold", reasons="the list says so", corrections=corrections, now=now
    )
