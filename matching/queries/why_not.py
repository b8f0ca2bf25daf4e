"""Why one firm was not in the plans of its market, told to that firm alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from matching.models import Proposal
from matching.queries.words import sentence

PAST = timedelta(days=120)
SHOWN = 30


@dataclass(frozen=True)
class Missed:
    """A plan that was chosen without the firm: of what, when, and why."""

    product: str
    made_at: datetime
    sentences: Sequence[str]


def missed(firm_id: int, now: datetime) -> list[Missed]:
    """The chosen plans of the last months in which the firm could have been, newest first."""
    rows = (
        Proposal.objects.filter(
            state=Proposal.State.CHOSEN, made_at__gte=now - PAST, plan__why_not__has_key=str(firm_id)
        )
        .order_by("-made_at", "-pk")
        .values_list("opportunity__product__title", "made_at", f"plan__why_not__{firm_id}")
    )
    return [Missed(title, at, [sentence(one) for one in told]) for title, at, told in rows[:SHOWN]]
