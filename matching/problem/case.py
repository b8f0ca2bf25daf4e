"""An opportunity ready to be answered: what each market wants and is worth, who fills fixed roles. Pure."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from matching.blueprint import EU
from matching.economics import Sheet, SheetError, contribution, unit_value
from matching.problem.offers import Registry, Support
from matching.problem.timing import NOTHING, Learned

BUCKET_DAYS = 2
CLEARANCE_BP = 3_000  # a unit that finds no buyer while the trend lives still brings this share (assumed)
PEOPLE_A_UNIT = 20  # people that must hear of the product for each unit wanted (assumed)
LANGUAGES: Mapping[str, tuple[str, ...]] = {
    "AT": ("de",), "AU": ("en",), "BR": ("pt",), "CA": ("en", "fr"), "DE": ("de",), "ES": ("es",),
    "FR": ("fr",), "GB": ("en",), "ID": ("id",), "IT": ("it",), "JP": ("ja",), "KR": ("ko",), "MX": ("es",),
    "MY": ("ms", "en"), "NL": ("nl",), "PH": ("en", "tl"), "PL": ("pl",), "PT": ("pt",), "SE": ("sv",),
    "SG": ("en",), "TH": ("th",), "US": ("en",), "VN": ("vi",),
}  # fmt: skip
MARKET_ROLES = ("last_mile", "seller", "importer")
RESPONSIBLE = "eu_responsible"
Reason = dict[str, object]  # {"code": ..., and what the words need}


@dataclass(frozen=True, slots=True)
class Demand:
    """What a market wants: units in an interval."""

    market: str
    p10: int
    p50: int
    p90: int


@dataclass(frozen=True, slots=True)
class Market:
    """A market that can be served."""

    demand: Demand
    sheet: Sheet
    contribution: int  # of a unit sold while the trend lives, without what helpers take for it
    languages: tuple[str, ...]
    helpers: Mapping[str, Support]  # by role; the cheapest that covers the market

    @property
    def code(self) -> str:
        return self.demand.market

    @property
    def fees_minor(self) -> int:
        return sum(helper.fee_minor for helper in self.helpers.values())

    @property
    def per_unit_minor(self) -> int:
        return sum(helper.per_unit_minor for helper in self.helpers.values())

    @property
    def left_for_goods(self) -> int:
        """What a sold unit leaves for making and carrying it."""
        return self.contribution - self.per_unit_minor


@dataclass(frozen=True, slots=True)
class Case:
    """Everything that the proposals of an opportunity are made from."""

    title: str
    hs6: str
    currency: str
    start_on: date
    survival: tuple[float, ...]  # by day from the start, given that the trend lives today
    markets: tuple[Market, ...]
    registry: Registry
    learned: Learned = NOTHING

    @property
    def horizon(self) -> int:
        """Buckets."""
        return max(1, math.ceil(len(self.survival) / BUCKET_DAYS))

    def units(self, code: str) -> int:
        """Units for which fees are compared: what the market wants, as far as anybody could give it."""
        return min(self.market(code).demand.p50, self.registry.supply)

    def market(self, code: str) -> Market:
        return next(market for market in self.markets if market.code == code)


def remaining(survival: Sequence[float], passed: int, days: int) -> tuple[float, ...]:
    """The survival of a trend that is still alive after `passed` days, for so many days more."""
    alive = survival[passed] if passed < len(survival) else 0.0
    if alive <= 0:
        return ()
    return tuple(round(min(1.0, share / alive), 6) for share in survival[passed : passed + days])


def values(market: Market, case: Case) -> list[int]:
    """Expected margin of a unit sold in each bucket before making and carrying: `unit_value` of the problem.

    A unit that meets a dead trend is cleared for a share of what it would have left.
    """
    alive = unit_value(market.sheet, case.survival, BUCKET_DAYS, case.horizon)
    if market.contribution <= 0:
        return alive
    worth = Fraction(market.left_for_goods, market.contribution)
    cleared = Fraction(market.left_for_goods * CLEARANCE_BP, 10_000)
    share = [Fraction(value, market.contribution) for value in alive]
    return [round(value * worth + cleared * (1 - part)) for value, part in zip(alive, share, strict=True)]


def prepare(
    *,
    title: str,
    hs6: str,
    currency: str,
    start_on: date,
    survival: Sequence[float],
    demands: Sequence[Demand],
    sheets: Mapping[str, Sheet],
    registry: Registry,
    learned: Learned = NOTHING,
) -> tuple[Case, list[Reason]]:
    """The case, and why markets are left out of it; a case without markets cannot be answered."""
    reasons: list[Reason] = [
        {"code": "no_rate", "offer": offer, "currency": of, "to": currency} for offer, of in registry.dropped
    ]
    markets: list[Market] = []
    for demand in demands:
        found = _market(demand, sheets[demand.market], registry)
        if isinstance(found, Market):
            markets.append(found)
        else:
            reasons += found
    markets, apart = _one_seller(markets, registry)
    case = Case(title, hs6, currency, start_on, tuple(survival), tuple(markets), registry, learned)
    return case, [*reasons, *apart]


def _market(demand: Demand, sheet: Sheet, registry: Registry) -> Market | list[Reason]:
    code = demand.market
    try:
        worth = contribution(sheet)
    except SheetError as error:
        return [{"code": "sheet", "market": code, "problems": list(error.problems)}]
    if demand.p50 <= 0:
        return [{"code": "nothing_wanted", "market": code}]
    found = {role: _helpers(registry, role, demand) for role in _roles(code)}
    missing: list[Reason] = [
        {"code": "no_service", "role": role, "place": code} for role, rows in found.items() if not rows
    ]
    languages = _languages(code, registry)
    if not languages:
        missing.append({"code": "no_reach", "market": code})
    if missing:
        return missing
    return Market(demand, sheet, worth, languages, {role: rows[0] for role, rows in found.items()})


def _roles(code: str) -> tuple[str, ...]:
    return (*MARKET_ROLES, RESPONSIBLE) if code in EU else MARKET_ROLES


def _helpers(registry: Registry, role: str, demand: Demand) -> list[Support]:
    """Who could take a role in a market, cheapest first; a responsible person sits in the European Union."""
    rows = registry.support(role, demand.market, min(demand.p50, registry.supply))
    return [row for row in rows if role != RESPONSIBLE or row.firm.country in EU]


def _languages(code: str, registry: Registry) -> tuple[str, ...]:
    offered = {row.language for row in registry.marketing if row.market == code}
    spoken = offered.intersection(LANGUAGES.get(code, offered))
    return tuple(sorted(spoken or offered))


def _one_seller(markets: list[Market], registry: Registry) -> tuple[list[Market], list[Reason]]:
    """One firm is seller of record of the whole alliance: it covers the most demand, then is cheapest."""
    if not markets:
        return [], []
    offers: dict[int, dict[str, Support]] = {}
    for market in markets:
        for row in registry.support("seller", market.code, min(market.demand.p50, registry.supply)):
            offers.setdefault(row.firm.id, {}).setdefault(market.code, row)

    def rank(firm: int) -> tuple[int, int, int]:
        mine = {market.code: market.demand.p50 for market in markets if market.code in offers[firm]}
        cost = sum(offers[firm][code].cost(units) for code, units in mine.items())
        return -sum(mine.values()), cost, firm

    best = offers[min(offers, key=rank)]
    served = [
        replace(market, helpers={**market.helpers, "seller": best[market.code]})
        for market in markets
        if market.code in best
    ]
    return served, [
        {"code": "other_seller", "market": market.code} for market in markets if market.code not in best
    ]
