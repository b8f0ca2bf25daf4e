"""A matching problem, read once: rows by id, and for every offer the filters that it fails."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from matching.solver.extensions import Scenario, read_fixed, read_scenarios
from matching.solver.schema import (
    ALTERNATIVES,
    LIMITS,
    PRODUCT,
    ROWS,
    TOP,
    ProblemError,
    check_object,
    check_rows,
    count,
    shown,
)

__all__ = ["MODULES", "Problem", "ProblemError", "Row", "digest", "parse"]

MODULES = ("manufacturing", "logistics", "marketing", "quality", "customs")
Row = dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """A well-formed problem. `failures` holds, by offer id, the fields whose filter the offer fails.

    `fixed` offers are in the alliance already; with `scenarios` a plan is worth what it earns on average.
    """

    raw: Row
    horizon: int
    limits: Row
    firms: dict[str, Row]
    markets: dict[str, Row]
    offers: dict[str, dict[str, Row]]
    module_of: dict[str, str]
    carriers_of: dict[str, frozenset[str]]
    failures: dict[str, list[str]]
    scenarios: tuple[Scenario, ...] = ()
    fixed: frozenset[str] = frozenset()

    def eligible(self, module: str) -> list[Row]:
        """The offers of a module that pass every filter, in file order."""
        return [row for i, row in self.offers[module].items() if not self.failures[i]]

    def goods(self, maker_offer: Row) -> str:
        """What a maker offer yields: its origin, with its sorted carriers when an exclusive binds it."""
        bound = self.carriers_of.get(maker_offer["firm"])
        return str(maker_offer["origin"]) + ("|" + ",".join(sorted(bound)) if bound else "")

    def transit(self, lane: Row) -> int:
        """Buckets that a lane takes, on the basis that the plan must use."""
        return int(lane["transit_" + self.raw["transit_basis"]])

    @property
    def total_demand(self) -> int:
        return sum(m["demand"] for m in self.markets.values())

    def share_cap(self, module: str) -> int:
        """Units that one firm of the module may have when the whole demand is served."""
        return int(self.limits["max_share_bp"][module]) * self.total_demand // 10000


def digest(raw: Row) -> str:
    """SHA-256 of the problem as canonical JSON: sorted keys, no spaces, ASCII escapes."""
    return hashlib.sha256(json.dumps(raw, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def parse(raw: Row) -> Problem:
    """Reads a problem of the format alliance-problem/1; raises ProblemError at the path of its first fault."""
    _check_shape(raw)
    _check_references(raw)
    firms, markets = _by_id(raw["firms"]), _by_id(raw["markets"])
    offers = {module: _by_id(raw[module]) for module in MODULES}
    bound: dict[str, set[str]] = {}
    for maker, carrier in raw["exclusives"]:
        bound.setdefault(maker, set()).add(carrier)
    return Problem(
        raw,
        raw["horizon"],
        raw["limits"],
        firms,
        markets,
        offers,
        {i: module for module in MODULES for i in offers[module]},
        {firm: frozenset(carriers) for firm, carriers in bound.items()},
        _failures(raw, firms, markets, offers),
        read_scenarios(raw),
        read_fixed(raw, MODULES),
    )


def _by_id(rows: list[Row]) -> dict[str, Row]:
    return {row["id"]: row for row in rows}


def _check_shape(raw: Any) -> None:
    check_object(raw, TOP, "")
    for name, fields in (("product", PRODUCT), ("limits", LIMITS), ("alternatives", ALTERNATIVES)):
        check_object(raw.get(name), fields, name)
    _check_limits(raw["limits"])
    for kind in ROWS:
        check_rows(raw.get(kind), kind)
    _check_lengths(raw)


def _check_limits(limits: Row) -> None:
    for module in ("manufacturing", "logistics"):
        if module not in limits["max_share_bp"]:
            raise ProblemError(f"limits.max_share_bp.{module}", "is missing")
    for name in limits["max_firms"]:
        if name not in MODULES:
            raise ProblemError(f"limits.max_firms.{shown(name)}", "is not a module")


def _check_lengths(raw: Row) -> None:
    for n, market in enumerate(raw["markets"]):
        for name in ("unit_value", "bucket_demand"):
            if market[name] is not None and len(market[name]) != raw["horizon"]:
                raise ProblemError(f"markets[{n}].{name}", f"must have {raw['horizon']} entries")


def _check_references(raw: Row) -> None:
    firms, markets = {row["id"] for row in raw["firms"]}, {row["id"] for row in raw["markets"]}
    used: dict[str, str] = {}
    for module in MODULES:
        for n, row in enumerate(raw[module]):
            _check_offer(row, f"{module}[{n}]", firms, markets)
            if used.setdefault(row["id"], module) != module:
                raise ProblemError(
                    f"{module}[{n}].id", f"{shown(row['id'])} is also an offer in {used[row['id']]}"
                )
    for kind, width in (("conflicts", 2), ("exclusives", 2), ("synergies", 3)):
        _check_pairs(raw.get(kind), kind, width, firms)


def _check_pairs(rows: Any, kind: str, width: int, firms: set[str]) -> None:
    if not isinstance(rows, list):
        raise ProblemError(kind, "must be a list")
    for n, row in enumerate(rows):
        _check_pair(row, f"{kind}[{n}]", width, firms)


def _check_offer(row: Row, path: str, firms: set[str], markets: set[str]) -> None:
    if row["firm"] not in firms:
        raise ProblemError(f"{path}.firm", f"no firm {shown(row['firm'])}")
    if "market" in row and row["market"] not in markets:
        raise ProblemError(f"{path}.market", f"no market {shown(row['market'])}")


def _check_pair(row: Any, path: str, width: int, firms: set[str]) -> None:
    if not isinstance(row, list) or len(row) != width:
        raise ProblemError(path, f"must be a list of {width}")
    for k in (0, 1):
        if not isinstance(row[k], str) or row[k] not in firms:
            raise ProblemError(f"{path}[{k}]", f"no firm {shown(row[k])}")
    if width == 3 and (reason := count(row[2])):
        raise ProblemError(f"{path}[2]", reason)


def _failures(
    raw: Row, firms: dict[str, Row], markets: dict[str, Row], offers: dict[str, dict[str, Row]]
) -> dict[str, list[str]]:
    """For each offer the fields whose filter it fails."""
    barred = {i: _barred(firm, raw["limits"]) for i, firm in firms.items()}
    failed = {i: list(barred[row["firm"]]) for module in MODULES for i, row in offers[module].items()}
    for i, row in offers["manufacturing"].items():
        failed[i] += ["competencies"] * (raw["product"]["hs6"] not in row["competencies"])
    for i, row in offers["logistics"].items():
        allowed = markets[row["market"]]["supervision_modes"]
        failed[i] += ["supervision_mode"] * (row["supervision_mode"] not in allowed)
    for i, row in offers["marketing"].items():
        failed[i] += ["language"] * (row["language"] not in markets[row["market"]]["languages"])
    return failed


def _barred(firm: Row, limits: Row) -> list[str]:
    fails = {
        "trust": firm["trust"] < limits["min_trust"],
        "jurisdiction": firm["jurisdiction"] in limits["excluded_jurisdictions"],
    }
    return [field for field, failed in fails.items() if failed]
