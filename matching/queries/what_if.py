"""What would be proposed if the budget were smaller, the deadline earlier, or a firm out of the question?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from config.templatetags.ui import units, whole_money
from matching.geography import Arc, Carried, arcs
from matching.models import Opportunity, Proposal
from matching.plan.answers import answer
from matching.plan.draft import Draft, draft
from matching.plan.reasons import gap
from matching.plan.team import Team
from matching.problem import Bounds, Case
from matching.problem.rows import limits
from matching.queries.cases import case_of
from matching.queries.flow_map import points
from matching.queries.words import sentence
from matching.solver import solve

SECONDS = 0.5  # of CPU for each of three searches, so that a person sees an answer within two seconds
MARGIN = _lazy("%(much)s less margin"), _lazy("%(much)s more margin")
UNITS = _lazy("%(much)s fewer units"), _lazy("%(much)s more units")
DAYS = _lazy("The first unit comes %(much)s days earlier"), _lazy("The first unit comes %(much)s days later")


@dataclass(frozen=True)
class Range:
    """What can be set at all: the most money, in minor units, and the last day."""

    currency: str
    most_minor: int
    days: int
    firms: Sequence[tuple[int, str]]  # makers and carriers of the standing proposals


@dataclass(frozen=True)
class Answer:
    """A plan within the limits, and how it differs from the best that stands; without a plan, why there is none."""

    draft: Draft | None
    firms: Sequence[tuple[str, str]]  # slot, name
    arcs: Sequence[Arc]
    differs: Sequence[str]
    reasons: Sequence[str]
    gap_percent: float = 0.0
    spent_minor: int = 0  # before anything is sold


def range_of(found: Opportunity, now: datetime) -> tuple[Case, Range]:
    """The case of an opportunity as of now, and within what one may play with it."""
    case = case_of(found.pk, now)[0]
    standing = found.proposals.filter(state__in=[Proposal.State.STANDING, Proposal.State.CHOSEN])
    seats = standing.filter(seats__slot__in=("maker", "forwarder"))
    firms = seats.values_list("seats__firm_id", "seats__firm__legal_name").distinct()
    most = limits(case)["budget"] if case.markets else 0
    return case, Range(case.currency, most, len(case.survival), sorted(firms, key=lambda row: row[1]))


def what_if(found: Opportunity, case: Case, without: frozenset[int], within: Bounds) -> Answer:
    """Solve the case anew; nothing is written."""
    if not case.markets or not case.survival:
        return Answer(None, (), (), (), [sentence({"code": "trend_over"})])
    best = found.proposals.filter(state=Proposal.State.STANDING).order_by("rank").first()
    outcome = answer(case, without, within, solve, seconds=SECONDS)
    if outcome.team is None:
        return Answer(None, (), (), (), list(_why_none(best, without, within)))
    made = draft(outcome.team, bound=outcome.bound, explanations=outcome.explanations)
    return Answer(
        made,
        [(seat.slot, seat.first.firm.name) for seat in made.seats],
        _drawn(outcome.team),
        list(_differences(made, best)) if best else [],
        [sentence(reason) for reason in made.reasons],
        gap(made.bound_minor, made.margin_minor),
        outcome.team.spent,
    )


def _drawn(team: Team) -> list[Arc]:
    rows = [leg.carriage for leg in team.legs]
    carried = [
        Carried(leg.carriage.origin, leg.carriage.market, leg.carriage.mode, leg.units) for leg in team.legs
    ]
    return arcs(carried, points(row.origin for row in rows))


def _differences(made: Draft, best: Proposal) -> Iterable[str]:
    """In words, against the best proposal that stands."""
    for more, shown, words in (
        (made.margin_minor - best.margin_minor, partial(whole_money, currency=best.currency), MARGIN),
        (made.units - best.units, units, UNITS),
        ((made.dispatchable_on - best.dispatchable_on).days, str, DAYS),
    ):
        if more:
            yield str(words[more > 0]) % {"much": shown(abs(more))}
    if made.route != best.route:
        yield _("Another route")
    mine = {seat.first.firm.name for seat in made.seats}
    theirs = {str(seat.firm) for seat in best.seats.select_related("firm")}
    if joined := sorted(mine - theirs):
        yield _("With %(firms)s") % {"firms": ", ".join(joined)}
    if gone := sorted(theirs - mine):
        yield _("Without %(firms)s") % {"firms": ", ".join(gone)}


def _why_none(best: Proposal | None, without: frozenset[int], within: Bounds) -> Iterable[str]:
    """Which of the wishes the best standing proposal itself breaks."""
    yield _("No alliance earns money within these limits.")
    if best is None:
        return
    spent = int(best.plan.get("spent_minor", best.cost_minor))
    if within.budget_minor is not None and spent > within.budget_minor:
        cost = whole_money(spent, best.currency)
        yield _("The best proposal that stands spends %(cost)s before anything is sold.") % {"cost": cost}
    first = (best.dispatchable_on - best.made_at.date()).days
    if within.last_day is not None and first > within.last_day:
        yield _("Its first unit comes on day %(day)s.") % {"day": first}
    needed = best.seats.filter(firm_id__in=without).select_related("firm")
    if names := sorted({str(seat.firm) for seat in needed}):
        yield _("It needs %(firms)s.") % {"firms": ", ".join(names)}
