"""Risk reports: simulated when a proposal is made, opened by persons, fresh when it is decided."""

from dataclasses import asdict
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from config.rows import Actor, Missing, Refused
from config.wake import wake
from matching.models import Opening, Proposal, RiskReport
from matching.plan.draft import risk_from_json
from matching.queries.proposals import current_report
from matching.risk import simulate

DECIDABLE = (Proposal.State.STANDING, Proposal.State.CHOSEN)


def report_on(proposal: Proposal, *, now: datetime) -> RiskReport:
    """Simulate a proposal, inside the caller's transaction. A further report takes another seed."""
    inputs = risk_from_json(proposal.plan["risk"])
    earlier = proposal.risk_reports.filter(inputs_hash=proposal.inputs_hash).count()
    seed = inputs.seed + earlier
    found = simulate(risk_from_json({**proposal.plan["risk"], "seed": seed}))
    return RiskReport.objects.create(
        proposal=proposal,
        inputs_hash=proposal.inputs_hash,
        seed=seed,
        figures=asdict(found),
        made_at=now,
    )


@transaction.atomic
def open_report(actor: Actor, proposal_key: str, *, now: datetime) -> RiskReport:
    """The current risk report of a proposal, fresh if it was too old; that this person opened it is kept."""
    proposal = Proposal.objects.select_for_update(no_key=True).filter(key=proposal_key).first()
    if not actor.is_operator or proposal is None:
        raise Missing()
    report = current_report(proposal, now)
    if report is None:
        if proposal.state not in DECIDABLE:
            report = proposal.risk_reports.order_by("-made_at", "-pk").first()
        report = report or report_on(proposal, now=now)
    if actor.user_id is not None:
        Opening.objects.get_or_create(report=report, user_id=actor.user_id, defaults={"opened_at": now})
    wake("console")
    return report


def demand_opened(actor: Actor, proposal: Proposal, now: datetime) -> RiskReport:
    """The current report, which this person has opened. Raises Refused("risk_not_opened")."""
    report = current_report(proposal, now)
    if report is None or not report.openings.filter(user_id=actor.user_id or 0).exists():
        raise Refused(
            "risk_not_opened",
            _("Open the risk report first: nobody approves a plan without having seen its risk."),
            max_age_hours=settings.RISK_REPORT_MAX_AGE.total_seconds() / 3600,
        )
    return report
