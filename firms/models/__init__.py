"""Firms, their people, what they can do and how much of it is free."""

from firms.models.capacity import CapacityWeek, Line, Reservation
from firms.models.devices import PushSubscription, Robot
from firms.models.firm import Firm, Identifier, Site
from firms.models.keys import Key
from firms.models.offers import Competency, Lane, Offer, PriceTier, Reach, Service
from firms.models.people import AccessToken, Draft, MailGroup, Member, MemberInvitation, User
from firms.models.phones import Phone, Pin, WorkCode
from firms.models.reputation import Appeal, Observation
from firms.models.sheets import Sheet, SheetPart
from firms.models.views import SavedView

__all__ = [
    "AccessToken",
    "Appeal",
    "CapacityWeek",
    "Competency",
    "Draft",
    "Firm",
    "Identifier",
    "Key",
    "Lane",
    "Line",
    "MailGroup",
    "Member",
    "MemberInvitation",
    "Observation",
    "Offer",
    "Phone",
    "Pin",
    "PriceTier",
    "PushSubscription",
    "Reach",
    "Reservation",
    "Robot",
    "SavedView",
    "Service",
    "Sheet",
    "SheetPart",
    "Site",
    "User",
    "WorkCode",
]
