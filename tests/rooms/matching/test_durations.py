"""Days that alliances took reach every new proposal: its tasks, its dates, and its risk."""

import pytest

from config.rows import Missing
from matching import actions
from matching.blueprint import Days, Route
from matching.models import Opportunity, Proposal
from matching.plan.graph import from_json
from matching.problem import Learned
from matching.problem.timing import overheads
from matching.queries.durations import learned
from tests.builders.firms import NOW
from tests.builders.matching import PRODUCT, Market

SLOW = Days(6, 9, 14)


def days_of(proposal: Proposal, code: str) -> Days:
    return next(task.days for task in from_json(proposal.tasks) if task.code == code)


def test_a_new_proposal_is_planned_with_the_learned_days(market: Market):
    before = {row.route: row for row in market.propose().proposals.standing()}
    for route in Route:
        actions.set_durations(market.operator, route, {"L5": SLOW, "L4": SLOW}, now=NOW)
    assert actions.propose_due(NOW) == 1  # nobody had decided, so they are made again
    after = Opportunity.objects.get(product__key=PRODUCT).proposals.standing()
    assert after
    for row in after:
        assert days_of(row, "L5") == SLOW
        assert days_of(row, "L4") != SLOW  # the lane's own promise goes before
        assert row.plan["risk"]["tasks"] == row.tasks
        if row.route in before:
            assert row.dispatchable_on > before[row.route].dispatchable_on
            assert days_of(before[row.route], "L5") == Days(0.5, 1.5, 10)


def test_the_solver_reckons_with_them_too():
    known = Learned((("B", "M2", Days(10, 10, 10)),))
    assert overheads(Route.B, known).before_lot == pytest.approx(overheads(Route.B).before_lot + 8)
    assert overheads(Route.C, known) == overheads(Route.C)


def test_only_an_operator_sets_them_and_the_latest_count(market: Market):
    with pytest.raises(Missing):
        actions.set_durations(market.firms.maker.owner.actor, "B", {"L5": SLOW}, now=NOW)
    actions.set_durations(market.operator, "B", {"L5": Days(1, 2, 3)}, now=NOW)
    actions.set_durations(market.operator, "B", {"L5": SLOW}, now=NOW)
    assert learned().of(Route.B) == {"L5": SLOW}
