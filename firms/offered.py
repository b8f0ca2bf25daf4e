"""What firms offer for a product and its markets, as plain values. Money is in minor units of `currency`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

FreeWeeks = tuple[tuple[date, int], ...]  # (Monday, units), earliest first
# in which firms may offer
CURRENCIES = ("USD", "EUR", "CNY", "GBP", "HKD", "IDR", "JPY", "MYR", "PHP", "SGD", "THB", "VND")


@dataclass(frozen=True)
class OfferingFirm:
    """Who offers. Two firms with the same legal person are not independent; trust is 0..1000."""

    id: int
    key: str
    name: str
    legal_person: str
    country: str
    trust: int
    engagement_cost_minor: int
    engagement_currency: str


@dataclass(frozen=True)
class Tier:
    """From so many units on, each unit costs this."""

    from_units: int
    unit_cost_minor: int


@dataclass(frozen=True)
class Maker:
    """Can make (on a line of `Offers.free`) or has in stock. The lead time in days is for the whole run."""

    id: int
    firm: OfferingFirm
    line_id: int
    origin: str
    process: str
    material: str
    certificates: str
    currency: str
    is_tax_included: bool
    unit_cost_minor: int
    fixed_cost_minor: int
    tiers: tuple[Tier, ...]
    moq_units: int
    is_moq_by_variant: bool
    lead_time_days: int
    stock_units: int


@dataclass(frozen=True)
class Carrier:
    """A lane from an origin (UN/LOCODE) to a market, with transit quantiles in days."""

    id: int
    firm: OfferingFirm
    line_id: int
    origin: str
    market: str
    mode: str
    supervision_mode: str
    currency: str
    is_tax_included: bool
    unit_cost_minor: int
    fixed_cost_minor: int
    min_units: int
    transit_p50_days: int
    transit_p90_days: int


@dataclass(frozen=True)
class Agency:
    """Reaches so many people of a market in a language and a channel, for a fee."""

    id: int
    firm: OfferingFirm
    market: str
    language: str
    channel: str
    reach_people: int
    currency: str
    is_tax_included: bool
    fee_minor: int


@dataclass(frozen=True)
class Helper:
    """A support role at a place: an origin (UN/LOCODE), its country, or a market."""

    id: int
    firm: OfferingFirm
    role: str
    place: str
    currency: str
    is_tax_included: bool
    fee_minor: int
    per_unit_minor: int


@dataclass(frozen=True)
class Offers:
    """All that could be used. `free` has the free weeks of each line; offers may share lines."""

    makers: tuple[Maker, ...]
    carriers: tuple[Carrier, ...]
    agencies: tuple[Agency, ...]
    helpers: tuple[Helper, ...]
    free: Mapping[int, FreeWeeks]
