"""What a firm wants to be called for: what it said when it joined, and what it offers since."""

from dataclasses import dataclass

from firms.models import Firm
from firms.unlocode import country_of


@dataclass(frozen=True)
class Profile:
    """Products in the firm's own words or as the first digits of customs headings; markets by module."""

    state: str
    modules: frozenset[str]
    products: tuple[str, ...]
    markets: dict[str, frozenset[str]]


def profile(firm_id: int) -> Profile:
    """What this firm makes, and in which markets it carries, sells and supports."""
    firm = Firm.objects.get(pk=firm_id)
    headings = firm.competency_offers.filter(withdrawn_at=None).values_list("hs6", flat=True)
    lanes = firm.lane_offers.filter(withdrawn_at=None).values_list("market", flat=True)
    reach = firm.reach_offers.filter(withdrawn_at=None).values_list("market", flat=True)
    places = firm.service_offers.filter(withdrawn_at=None).values_list("place", flat=True)
    return Profile(
        state=firm.state,
        modules=frozenset(firm.modules),
        products=tuple(dict.fromkeys([*firm.products, *headings])),
        markets={
            Firm.Module.LOGISTICS: frozenset(map(str, lanes)),
            Firm.Module.MARKETING: frozenset(map(str, reach)),
            Firm.Module.SUPPORT: frozenset(country_of(place) for place in places),
        },
    )
