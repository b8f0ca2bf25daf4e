"""Two optional blocks of a problem file, beyond the specification: `scenarios` and `fixed` (docs/matching.md)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matching.solver.schema import Check, ProblemError, caps, check_object, count, shown, wholes

SCENARIO: dict[str, Check] = {"demand": count}


@dataclass(frozen=True, slots=True)
class Scenario:
    """One way in which demand may turn out, by market: units in all and by bucket, and what a unit is worth.

    `weight` is its share of all scenarios; `left` what a unit that finds no buyer brings.
    """

    weight: float
    demand: dict[str, int]
    caps: dict[str, list[int]]
    value: dict[str, list[int]]
    left: dict[str, int]


def read_scenarios(raw: dict[str, Any]) -> tuple[Scenario, ...]:
    """The scenarios of a problem, their weights made shares; raises ProblemError at the first fault."""
    rows = raw.get("scenarios", [])
    if not isinstance(rows, list):
        raise ProblemError("scenarios", "must be a list")
    for n, row in enumerate(rows):
        _check(row, raw, f"scenarios[{n}]")
    total = sum(row["weight"] for row in rows)
    return tuple(_scenario(row, raw, row["weight"] / total) for row in rows)


def _check(row: Any, raw: dict[str, Any], path: str) -> None:
    check_object(row, {"weight": _weight}, path)
    markets = row.get("markets")
    if not isinstance(markets, dict):
        raise ProblemError(f"{path}.markets", "must be an object")
    for market in raw["markets"]:
        where = f"{path}.markets.{shown(market['id'])}"
        told: Any = markets.get(market["id"])
        check_object(told, SCENARIO, where)
        for name, check in (("bucket_demand", caps), ("unit_value", wholes), ("left_value", count)):
            if name in told and (reason := check(told[name])):
                raise ProblemError(f"{where}.{name}", reason)
            if isinstance(told.get(name), list) and len(told[name]) != raw["horizon"]:
                raise ProblemError(f"{where}.{name}", f"must have {raw['horizon']} entries")


def _weight(value: Any) -> str | None:
    return count(value) or (None if value else "must be at least 1")


def _scenario(row: dict[str, Any], raw: dict[str, Any], weight: float) -> Scenario:
    told = row["markets"]
    return Scenario(
        weight,
        {m["id"]: told[m["id"]]["demand"] for m in raw["markets"]},
        {
            m["id"]: told[m["id"]].get("bucket_demand") or _caps(m, told[m["id"]]["demand"])
            for m in raw["markets"]
        },
        {m["id"]: told[m["id"]].get("unit_value", m["unit_value"]) for m in raw["markets"]},
        {m["id"]: told[m["id"]].get("left_value", 0) for m in raw["markets"]},
    )


def _caps(market: dict[str, Any], demand: int) -> list[int]:
    """The market's own caps by bucket, in proportion to what is wanted in all."""
    if market["bucket_demand"] is None or not market["demand"]:
        return [demand] * len(market["unit_value"])
    return [math.ceil(cap * demand / market["demand"]) for cap in market["bucket_demand"]]


def read_fixed(raw: dict[str, Any], modules: Sequence[str]) -> frozenset[str]:
    """The offers that a plan must contain; raises ProblemError at the first that is none."""
    rows = raw.get("fixed", [])
    if not isinstance(rows, list):
        raise ProblemError("fixed", "must be a list")
    known = {row["id"] for module in modules for row in raw[module]}
    for n, name in enumerate(rows):
        if not isinstance(name, str) or name not in known:
            raise ProblemError(f"fixed[{n}]", f"no offer {shown(name)}")
    return frozenset(rows)
