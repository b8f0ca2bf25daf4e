"""Why a firm is not in a plan, and what would have brought it in: its own figures only, nobody else's. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from matching.plan.team import Team, base
from matching.problem import BUCKET_DAYS, Carriage, Making, Reason

SCALE = 10_000  # prices of a certificate are in 1/10000 of a minor unit
Row = Mapping[str, Any]


def why_not(team: Team, plan: Row) -> dict[int, list[Reason]]:
    """By firm: the reasons of its offer that came nearest. `plan` explains every offer of the problem."""
    told = {base(one["offer"]): one["reason"] for one in plan["explanations"] if one["verdict"] == "rejected"}
    found: dict[int, list[Reason]] = {}
    rows: list[Making | Carriage] = [*team.case.registry.makings, *team.case.registry.carriages]
    for row in sorted(rows, key=lambda row: (_amount(told.get(row.id)), row.id)):
        if row.firm.id not in team.firms and row.firm.id not in found:
            found[row.firm.id] = list(_reasons(team, plan, row, told.get(row.id)))
    return _helpers(team) | found


def _helpers(team: Team) -> dict[int, list[Reason]]:
    """Firms that offer services only: there are no prices of theirs to compare."""
    registry = team.case.registry
    firms = {*(row.firm.id for row in registry.marketing), *(row.firm.id for row in registry.supports)}
    return {firm: [{"code": "why_service"}] for firm in sorted(firms) if firm not in team.firms}


def _amount(reason: Row | None) -> float:
    return reason["amount"] if reason and reason["kind"] == "reduced_cost" else math.inf


def _reasons(team: Team, plan: Row, row: Making | Carriage, reason: Row | None) -> Iterable[Reason]:
    if reason is None:
        yield _outside(team, row)
    elif reason["kind"] == "filter":
        yield {"code": "why_filter_" + reason["field"]}
    elif reason["kind"] == "conflict":
        yield {"code": "why_conflict"}
    elif reason["amount"] <= 0:
        yield {"code": "why_close"}
    else:
        raw = _raw(team, row)
        priced = Priced(plan, raw, row, _units(team, raw))
        yield _price(priced, team.case.currency)
        yield from _sooner(priced)
        yield from _more(priced)


def _outside(team: Team, row: Making | Carriage) -> Reason:
    """It could not even be priced: no way leads on, or it has no room for its least lot."""
    if isinstance(row, Making) and all(lane.origin != row.origin for lane in team.built.lanes):
        return {"code": "why_no_lane", "place": row.origin}
    return {"code": "why_no_room"}


def _raw(team: Team, row: Making | Carriage) -> Row:
    rows = team.built.raw["manufacturing" if isinstance(row, Making) else "logistics"]
    found: Row = next(one for one in rows if one["id"] == row.id)
    return found


def _units(team: Team, raw: Row) -> int:
    """Units that the firm could have given, as far as anybody wants them."""
    wanted = sum(market["demand"] for market in team.built.raw["markets"])
    return int(max(min(raw["capacity"] + raw.get("stock", 0), wanted), 1))


def _price(priced: Priced, currency: str) -> Reason:
    """How much cheaper each unit would have had to be, if all for which there was room had been given."""
    if priced.unit() == -math.inf:
        return {"code": "why_late"}
    each = math.ceil((priced.fixed / priced.units - priced.unit()) / SCALE)
    return {"code": "why_price", "each_minor": each, "units": priced.units, "currency": currency}


class Priced:
    """What a unit of an offer earns at the plan's prices, by how many buckets sooner it would come."""

    def __init__(self, plan: Row, raw: Row, row: Making | Carriage, units: int) -> None:
        prices = plan["bound_certificate"]
        self.weight = SCALE + prices["budget_price_bp"]
        charge = prices["quality_charge"].get(raw["id"], 0)
        self.cost, self.fixed = self.weight * raw["unit_cost"], self.weight * raw["fixed_cost"] + charge
        self.units = units
        self.origin = prices["origin_price"].get(raw["origin"], [])
        self.landed = prices["landed_price"].get(raw.get("market"), [])
        self.is_maker = isinstance(row, Making)
        self.days = raw["lead_time"] if self.is_maker else raw["transit_p50"]

    def unit(self, sooner: int = 0) -> float:
        """In 1/10000 of a minor unit; less than nothing where it would come too late."""
        days = self.days - sooner
        if self.is_maker:
            worth = self.origin[days] if days < len(self.origin) else -math.inf
        else:
            pairs = [
                self.landed[at + days] - price
                for at, price in enumerate(self.origin)
                if price > 0 and at + days < len(self.landed)
            ]
            worth = max(pairs, default=-math.inf)
        return float(worth - self.cost)

    def pays(self, sooner: int = 0) -> bool:
        return bool(self.unit(sooner) * self.units > self.fixed)


def _sooner(priced: Priced) -> Iterable[Reason]:
    """The least days sooner with which it would have earned its place, all else as it is."""
    for buckets in range(1, priced.days):
        if priced.pays(buckets):
            yield {"code": "why_sooner", "days": buckets * BUCKET_DAYS}
            return


def _more(priced: Priced) -> Iterable[Reason]:
    """The units that would have carried its fixed cost, where each unit alone earns."""
    each = priced.unit()
    if each > 0 and not priced.pays():
        yield {"code": "why_more", "units": math.ceil(priced.fixed / each) + 1}
