"""The seats of a plan: who is asked first, on which terms, and who could stand in. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from matching.blueprint import EU
from matching.plan.bids import carriers_like, makers_like, marketers_like, others, supports_like
from matching.plan.team import Team
from matching.plan.terms import Bid, Frame, joined, to_carry, to_make, to_sell, to_show, to_support
from matching.problem import Marketing, Support

CHANNEL_SLOTS = {"search": "listing", "creator": "creators", "short_video": "creative", "live": "live"}
SHARED_SLOTS = (
    "listing",
    "creative",
    "creators",
    "ads",
)  # mandatory; a chosen marketer does them within its fee
OPTIONAL = frozenset({"live"})
MARKET_SLOTS = (
    ("last_mile", "last_mile"),
    ("importer", "importer"),
    ("responsible_person", "eu_responsible"),
)


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


def _by_firm(bids: Sequence[Bid]) -> list[list[Bid]]:
    groups: dict[int, list[Bid]] = {}
    for bid in bids:
        groups.setdefault(bid.firm.id, []).append(bid)
    return list(groups.values())


def _makers(team: Team, frame: Frame) -> list[Seating]:
    spans = team.built.spans
    bids = [to_make(frame, lot.making, lot.made, lot.stock, spans[lot.making.id]) for lot in team.lots]
    like = {lot.making.id: makers_like(team, frame, lot) for lot in team.lots}
    return [_seat("maker", group, like[group[0].terms["offers"][0]]) for group in _by_firm(bids)]


def _carriers(team: Team, frame: Frame) -> list[Seating]:
    spans = team.built.spans
    bids = [to_carry(frame, leg.carriage, leg.units, spans[leg.carriage.id]) for leg in team.legs]
    like = {leg.carriage.id: carriers_like(team, frame, leg) for leg in team.legs}
    return [_seat("forwarder", group, like[group[0].terms["offers"][0]]) for group in _by_firm(bids)]


def _seat(slot: str, group: Sequence[Bid], rest: Sequence[Bid]) -> Seating:
    """A seat that holds several offers has no stand-in: nobody else could take all of them as one."""
    return Seating(slot, 0, joined(group), tuple(rest) if len(group) == 1 else ())


def _at_origins(team: Team, frame: Frame) -> list[Seating]:
    found: list[Seating] = []
    for origin, units in team.by_origin.items():
        inspector = team.inspectors[origin]
        rest = supports_like(team, frame, "quality", "quality", origin, units, keeps=_independent(team))
        found.append(_support(frame, "quality", inspector, origin, units, rest))
    for origin, units in team.by_origin.items():
        rest = supports_like(team, frame, "export_broker", "export_broker", origin, units)
        found.append(_support(frame, "export_broker", team.exporters[origin], origin, units, rest))
    return found


def _independent(team: Team) -> Callable[[Support], bool]:
    return lambda row: row.firm.legal_person not in team.makers


def _support(frame: Frame, slot: str, row: Support, place: str, units: int, rest: Sequence[Bid]) -> Seating:
    first = to_support(frame, slot, row, place, units)
    return Seating(slot, 0, first, tuple(others(rest, row.firm.id)))


def _in_markets(team: Team, frame: Frame) -> list[Seating]:
    found: list[Seating] = []
    for market, units in team.by_market.items():
        held = {"import_broker": team.brokers[market], **team.case.market(market).helpers}
        if market in team.warehouses:
            held["warehouse"] = team.warehouses[market]
        slots = {"import_broker": "import_broker", "warehouse": "warehouse", **dict(MARKET_SLOTS)}
        found += [
            _support(
                frame, slot, held[role], market, units, _stand_ins(team, frame, role, slot, market, units)
            )
            for role, slot in slots.items()
            if role in held
        ]
    return _one_responsible(found)


def _stand_ins(team: Team, frame: Frame, role: str, slot: str, market: str, units: int) -> list[Bid]:
    if role != "responsible_person":
        return supports_like(team, frame, role, slot, market, units)
    return supports_like(team, frame, role, slot, market, units, keeps=lambda row: row.firm.country in EU)


def _one_responsible(found: Iterable[Seating]) -> list[Seating]:
    """One responsible person answers for the whole European Union."""
    rows: list[Seating] = []
    for seat in found:
        if seat.slot != "eu_responsible" or all(row.slot != "eu_responsible" for row in rows):
            rows.append(seat)
    return rows


def _marketers(team: Team, frame: Frame) -> list[Seating]:
    """The chosen marketers by their channels; what no channel covers, the widest of them does within its fee."""
    found: list[Seating] = []
    for market in team.by_market:
        chosen = [row for row in team.marketing if row.market == market]
        own = [_marketer(team, frame, CHANNEL_SLOTS[row.channel], row) for row in chosen]
        covered = {(seat.slot, _language(seat)) for seat in own}
        found += own
        for language in sorted({row.language for row in chosen}):
            widest = max((row for row in chosen if row.language == language), key=_width)
            missing = [slot for slot in SHARED_SLOTS if (slot, language) not in covered]
            found += [_marketer(team, frame, slot, widest, is_paid=False) for slot in missing]
    return found


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
