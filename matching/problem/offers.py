"""What firms offer, as the matching needs it: money in the plan's currency, capacity by week. Pure."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

WEEK = timedelta(days=7)
Weeks = tuple[tuple[date, int], ...]  # (Monday, free units), ascending


@dataclass(frozen=True, slots=True)
class Firm:
    """Who stands behind an offer."""

    id: int
    key: str
    name: str
    legal_person: str
    country: str
    trust: int
    engagement_minor: int


@dataclass(frozen=True, slots=True)
class Making:
    """To make a product, or to give it from stock."""

    id: str  # "competency:5"
    firm: Firm
    line: int
    origin: str
    label: str
    unit_minor: int
    fixed_minor: int
    moq: int
    lead_days: int
    stock: int
    free: Weeks
    tiers: tuple[tuple[int, int], ...] = ()  # (from units, unit cost), ascending

    def unit_cost(self, units: int) -> int:
        """What a unit costs when so many are bought at once."""
        return next((cost for least, cost in reversed(self.tiers) if units >= least), self.unit_minor)


@dataclass(frozen=True, slots=True)
class Carriage:
    """A lane: from an origin to a market."""

    id: str  # "lane:3"
    firm: Firm
    line: int
    origin: str
    market: str
    mode: str
    supervision: str
    unit_minor: int
    fixed_minor: int
    min_units: int
    p50_days: int
    p90_days: int
    free: Weeks


@dataclass(frozen=True, slots=True)
class Marketing:
    """Reach in a market."""

    id: str  # "reach:4"
    firm: Firm
    market: str
    language: str
    channel: str
    people: int
    fee_minor: int


@dataclass(frozen=True, slots=True)
class Support:
    """A support role at an origin or in a market; a place of two letters is a whole country."""

    id: str  # "service:7"
    firm: Firm
    role: str
    place: str
    fee_minor: int
    per_unit_minor: int

    def covers(self, place: str) -> bool:
        return place.startswith(self.place) or self.place.startswith(place)

    def cost(self, units: int) -> int:
        return self.fee_minor + self.per_unit_minor * units


@dataclass(frozen=True)
class Registry:
    """All offers that could answer an opportunity."""

    makings: tuple[Making, ...]
    carriages: tuple[Carriage, ...]
    marketing: tuple[Marketing, ...]
    supports: tuple[Support, ...]
    dropped: tuple[tuple[str, str], ...] = ()  # (offer id, currency without a rate)
    _ranked: dict[tuple[str, str, int], list[Support]] = field(
        default_factory=dict, repr=False, compare=False
    )

    @cached_property
    def supply(self) -> int:
        """Units that all makers together could give at the most."""
        lines = {row.line: row.free for row in self.makings}  # makers may share one
        return sum(units for weeks in lines.values() for _, units in weeks) + sum(
            row.stock for row in self.makings
        )

    def support(self, role: str, place: str, units: int) -> list[Support]:
        """Offers of a role that cover a place, cheapest for so many units first; asked again for every offer."""
        asked = role, place, units
        if asked not in self._ranked:
            found = [row for row in self.supports if row.role == role and row.covers(place)]
            self._ranked[asked] = sorted(found, key=lambda row: (row.cost(units), -row.firm.trust, row.id))
        return self._ranked[asked]


def free_units(weeks: Weeks, from_on: date, until_on: date) -> int:
    """Units free in the weeks that overlap a span of days."""
    return sum(units for monday, units in weeks if from_on - WEEK < monday <= until_on)
