"""What whole stories start from: a world whose operator has seen nothing yet."""

from datetime import datetime

from matching.actions import notice
from matching.actions.reports import report_on
from matching.models import Opportunity, Spike
from matching.plan.draft import risk_to_json
from matching.plan.graph import from_json
from matching.risk import Inputs, Wanted, inputs_hash
from tests.builders.alliances import PRICE_MINOR, UNITS, World, forming_world
from tests.builders.firms import Firms
from tests.builders.matching import surge

RUNS = 500  # enough for a report to read


def surging_world(now: datetime, firms: Firms | None = None) -> tuple[World, Spike]:
    """As `undecided_world`, with the surge that its opportunity answers."""
    world = undecided_world(now, firms)
    opportunity = world.proposal.opportunity
    surge(now, product=opportunity.product.key, title=opportunity.product.title)
    notice(now)
    spike = Spike.objects.get(product=opportunity.product)
    Spike.objects.filter(pk=spike.pk).update(answered_at=now)
    Opportunity.objects.filter(pk=opportunity.pk).update(spike=spike)
    return world, spike


def undecided_world(now: datetime, firms: Firms | None = None) -> World:
    """The small world with a proposal whose current risk report is simulated, and opened by nobody."""
    world = forming_world(now, firms)
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
