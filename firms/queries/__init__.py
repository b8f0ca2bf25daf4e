"""The few questions that other rooms may ask about firms."""

from firms.offered import Agency, Carrier, Helper, Maker, OfferingFirm, Offers, Tier
from firms.queries.callable import callable_ids, legal_persons
from firms.queries.devices import Browser, GroupChat, PushBox, Pushed, group_chat, pushbox, pushed, robots_for
from firms.queries.holding import Stretch, free_in, held_for
from firms.queries.keys import FirmSigner, Identity, identities, signer_of
from firms.queries.offers import offers
from firms.queries.people import FirmRef, firm_ids_of, firms_of, is_only_operator, may_sign, names, people
from firms.queries.places import points
from firms.queries.readers import Letterbox, Reader, letterbox, operators, readers
from firms.queries.reputation import figures_of

__all__ = [
    "Agency",
    "Browser",
    "Carrier",
    "FirmRef",
    "FirmSigner",
    "GroupChat",
    "Helper",
    "Identity",
    "Letterbox",
    "Maker",
    "OfferingFirm",
    "Offers",
    "PushBox",
    "Pushed",
    "Reader",
    "Stretch",
    "Tier",
    "callable_ids",
    "figures_of",
    "firm_ids_of",
    "firms_of",
    "free_in",
    "group_chat",
    "held_for",
    "identities",
    "is_only_operator",
    "legal_persons",
    "letterbox",
    "may_sign",
    "names",
    "offers",
    "operators",
    "people",
    "points",
    "pushbox",
    "pushed",
    "readers",
    "robots_for",
    "signer_of",
]
