"""What waits for a person: invitations, tasks, settlements; always reached from the person's own firms."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from alliances.lifecycle import InvitationState, State, TaskState
from alliances.models import Alliance, Invitation, Mention, Share, Task
from alliances.queries import agreement, negotiation, sealed
from alliances.queries.evidence import unread
from firms import queries as firms

TASKS_SHOWN = 50
PAST_SHOWN = 20
GOODS = {"maker", "part_maker", "forwarder"}


@dataclass(frozen=True)
class Desk:
    """Everything on one desk, most urgent first."""

    invitations: list[Invitation]
    agreements: list[Alliance]
    tasks: list[Task]
    shares: list[Share]
    alliances: list[Alliance]
    mentions: list[Mention]
    past: list[Share]
    records: set[int]  # alliances whose sealed record this person may have
    waiting: int
    talking: set[int]  # invitations whose proposal waits for an operator

    @property
    def is_empty(self) -> bool:
        waiting = (self.invitations, self.agreements, self.tasks, self.shares, self.alliances, self.mentions)
        return not any(waiting)


def desk(user_id: int, now: datetime) -> Desk:
    """The desk of a person. A fixed number of queries.

    Whose firms and which alliances is asked first: as parts of the other queries they make more tables than the
    planner of PostgreSQL orders quickly (50 ms a query).
    """
    mine = firms.firm_ids_of(user_id)
    alliances = list(Alliance.objects.seen_by(user_id).select_related("product").order_by("due_at"))
    tasks = Task.objects.of(user_id).select_related("alliance", "seat__firm")
    working = tasks.filter(alliance__state__in=[State.OPERATING, State.EVOLVING, State.WINDING_DOWN])
    return Desk(
        invitations=list(
            Invitation.objects.filter(firm__in=mine, state=InvitationState.PENDING, due_at__gt=now)
            .select_related("firm", "seat__alliance__product")
            .order_by("due_at")
        ),
        agreements=agreement.awaiting(user_id),
        tasks=list(
            working.filter(state__in=[TaskState.READY, TaskState.STARTED], is_milestone=False).order_by(
                "due_at"
            )[:TASKS_SHOWN]
        ),
        shares=list(
            _shares(mine).filter(settlement__alliance__state=State.SETTLING, confirmed_at=None)[:TASKS_SHOWN]
        ),
        alliances=alliances,
        mentions=list(unread(mine, [alliance.pk for alliance in alliances])[:TASKS_SHOWN]),
        past=list(_shares(mine).filter(settlement__alliance__state=State.DISSOLVED)[:PAST_SHOWN]),
        records=set(sealed.kept_by(user_id).values_list("pk", flat=True)),
        talking=set(negotiation.open_proposals().of(user_id).values_list("pk", flat=True)),
        waiting=working.filter(state=TaskState.WAITING).count(),
    )


def invitation(user_id: int, key: str) -> Invitation | None:
    """One invitation of a person's firms."""
    found = Invitation.objects.of(user_id).filter(key=key)
    return found.select_related("firm", "seat__alliance__product").first()


def terms_of(found: Invitation) -> dict[str, Any]:
    """The terms exactly as they would be signed."""
    signed = negotiation.offered(found)
    items = signed.get("items", [])
    total = sum(item.get("total_minor", item.get("amount_minor", 0)) for item in items)
    takes_rest = any(item["kind"] == "remainder" for item in items)
    units = [item.get("units") or 0 for item in items]
    # goods are made, or taken from stock, or carried on one lane or another; others handle the same units again
    own_units = sum(units) if signed.get("slot") in GOODS else max(units, default=0)
    return signed | {
        "items_list": items,
        "total_minor": total,
        "takes_rest": takes_rest,
        "own_units": own_units,
    }


def conditions_of(found: Invitation) -> list[str]:
    return list(json.loads(found.seat.alliance.common.text)["conditions"])


def roles_in(found: Invitation) -> list[str]:
    """The roles of the alliance, each once; who is asked for them is not told."""
    seats = json.loads(found.seat.alliance.common.text)["seats"]
    return list(dict.fromkeys(seat.rpartition("-")[0] for seat in seats))


def may_answer(user_id: int, found: Invitation) -> bool:
    return firms.may_sign(user_id, found.firm_id)


def board_of(user_id: int, key: str) -> Alliance | None:
    """An alliance whose board a person may see as a partner."""
    return Alliance.objects.seen_by(user_id).filter(key=key).select_related("product").first()


def is_task_of(found: Alliance, task_id: int) -> bool:
    """Whether an address names a task of the alliance that it names."""
    return found.tasks.filter(pk=task_id).exists()


def _shares(firm_ids: list[int]) -> QuerySet[Share]:
    rows = Share.objects.filter(firm__in=firm_ids)
    return rows.select_related("firm", "settlement__alliance").order_by("-settlement__made_at")


@dataclass(frozen=True)
class Ending:
    """How far the partners of an alliance agree to an early end."""

    agreed: int
    all: int
    mine: bool  # has this person's firm agreed?


def ending(user_id: int, found: Alliance) -> Ending | None:
    """None where nobody can agree: the alliance does not work, or this person may not sign for a partner."""
    grants = list(found.grants.filter(ended_at=None).values_list("firm_id", "agreed_to_end_at"))
    mine = [agreed for firm, agreed in grants if firms.may_sign(user_id, firm)]
    if found.state not in {State.OPERATING, State.EVOLVING} or not mine:
        return None
    return Ending(sum(at is not None for _, at in grants), len(grants), all(mine))
