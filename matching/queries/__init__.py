"""What other rooms may ask about the market, its opportunities and their plans."""

from matching.queries.opportunities import Outlook, id_of, outlook, trend_alive, wanted
from matching.queries.proposals import ChosenPlan, SeatPlan, plan_of, planned_tasks
from matching.queries.standins import Vacancy, stand_ins
from matching.queries.words import sentence

__all__ = [
    "ChosenPlan",
    "Outlook",
    "SeatPlan",
    "Vacancy",
    "id_of",
    "outlook",
    "plan_of",
    "planned_tasks",
    "sentence",
    "stand_ins",
    "trend_alive",
    "wanted",
]
