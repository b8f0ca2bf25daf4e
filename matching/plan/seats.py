"""The seats of a plan: who is asked first, on which terms, and who could stand in. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from matching.plan.bids import carriers_like, makers_like, marketers_like, others, supports_like
from matching.plan.team import Team
from matching.plan.terms import Bid, Frame, joined, to_carry, to_make, to_sell, to_show, to_support
from matching.problem import Marketing, Support
from matching.problem.case import RESPONSIBLE

CHANNEL_SLOTS = {"search": "listing", "creator": "creators", "short_video": "creative", "live": "live"}
SHARED_SLOTS = (
    "listing",
    "creative",
    "creators",
    "ads",
)  # mandatory; a chosen marketer does them within its fee
OPTIONAL = frozenset({"live"})
MARKET_ROLES = ("import_broker", "warehouse", "last_mile", "importer", RESPONSIBLE)


@dataclass(frozen=True, slots=True)
class Seating:
    """A seat with its first choice and the next ones, best first."""

    slot: str
    number: int
    first: Bid
    rest: tuple[Bid, ...]

    @property
    def is_mandatory(self) -> bool:
        return self.slot not in OPTIONAL


def seats(team: Team, frame: Frame) -> list[Seating]:
    """All seats of a plan, in the order in which goods and money pass them."""
    found = [
        *_makers(team, frame),
        *_at_origins(team, frame),
        *_carriers(team, frame),
        *_in_markets(team, frame),
        *_marketers(team, frame),
        _seller(team, frame),
    ]
    return _numbered(_engaged_once(found))


def _numbered(found: Iterable[Seating]) -> list[Seating]:
    counts: dict[str, int] = {}
    rows = []
    for seat in found:
        counts[seat.slot] = counts.get(seat.slot, 0) + 1
        rows.append(Seating(seat.slot, counts[seat.slot], seat.first, seat.rest))
    return rows


def _engaged_once(found: Iterable[Seating]) -> list[Seating]:
    """A firm with several seats is paid its engagement in the first of them."""
    seen: set[int] = set()
    rows = []
    for seat in found:
        first = seat.first
        if first.firm.id in seen:
            items = [item for item in first.terms["items"] if item["label"] != "Engagement"]
            first = Bid(first.firm, {**first.terms, "items": items})
        seen.add(first.firm.id)
        rows.append(Seating(seat.slot, seat.number, first, seat.rest))
    return rows


def _makers(team: Team, frame: Frame) -> list[Seating]:
    spans = team.built.spans
    pairs = [
        (
            to_make(frame, lot.making, lot.made, lot.stock, spans[lot.making.id]),
            makers_like(team, frame, lot),
        )
        for lot in team.lots
    ]
    return _seats_by_firm("maker", pairs)


def _carriers(team: Team, frame: Frame) -> list[Seating]:
    spans = team.built.spans
    pairs = [
        (to_carry(frame, leg.carriage, leg.units, spans[leg.carriage.id]), carriers_like(team, frame, leg))
        for leg in team.legs
    ]
    return _seats_by_firm("forwarder", pairs)


def _seats_by_firm(slot: str, pairs: Iterable[tuple[Bid, Sequence[Bid]]]) -> list[Seating]:
    """One seat a firm, whatever it brings; who stands in for it has to bring all of it."""
    groups: dict[int, list[tuple[Bid, Sequence[Bid]]]] = {}
    for bid, rest in pairs:
        groups.setdefault(bid.firm.id, []).append((bid, rest))
    return [
        Seating(slot, 0, joined([bid for bid, _ in group]), tuple(_all_of_it([rest for _, rest in group])))
        for group in groups.values()
    ]


def _all_of_it(rests: Sequence[Sequence[Bid]]) -> list[Bid]:
    by_firm = [{bid.firm.id: bid for bid in rest} for rest in rests]
    able = [firm for firm in by_firm[0] if all(firm in found for found in by_firm)]
    return sorted(
        (joined([found[firm] for found in by_firm]) for firm in able), key=lambda bid: bid.cost_minor
    )


def _at_origins(team: Team, frame: Frame) -> list[Seating]:
    """Inspection and export, at each place from which goods leave."""
    held = (("quality", team.inspectors), ("export_broker", team.exporters))
    return [
        _support(team, frame, holders[origin], place=origin, units=units)
        for _role, holders in held
        for origin, units in team.by_origin.items()
    ]


def _in_markets(team: Team, frame: Frame) -> list[Seating]:
    """What each market needs; one responsible person answers for the whole European Union."""
    found: list[Seating] = []
    has_responsible = False
    for market, units in team.by_market.items():
        held = _held(team, market)
        if has_responsible:
            held.pop(RESPONSIBLE, None)
        has_responsible = has_responsible or RESPONSIBLE in held
        wanted = [held[role] for role in MARKET_ROLES if role in held]
        found += [_support(team, frame, row, place=market, units=units) for row in wanted]
    return found


def _held(team: Team, market: str) -> dict[str, Support]:
    held = {"import_broker": team.brokers[market], **team.case.market(market).helpers}
    if market in team.warehouses:
        held["warehouse"] = team.warehouses[market]
    return held


def _support(team: Team, frame: Frame, row: Support, *, place: str, units: int) -> Seating:
    """The slot of a support role has the role's name."""
    rest = supports_like(team, frame, row, place=place, units=units)
    return Seating(row.role, 0, to_support(frame, row, place, units), tuple(rest))


def _marketers(team: Team, frame: Frame) -> list[Seating]:
    """The chosen marketers by their channels; what none covers, the widest of them does within its fee."""
    found: list[Seating] = []
    for market in team.by_market:
        chosen = [row for row in team.marketing if row.market == market]
        own = [_marketer(team, frame, CHANNEL_SLOTS[row.channel], row) for row in chosen]
        found += [*own, *_shared(team, frame, chosen, {(seat.slot, _language(seat)) for seat in own})]
    return found


def _shared(
    team: Team, frame: Frame, chosen: Sequence[Marketing], covered: set[tuple[str, str]]
) -> list[Seating]:
    by_language = {row.language: row for row in sorted(chosen, key=_width)}
    return [
        _marketer(team, frame, slot, widest, is_paid=False)
        for language, widest in sorted(by_language.items())
        for slot in SHARED_SLOTS
        if (slot, language) not in covered
    ]


def _width(row: Marketing) -> tuple[int, str]:
    return row.people, row.id


def _language(seat: Seating) -> str:
    return str(seat.first.terms["what"][0]["language"])


def _marketer(team: Team, frame: Frame, slot: str, row: Marketing, *, is_paid: bool = True) -> Seating:
    first = to_show(frame, slot, row, is_paid=is_paid)
    return Seating(slot, 0, first, tuple(others(marketers_like(team, frame, slot, row), row.firm.id)))


def _seller(team: Team, frame: Frame) -> Seating:
    """Seller of record: the firm that covers the markets; those that could stand in cover them all too."""
    places = list(team.by_market)
    seller = team.case.market(places[0]).helpers["seller"]
    able = [
        row
        for row in team.case.registry.support("seller", places[0], team.units)
        if all(_sells(team, row.firm.id, place) for place in places)
    ]
    rest = others([to_sell(frame, row, places, team.units) for row in able], seller.firm.id)
    return Seating("seller", 0, to_sell(frame, seller, places, team.units), tuple(rest))


def _sells(team: Team, firm: int, place: str) -> bool:
    return any(
        row.firm.id == firm and row.role == "seller" and row.covers(place)
        for row in team.case.registry.supports
    )
