"""What happens in the market, and who could answer."""

from matching.models.market import Feed, Product, Signal, Spike
from matching.models.opportunity import EconomicsLine, Opportunity, OpportunityMarket
from matching.models.proposal import Opening, Proposal, ProposedSeat, RiskReport

__all__ = [
    "EconomicsLine",
    "Feed",
    "Opening",
    "Opportunity",
    "OpportunityMarket",
    "Product",
    "Proposal",
    "ProposedSeat",
    "RiskReport",
    "Signal",
    "Spike",
]
