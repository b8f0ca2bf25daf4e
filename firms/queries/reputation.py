"""What a firm's account says of it, for itself with the reasons, for others as figures only."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from firms.models import Appeal, Firm, Observation
from firms.reputation import Deed, Figure, by_competency, counted

Figures = dict[tuple[str, str], dict[str, Figure]]  # by (slot, scope), then by dimension


@dataclass(frozen=True)
class Line:
    """A line of the account as its own firm reads it."""

    observation: Observation
    appeal: Appeal | None
    counts: bool  # neither struck nor too old, nor pushed out by newer ones


def account(firm: Firm, now: datetime) -> list[Line]:
    """Every line of a firm's account, newest first."""
    rows = firm.observations.select_related("appeal").order_by("-at", "-pk")
    deeds = [row.deed for row in rows if not _is_struck(row)]
    valid = {deed.id for deed in counted(deeds, now)}
    return [Line(row, getattr(row, "appeal", None), row.pk in valid) for row in rows]


def figures(firm: Firm, now: datetime) -> Figures:
    """The figures of a firm's competencies."""
    return by_competency(counted((row.deed for row in firm.observations.standing(now)), now))


def figures_of(firm_ids: Iterable[int], now: datetime) -> dict[int, Figures]:
    """The figures of several firms, without any reasons."""
    deeds: dict[int, list[Deed]] = defaultdict(list)
    for row in Observation.objects.standing(now).filter(firm_id__in=set(firm_ids)):
        deeds[row.firm_id].append(row.deed)
    return {firm: by_competency(counted(rows, now)) for firm, rows in deeds.items()}


def open_appeals() -> QuerySet[Appeal]:
    """Appeals that wait for an operator, the most urgent first."""
    rows = Appeal.objects.filter(state=Appeal.State.OPEN).select_related("observation__firm", "by")
    return rows.order_by("due_at", "pk")


def _is_struck(row: Observation) -> bool:
    found: Appeal | None = getattr(row, "appeal", None)
    return found is not None and found.state == Appeal.State.UPHELD
