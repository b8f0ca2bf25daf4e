"""What a firm that is invited may know of the risk of the plan: chances, and nobody's prices."""

from dataclasses import dataclass

from matching.models import RiskReport


@dataclass(frozen=True)
class PartnersRisk:
    """Shares of the simulated lives of the plan, and days to the first unit that can be sent to a buyer."""

    on_time: float
    trend_alive: float
    loss: float  # the plan as a whole loses money
    days_likely: float
    days_late: float  # one life in five takes longer

    @property
    def tone(self) -> str:
        """How much it asks to be read before one says yes."""
        if self.loss >= 0.5 or self.trend_alive < 0.5:
            return "bad"
        return "warn" if self.loss >= 0.2 or self.on_time < 0.7 else "good"


def partners_risk(proposal_id: int) -> PartnersRisk | None:
    """Of the latest report of a proposal; none when it was never simulated."""
    report = RiskReport.objects.filter(proposal_id=proposal_id).order_by("-made_at", "-pk").first()
    if report is None:
        return None
    told, margin, first = report.figures, report.figures["margin"], report.figures["dispatchable"]
    return PartnersRisk(
        told["p_on_time"], told["p_trend_alive"], margin["p_loss"], first["p50"], first["p80"]
    )
