"""What other rooms may ask about the market, its opportunities and their plans."""

from matching.queries.opportunities import trend_alive
from matching.queries.proposals import ChosenPlan, SeatPlan, plan_of
from matching.queries.words import sentence

__all__ = ["ChosenPlan", "SeatPlan", "plan_of", "sentence", "trend_alive"]
