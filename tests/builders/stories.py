"""What whole stories start from: a world whose operator has seen nothing yet."""

from datetime import datetime

from matching.actions.reports import report_on
from matching.plan.draft import risk_to_json
from matching.plan.graph import from_json
from matching.risk import Inputs, Wanted, inputs_hash
from tests.builders.alliances import PRICE_MINOR, UNITS, World, forming_world

RUNS = 500  # enough for a report to read


def undecided_world(now: datetime) -> World:
    """The small world with a proposal whose current risk report is simulated, and opened by nobody."""
    world = forming_world(now)
    proposal = world.proposal
    risk = Inputs(
        tasks=from_json(proposal.tasks),
        survival=(1.0,) * 60,
        wanted=Wanted(p10=UNITS // 2, p50=UNITS, p90=UNITS * 2),
        units_planned=UNITS,
        unit_margin_minor=PRICE_MINOR // 2,
        leftover_loss_minor=PRICE_MINOR // 4,
        fixed_cost_minor=5_000,
        currency=proposal.currency,
        seed=1,
        runs=RUNS,
    )
    proposal.plan["risk"] = risk_to_json(risk)
    proposal.inputs_hash = inputs_hash(risk)
    proposal.save()
    report_on(proposal, now=now)
    return world
