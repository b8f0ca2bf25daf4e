"""Why this plan, what binds it, and how much better another could be. Pure; the words are made elsewhere."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from matching.plan.team import Team
from matching.problem import CLEARANCE_BP, MANY, Reason, most

SHOWN_REJECTIONS = 3


def reasons(
    team: Team, first_on: date, *, bound: int, margin: int, explanations: Sequence[Mapping[str, Any]]
) -> list[Reason]:
    """Reasons in the order in which a person asks for them."""
    return [
        {"code": "route", "route": team.route.value, "rule": team.rule.reason},
        _first_unit(team, first_on),
        *_makers(team),
        *_carriers(team),
        *_binding(team),
        *_rejected(team, explanations),
        _outlook(team),
        {"code": "gap", "percent": gap(bound, margin)},
        {"code": "clearance", "percent": CLEARANCE_BP // 100},
    ]


def gap(bound: int, margin: int) -> float:
    """At most so many percent more could be earned by any plan."""
    return round(max(bound - margin, 0) * 100 / margin, 1) if margin > 0 else 0.0


def _outlook(team: Team) -> Reason:
    """How the plan fares when more or fewer units are wanted."""
    told = {f"{name}_minor": team.outlook[name] for name in ("mean", "p10", "p50", "p90")}
    return {"code": "scenarios", "count": MANY, **told, "currency": team.case.currency}


def _first_unit(team: Team, first_on: date) -> Reason:
    day = (first_on - team.case.start_on).days
    alive = team.case.survival[day] if day < len(team.case.survival) else 0.0
    return {"code": "first_unit", "day": day, "on": first_on.isoformat(), "alive_percent": round(alive * 100)}


def _makers(team: Team) -> Iterable[Reason]:
    rivals = {row.firm.id for row in team.built.makings}
    for lot in team.lots:
        yield {
            "code": "maker",
            "firm": lot.making.firm.name,
            "units": lot.units,
            "unit_minor": lot.unit_minor,
            "currency": team.case.currency,
            "place": lot.making.origin,
            "of": len(rivals),
        }


def _carriers(team: Team) -> Iterable[Reason]:
    for leg in team.legs:
        row = leg.carriage
        yield {
            "code": "carrier",
            "firm": row.firm.name,
            "units": leg.units,
            "mode": row.mode,
            "p50": row.p50_days,
            "p90": row.p90_days,
            "unit_minor": row.unit_minor,
            "currency": team.case.currency,
        }


def _binding(team: Team) -> Iterable[Reason]:
    """Where no room is left: more of it would allow more."""
    for code, units in team.by_market.items():
        if units >= most(team.case.market(code).demand):
            yield {"code": "binds_demand", "market": code, "units": units}
    for lot in team.lots:
        if lot.stock and lot.stock >= lot.making.stock:
            yield {"code": "binds_stock", "firm": lot.making.firm.name, "units": lot.stock}
    for module, code in (("manufacturing", "binds_capacity"), ("logistics", "binds_lane")):
        yield from _used_up(team, module, code)


def _used_up(team: Team, module: str, code: str) -> Iterable[Reason]:
    for row in team.built.raw[module]:
        taken = team.taken.get(row["id"], 0)
        if taken and taken >= row["capacity"]:
            yield {"code": code, "firm": team.built.offers[row["id"]].firm.name, "units": taken}


def _rejected(team: Team, explanations: Iterable[Mapping[str, Any]]) -> Iterable[Reason]:
    """The nearest misses among makers and carriers: how much cheaper they would have to be."""
    misses: dict[str, int] = {}
    for row in explanations:
        known = team.built.offers.get(row["offer"])
        if known and known.firm.id not in team.firms and (amount := _too_dear(row)) > 0:
            misses[known.firm.name] = min(amount, misses.get(known.firm.name, amount))
    for amount, firm in sorted((amount, firm) for firm, amount in misses.items())[:SHOWN_REJECTIONS]:
        yield {"code": "rejected", "firm": firm, "amount_minor": amount, "currency": team.case.currency}


def _too_dear(row: Mapping[str, Any]) -> int:
    is_miss = row["verdict"] == "rejected" and row["reason"]["kind"] == "reduced_cost"
    return int(row["reason"]["amount"]) if is_miss else 0
