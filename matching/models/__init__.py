"""What happens in the market, and who could answer."""

from matching.models.calendar import Promotion
from matching.models.durations import TaskDays
from matching.models.forecast import Foretold
from matching.models.market import Feed, Product, Series, Signal, Spike
from matching.models.opportunity import EconomicsLine, ExchangeRate, Opportunity, OpportunityMarket
from matching.models.proposal import Opening, Proposal, ProposedSeat, RiskReport

__all__ = [
    "EconomicsLine",
    "ExchangeRate",
    "Feed",
    "Foretold",
    "Opening",
    "Opportunity",
    "OpportunityMarket",
    "Product",
    "Promotion",
    "Proposal",
    "ProposedSeat",
    "RiskReport",
    "Series",
    "Signal",
    "Spike",
    "TaskDays",
]
