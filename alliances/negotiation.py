"""Other terms for an invitation: what may be proposed, whose turn it is, and what differs. Pure.

A firm proposes (that is a round), an operator accepts, refuses, or offers other terms in turn. What was offered
stands all the time: the firm may accept or decline it whatever is being talked about.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

Terms = Mapping[str, Any]
MOST_MINOR = 10**13
PRICES = {"per_unit": "unit_minor", "fixed": "amount_minor"}  # what may be changed of an item


class Move(StrEnum):
    """What was said in a negotiation."""

    PROPOSED = "proposed"  # the firm proposes other terms
    ACCEPTED = "accepted"  # an operator takes them: they are the offer now
    REFUSED = "refused"  # an operator does not: the offer stands as it was
    OFFERED = "offered"  # an operator offers other terms in turn: they are the offer now


class Turn(StrEnum):
    """Who is expected to say something."""

    FIRM = "firm"
    OPERATOR = "operator"


class Fault(StrEnum):
    """Why terms cannot be proposed."""

    NOTHING = "nothing"
    PRICE = "price"
    UNITS = "units"
    DATES = "dates"


class WrongTerms(ValueError):
    """What is proposed cannot be offered."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True)
class Wish:
    """What a side would change; what is None or missing stays."""

    prices: Mapping[int, int]  # minor units by the number of the item, from 0
    units: int | None = None
    from_on: date | None = None
    until_on: date | None = None


@dataclass(frozen=True)
class Difference:
    """A line of the comparison: what it is about, before and after."""

    what: str  # "price", "units", "from_on", "until_on", "total"
    label: str
    before: Any
    after: Any

    @property
    def delta(self) -> int | None:
        """Days, units or minor units more."""
        if self.what in {"from_on", "until_on"}:
            return (date.fromisoformat(self.after) - date.fromisoformat(self.before)).days
        return int(self.after - self.before)


@dataclass(frozen=True)
class Effect:
    """What the change does to the plan, if all its units are sold as planned."""

    cost_minor: int
    cost_after_minor: int
    margin_minor: int
    margin_after_minor: int


def turn(moves: Sequence[str]) -> Turn:
    """Whose turn it is after these moves, oldest first."""
    return Turn.OPERATOR if moves and moves[-1] == Move.PROPOSED else Turn.FIRM


def rounds_left(moves: Iterable[str], most: int) -> int:
    """How often the firm may still propose."""
    return max(most - sum(move == Move.PROPOSED for move in moves), 0)


def units_of(terms: Terms) -> int:
    """The units that a seat is about: those paid by the unit, or the largest capacity; 0 when it counts none."""
    paid = sum(item["units"] for item in terms.get("items", []) if item["kind"] == "per_unit")
    return paid or max((row["units"] for row in terms.get("capacity", [])), default=0)


def total_of(terms: Terms) -> int:
    return sum(item.get("total_minor", item.get("amount_minor", 0)) for item in terms.get("items", []))


def changed(terms: Terms, wish: Wish) -> dict[str, Any]:
    """The terms with what is wished. Raises WrongTerms; the currency, the role and the rest never change."""
    wished = _retimed(_resized(_repriced(dict(terms), wish.prices), wish.units), wish)
    if wished == dict(terms):
        raise WrongTerms(Fault.NOTHING)
    return wished


def differences(before: Terms, after: Terms) -> list[Difference]:
    """Line by line what differs, and the total."""
    rows = [
        Difference("price", old["label"], old[PRICES[old["kind"]]], new[PRICES[old["kind"]]])
        for old, new in zip(before.get("items", []), after.get("items", []), strict=True)
        if old["kind"] in PRICES
    ]
    rows.append(Difference("units", "", units_of(before), units_of(after)))
    rows += [Difference(name, "", before[name], after[name]) for name in ("from_on", "until_on")]
    rows.append(Difference("total", "", total_of(before), total_of(after)))
    return [row for row in rows if row.before != row.after]


def effect(before: Terms, after: Terms, *, cost: int, margin: int, revenue: int, units: int) -> Effect:
    """What it does to the plan's cost and margin; units that a seat gives up are not sold."""
    more = total_of(after) - total_of(before)
    fewer = max(units_of(before) - units_of(after), 0)
    lost = revenue * fewer // units if units else 0
    return Effect(cost, cost + more, margin, margin - more - lost)


def _repriced(terms: dict[str, Any], prices: Mapping[int, int]) -> dict[str, Any]:
    items = [dict(item) for item in terms.get("items", [])]
    for number, minor in prices.items():
        if (
            not 0 <= number < len(items)
            or items[number]["kind"] not in PRICES
            or not 0 <= minor <= MOST_MINOR
        ):
            raise WrongTerms(Fault.PRICE)
        items[number][PRICES[items[number]["kind"]]] = minor
    return terms | {"items": [_summed(item) for item in items]}


def _resized(terms: dict[str, Any], units: int | None) -> dict[str, Any]:
    """Fewer units, never more: the plan has no use for more, and capacity follows."""
    now = units_of(terms)
    if units is None or units == now:
        return terms
    if not 0 < units < now:
        raise WrongTerms(Fault.UNITS)
    capacity = [row | {"units": _part(row["units"], units, now)} for row in terms.get("capacity", [])]
    return terms | {"items": _shared(terms["items"], units, now), "capacity": capacity}


def _shared(items: Sequence[dict[str, Any]], units: int, now: int) -> list[dict[str, Any]]:
    """Items in proportion, exact to the last unit: the last item that is paid by the unit takes the rest."""
    counted = [number for number, item in enumerate(items) if item["kind"] == "per_unit"]
    made, left = [dict(item) for item in items], units
    for number in counted:
        part = left if number == counted[-1] else min(left, items[number]["units"] * units // now)
        made[number]["units"] = part
        left -= part
    if any(made[number]["units"] < 1 for number in counted):
        raise WrongTerms(Fault.UNITS)
    return [_summed(item) for item in made]


def _retimed(terms: dict[str, Any], wish: Wish) -> dict[str, Any]:
    """Other days; capacity is needed as many days later as the work begins, and never after its end."""
    if wish.from_on is None and wish.until_on is None:
        return terms
    before = date.fromisoformat(terms["from_on"])
    from_on, until_on = wish.from_on or before, wish.until_on or date.fromisoformat(terms["until_on"])
    if from_on > until_on:
        raise WrongTerms(Fault.DATES)
    capacity = [_moved(row, from_on - before, until_on) for row in terms.get("capacity", [])]
    days = {"from_on": from_on.isoformat(), "until_on": until_on.isoformat()}
    return terms | days | {"capacity": capacity}


def _moved(row: dict[str, Any], later: timedelta, until_on: date) -> dict[str, Any]:
    days = {
        name: min(date.fromisoformat(row[name]) + later, until_on).isoformat()
        for name in ("from_on", "until_on")
    }
    return row | days


def _summed(item: dict[str, Any]) -> dict[str, Any]:
    if item["kind"] != "per_unit":
        return item
    return item | {"total_minor": item["units"] * item["unit_minor"]}


def _part(whole: int, units: int, now: int) -> int:
    """A share of a whole, rounded up, so that what is needed is held."""
    return -(-whole * units // now)
