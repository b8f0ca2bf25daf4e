"""Firms, their people, what they can do and how much of it is free."""

from firms.models.capacity import CapacityWeek, Line, Reservation
from firms.models.firm import Firm, Identifier, Site
from firms.models.offers import Competency, Lane, Offer, PriceTier, Reach, Service
from firms.models.people import AccessToken, Draft, Member, MemberInvitation, User

__all__ = [
    "AccessToken",
    "CapacityWeek",
    "Competency",
    "Draft",
    "Firm",
    "Identifier",
    "Lane",
    "Line",
    "Member",
    "MemberInvitation",
    "Offer",
    "PriceTier",
    "Reach",
    "Reservation",
    "Service",
    "Site",
    "User",
]
